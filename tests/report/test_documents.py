"""JSON documents against their schema, and what they must never hold."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from publisher.content.findings import Finding, Place
from publisher.errors import Refused
from publisher.planning.state_json import state_json
from publisher.report.json import (
    error_document,
    findings_document,
    json_text,
    plan_document,
    run_document,
    status_document,
)
from publisher.resources import resource
from tests.planning.samples import post, record, state
from tests.report.runs import a_plan, a_run, a_stopped_run

FINDING = Finding("E203", "posts/a.yaml", Place(1, 1, 1, 4), "unknown key", "why", "fix")


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resource(f"schemas/{name}.json").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("name", ["post", "config", "state", "output"])
def test_every_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(schema(name))


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("validate", findings_document(1, [FINDING])),
        ("plan", plan_document(a_plan())),
        ("publish", run_document(a_run())),
        ("publish", run_document(a_stopped_run())),
        ("status", status_document(a_plan(), a_plan().posts)),
        ("failure", error_document(Refused("no", code="E400", fix="state init"))),
    ],
)
def test_a_document_is_as_its_schema_says(name: str, document: dict[str, Any]) -> None:
    whole = schema("output")
    read_back = json.loads(json_text(document))
    Draft7Validator({**whole, "anyOf": [{"$ref": f"#/definitions/{name}"}]}).validate(read_back)


def test_a_state_is_as_its_schema_says() -> None:
    launch = post("launch", thread=("two",))
    Draft7Validator(schema("state")).validate(state_json(state(launch=record(launch))))


def test_the_schema_of_publisher_yaml_says_something_of_every_key() -> None:
    def keys(part: Any) -> list[tuple[str, Any]]:
        found = list(part.get("properties", {}).items())
        return found + [pair for _, below in found for pair in keys(below)]

    for key, about in keys(schema("config")):
        about = schema("config")["definitions"]["defaults"] if "$ref" in about else about
        assert about["title"], key
        assert about["description"], key
        assert about["examples"], key


def test_ids_are_strings_and_the_error_of_a_post_is_null_or_whole() -> None:
    posts = {entry["id"]: entry for entry in run_document(a_run())["posts"]}
    assert posts["05-chain"]["media_ids"] == ["1801", "1802", "1803"]
    assert posts["05-chain"]["error"] is None
    assert set(posts["04-new"]["error"]) == {"code", "message", "fix", "api_code", "api_subcode", "trace_id"}
