"""An editor completes and explains every key of our files, out of the schemas alone."""

import re
from typing import Any

import pytest

from publisher.content.schema import load_schema
from tests.editors.server import LanguageServer

# Where a key is being typed: the schema of the mapping, the file so far, and the place in it, counted from 0.
PLACES = {
    "a post": ("post", "", "# a post\n\n", (1, 0)),
    "an item of media": ("post", "definitions/media_item", "media:\n  - \n", (1, 4)),
    "a part": ("post", "definitions/part", "thread:\n  - \n", (1, 4)),
    "an attached text": ("post", "definitions/attached_text", "attached_text:\n  \n", (1, 2)),
    "publisher.yaml": ("config", "", "# settings\n\n", (1, 0)),
    "an account": ("config", "properties/accounts/additionalProperties", "accounts:\n  acme:\n    \n", (2, 4)),
    "defaults": ("config", "definitions/defaults", "defaults:\n  \n", (1, 2)),
    **{
        f"{section}:": ("config", f"properties/{section}", f"{section}:\n  \n", (1, 2))
        for section in ("media", "state", "rules", "publishing")
    },
    "give_up:": ("config", "properties/publishing/properties/give_up", "publishing:\n  give_up:\n    \n", (2, 4)),
}


def _rules(name: str, pointer: str) -> dict[str, Any]:
    rules = load_schema(name)
    for key in filter(None, pointer.split("/")):
        rules = rules[key]
    return rules


def told_of(name: str, rules: dict[str, Any]) -> dict[str, Any]:
    """What is behind a `$ref`."""
    return _rules(name, rules["$ref"].removeprefix("#/")) if "$ref" in rules else rules


def path_of(name: str, called: str) -> str:
    folder = re.sub(r"\W", "-", called)
    return f"posts/{folder}.yaml" if name == "post" else f"{folder}/publisher.yaml"


def keys_of(name: str, pointer: str) -> dict[str, Any]:
    keys: dict[str, Any] = _rules(name, pointer)["properties"]
    return keys


def with_key(text: str, line: int, column: int, key: str) -> str:
    """The file so far with the key in it."""
    lines = text.split("\n")
    lines[line] = f"{lines[line][:column]}{key}: x"
    return "\n".join(lines)


@pytest.mark.parametrize("place", PLACES)
def test_every_key_is_offered(server: LanguageServer, place: str) -> None:
    name, pointer, text, (line, column) = PLACES[place]
    server.open(path_of(name, f"complete {place}"), text)
    offered = {item["label"] for item in server.completed(path_of(name, f"complete {place}"), line, column)}
    assert set(keys_of(name, pointer)) <= offered


@pytest.mark.parametrize("place", PLACES)
def test_every_key_is_explained(server: LanguageServer, place: str) -> None:
    name, pointer, text, (line, column) = PLACES[place]
    for key, rules in keys_of(name, pointer).items():
        path = path_of(name, f"explain {place} {key}")
        server.open(path, with_key(text, line, column, key))
        shown = server.explained(path, line, column + 1)
        told = told_of(name, rules)
        assert told["title"] in shown, key
        assert told.get("markdownDescription", told["description"]) in shown, key


@pytest.mark.parametrize("key", ["reply_control", "if_late", "share_to_instagram"])
def test_every_word_of_a_list_is_offered(server: LanguageServer, key: str) -> None:
    words = told_of("post", load_schema("post")["properties"][key])["enum"]
    path = f"posts/words-of-{key}.yaml"
    server.open(path, f"text: Hello\n{key}: \n")
    offered = {item["label"] for item in server.completed(path, 1, len(key) + 2)}
    assert {str(word).lower() if isinstance(word, bool) else word for word in words} <= offered


def test_an_empty_file_is_offered_a_whole_post_in_a_block(server: LanguageServer) -> None:
    server.open("posts/new.yaml", "")
    whole = next(item for item in server.completed("posts/new.yaml", 0, 0) if item["label"] == "text post")
    assert whole["insertText"].startswith("text: |-\n")


@pytest.mark.parametrize("name", ["post", "config"])
def test_what_is_shown_in_markdown_and_without_is_the_same(name: str) -> None:
    def check(rules: object) -> None:
        if isinstance(rules, list):
            for each in rules:
                check(each)
        elif isinstance(rules, dict):
            if isinstance(rules.get("markdownDescription"), str):
                assert rules["description"] == rules["markdownDescription"].replace("`", "")
            if "enumDescriptions" in rules:
                assert len(rules["enumDescriptions"]) == len(rules["enum"])
            for below in rules.values():
                check(below)

    check(load_schema(name))
