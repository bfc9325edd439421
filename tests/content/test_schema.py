"""The schema judges as editors do, says what was meant, and never lets the fast judge and the explainer disagree."""

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from publisher.content import schema_errors
from publisher.content.document import Document
from publisher.content.findings import Finding
from publisher.content.judge import WORDS, judge_of
from publisher.content.parsing import parse
from publisher.content.schema import _judged, conform, load_schema, schema_findings
from publisher.content.schema_errors import Explained, explain
from tests.content.cases import Case, cases

SLIPS = [line.split() for line in (Path(__file__).parent / "slips.txt").read_text().splitlines() if line[0] != "#"]
WRAPPED = {"top": "{}: x\n", "media": "media:\n  - {}: x\n", "part": "text: x\nthread:\n  - {}: x\n"}
WRAPPED |= {"attached": "text: x\nattached_text:\n  {}: x\n", "config": "{}: x\n"}
WRAPPED |= {f"config.{name}": f"{name}:\n  {{}}: x\n" for name in ("media", "rules", "publishing", "state")}


def _document(text: str) -> Document:
    document = parse("posts/x.yaml", text.encode())
    assert isinstance(document, Document)
    return document


def _post(text: str) -> tuple[Finding, ...]:
    return schema_findings(_document(text), "post")


@pytest.mark.parametrize(("where", "typed", "meant"), SLIPS, ids=lambda word: word)
def test_a_slip_is_told_the_key_that_was_meant(where: str, typed: str, meant: str) -> None:
    schema = "config" if where.startswith("config") else "post"
    findings = schema_findings(_document(WRAPPED[where].format(typed)), schema)
    finding = next(finding for finding in findings if finding.code == "E203")
    assert finding.fix == f"did you mean {meant}?"


def test_a_key_like_no_other_is_told_what_there_is() -> None:
    (finding,) = (finding for finding in _post("text: hi\nxyzzy: 1\n") if finding.code == "E203")
    assert "text" in finding.fix
    assert "did you mean" not in finding.fix


@pytest.mark.parametrize("written", ["true", "True", "TRUE"])
def test_the_booleans_of_editors_are_ours(written: str) -> None:
    conformed = conform(_document(f"text: hi\ndraft: {written}\n"), "post")
    assert conformed.data == {"text": "hi", "draft": True}
    assert conformed.findings == ()


@pytest.mark.parametrize("written", ["yes", "on", "1", "y", '"true"', "'false'", "tRUE", "|-\n  true", "null"])
def test_nothing_else_is_a_boolean(written: str) -> None:
    assert {finding.code for finding in _post(f"text: hi\ndraft: {written}\n")} <= {"E200", "E205"}
    assert _post(f"text: hi\ndraft: {written}\n")


def test_a_secret_in_the_wrong_line_is_not_repeated() -> None:
    token = "ghp_" + "a1B2" * 9
    for text in (f"text: x\nreply_control: {token}\n", f"text: x\n{token}: yes\n", f"text: x\nmedia: {token}\n"):
        findings = _post(text)
        assert findings
        assert not any(token[:12] in f"{finding.message}{finding.why}{finding.fix}" for finding in findings)


def test_a_document_is_left_as_it_was_written() -> None:
    document = _document("text: hi\nmedia:\n  - file: a.jpg\n    decorative: true\n")
    assert conform(document, "post").data["media"] == [{"file": "a.jpg", "decorative": True}]
    assert document.data["media"] == [{"file": "a.jpg", "decorative": "true"}]


def test_true_and_dark_are_both_ways_to_share() -> None:
    for written in ("true", "dark"):
        assert _post(f"text: hi\nshare_to_instagram: {written}\n") == ()
    assert [finding.code for finding in _post("text: hi\nshare_to_instagram: light\n")] == ["E204"]


def test_every_key_is_explained_where_editors_look() -> None:
    schema = load_schema("post")
    definitions = schema["definitions"]
    nested = (definitions["part"], definitions["media_item"], definitions["attached_text"])
    for holder in (schema, *nested):
        for key, value in holder["properties"].items():
            told = definitions[value["$ref"].rpartition("/")[2]] if "$ref" in value else value
            assert told["title"], key
            assert told["description"].endswith("."), key
            assert told["examples"], key


def test_the_schema_is_sound_draft_07() -> None:
    Draft7Validator.check_schema(load_schema("post"))


def test_every_example_of_the_schema_is_valid() -> None:
    schema = load_schema("post")
    for key, value in schema["properties"].items():
        told = schema["definitions"][value["$ref"].rpartition("/")[2]] if "$ref" in value else value
        for example in told["examples"]:
            assert explain(_document("text: x\n"), {key: example}, "post").findings == ()


SCHEMA_CASES = [case for kind in ("valid", "invalid") for case in cases(kind)]


@pytest.mark.parametrize("case", SCHEMA_CASES, ids=lambda case: case.name)
def test_judge_and_explainer_agree_on_the_corpus(case: Case) -> None:
    for name, data in case.posts.items():
        document = parse(name, data)
        if isinstance(document, Document):
            typed = conform(document, "post").data
            assert (_judged("post", typed) is None) == (explain(document, typed, "post").findings == ())


def test_judge_and_explainer_agree_on_thousands_of_spoiled_posts() -> None:
    dice = random.Random(20261126)
    good: list[Document] = []
    for case in cases("valid"):
        good += [parsed for name, data in case.posts.items() if isinstance(parsed := parse(name, data), Document)]
    refused = 0
    for _ in range(3_000):
        document = dice.choice(good)
        spoiled = _spoiled(copy.deepcopy(document.data), dice)
        verdict, reasons = _judged("post", spoiled), explain(document, spoiled, "post").findings
        refused += verdict is not None
        assert (verdict is None) == (reasons == ())
    assert refused > 1_000


def _spoiled(data: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    holder: Any = data
    while isinstance(holder, dict | list) and holder:
        key = dice.choice(list(holder)) if isinstance(holder, dict) else dice.randrange(len(holder))
        if not isinstance(holder[key], dict | list) or dice.random() < 0.3:
            break
        holder = holder[key]
    match dice.randrange(4):
        case 0 if isinstance(holder, dict):
            holder[dice.choice(["caption", "text", "media", "topic", "draft", "publish_at"])] = "x"
        case 1:
            del holder[key]
        case _:
            holder[key] = dice.choice(["", [], {}, "x", ["x"], {"text": "x"}, True, "a" * 2_000, "x\n", "R&D"])
    return data


# A schema, and data on both sides of what it says.
WORD_CASES: list[tuple[dict[str, Any], list[Any]]] = [
    ({"type": "string"}, ["", "x", True, 1, [], {}]),
    ({"type": "boolean"}, [True, False, "true", 0, 1]),
    ({"type": "integer"}, [0, -3, True, "1", 1.5]),
    ({"type": "number"}, [0, 1.5, True, "1"]),
    ({"type": ["string", "boolean"]}, ["x", True, 1, [], {}]),
    ({"type": "object"}, [{}, {"a": "x"}, [], "x"]),
    ({"type": "array"}, [[], ["x"], {}, "x"]),
    ({"enum": ["dark", True]}, ["dark", True, False, 1, "True", [], {}]),
    ({"enum": [1]}, [1, True, 2, "1"]),
    ({"type": "string", "minLength": 2}, ["", "a", "ab", "🌦🌦", "🌦"]),
    ({"type": "string", "maxLength": 2}, ["", "ab", "abc", "🌦🌦", "🌦🌦🌦"]),
    ({"minLength": 2, "pattern": "x", "minimum": 2}, [True, [], {}, 2, 1, "xx", "x", "yy"]),
    ({"pattern": "b"}, ["abc", "b", "", "a"]),
    ({"pattern": "^a$"}, ["a", "aa", "ba", "a b", "a\n"]),
    ({"minimum": 2, "maximum": 4}, [1, 2, 4, 5, 1.9, 4.1, "0", True]),
    ({"type": "array", "minItems": 1, "maxItems": 2}, [[], ["x"], ["x", "x"], ["x", "x", "x"]]),
    ({"items": {"type": "string"}}, [[], ["x"], ["x", 1], [1, "x"], "x", {"a": 1}]),
    ({"type": "object", "minProperties": 1}, [{}, {"a": 1}]),
    ({"required": ["a"]}, [{}, {"a": 1}, {"b": 1}, "x"]),
    ({"properties": {"a": {"type": "string"}}}, [{}, {"a": "x"}, {"a": 1}, {"b": 1}, "a"]),
    ({"properties": {"a": {}}, "additionalProperties": False}, [{}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}]),
    ({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}, [{"a": 1}, {"b": 1}, {"b": "x"}]),
    ({"propertyNames": {"pattern": "^[a-z]+$"}}, [{}, {"a": 1}, {"A": 1}, {"a": 1, "1": 1}]),
    ({"$ref": "#/definitions/a", "definitions": {"a": {"type": "string"}}}, ["x", 1]),
    ({"items": {"$ref": "#/definitions/a"}, "definitions": {"a": {"required": ["b"]}}}, [[{}], [{"b": 1}]]),
]


@pytest.mark.parametrize(("rules", "data"), WORD_CASES, ids=lambda each: repr(each)[:60])
def test_the_judge_takes_each_word_of_a_schema_as_jsonschema_does(rules: dict[str, Any], data: list[Any]) -> None:
    theirs = schema_errors.Validator(rules)
    judge = judge_of(rules, rules)
    for each in (*data, *data):  # what was made ready for the first is used for the second
        assert (judge(each) is None) == theirs.is_valid(each), each
    assert {theirs.is_valid(each) for each in data} == {True, False}


def test_the_judge_knows_every_word_of_our_schemas_and_says_when_it_does_not() -> None:
    assert {"pattern", "propertyNames"} <= (used := {*_words("post"), *_words("config")})
    assert {word for word in used if not word.startswith("x-")} <= WORDS
    with pytest.raises(ValueError, match="does not know anyOf"):
        judge_of({"anyOf": [{"type": "string"}]}, {})


def _words(name: str) -> Iterator[str]:
    open_rules: list[Any] = [load_schema(name)]
    while open_rules:
        rules = open_rules.pop()
        yield from rules
        for holder in ("properties", "definitions"):
            open_rules += rules.get(holder, {}).values()
        for below in ("items", "additionalProperties", "propertyNames"):
            open_rules += [rules[below]] if isinstance(rules.get(below), dict) else []


def test_what_the_judge_alone_refuses_is_refused_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_errors, "explain", lambda _, data, __: Explained((), data))
    (finding,) = _post("text: hi\ngif: a b\n")
    assert finding.code == "E206"
    assert finding.message.startswith("the file is not as its schema says: gif must match ")


def test_a_word_is_read_on_without_the_line_end_behind_it() -> None:
    conformed = conform(_document("text: hi\ncountries:\n  - |\n    DE\n  - DK\nif_late: >\n  hold\n"), "post")
    assert [finding.code for finding in conformed.findings] == ["E206", "E204"]
    assert conformed.data == {"text": "hi", "countries": ["DE", "DK"], "if_late": "hold"}
