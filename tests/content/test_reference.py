"""The page about post files names every key of the schema, and none that does not exist."""

import re
from pathlib import Path

from publisher.content.schema import load_schema

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "post-files.md").read_text("utf-8")


def test_every_key_has_its_row_and_every_row_its_key() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(load_schema("post")["properties"])


def test_keys_of_media_and_attached_text_are_named() -> None:
    definitions = load_schema("post")["definitions"]
    for holder in ("media_item", "attached_text"):
        for key in definitions[holder]["properties"]:
            assert f"`{key}" in PAGE, key


def test_the_examples_that_the_page_names_are_there_and_have_the_key() -> None:
    for key, target in re.findall(r"^\| `(\w+)` \|.*\]\(\.\./(example-posts/[^)]+)\)", PAGE, re.MULTILINE):
        assert re.search(rf"^{key}:", (ROOT / target).read_text("utf-8"), re.MULTILINE), target
