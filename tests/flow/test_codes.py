"""Codes that no post file has: each is met by the command, in the document that scripts read, with its remedy."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.calling import Called
from tests.flow.desk import CONFIG, Desk

_TWO = "version: 1\naccounts:\n  acme: {posts: a}\n  acme-de: {posts: b}\n"


def _too_many(desk: Desk) -> Called:
    desk.begin(f"{CONFIG}rules: {{max_new_per_run: 1}}\n")
    desk.post("a", "text: one\n")
    desk.post("b", "text: two\n")
    return desk.publish()


def _another_plan(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\n")
    return desk.publish("--plan-digest", "0" * 64)


def _id_not_typed(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\n")
    desk.publish()
    (desk.folder / "posts" / "a.yaml").unlink()
    return desk("delete", "a", "--confirm", "b", "--format", "json")


def _no_such_account(desk: Desk) -> Called:
    desk.write("publisher.yaml", _TWO)
    return desk("--account", "acne", "plan", "--offline", "--format", "json")


def _one_of_two(desk: Desk) -> Called:
    desk.write("publisher.yaml", _TWO)
    return desk("state", "show", "a", "--format", "json")


def _late(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\npublish_at: 2026-01-01T09:00\n")
    return desk.publish()


@pytest.mark.parametrize(
    ("code", "exit_code", "met"),
    [
        ("E420", 8, _too_many),
        ("E421", 8, _another_plan),
        ("E447", 8, _id_not_typed),
        ("E502", 3, _no_such_account),
        ("E503", 3, _one_of_two),
        ("E716", 4, _late),
    ],
)
def test_a_code_is_met_with_its_remedy(code: str, exit_code: int, met: Callable[[Desk], Called], desk: Desk) -> None:
    called = met(desk)
    assert called.code == exit_code, called.out + called.err
    (problem,) = (problem for problem in _problems(called.document) if problem["code"] == code)
    assert problem["message"]
    assert problem["fix"]


def _problems(document: dict[str, Any]) -> list[dict[str, Any]]:
    of_posts = [post["error"] for post in document.get("posts", ()) if post["error"] is not None]
    return [*of_posts, *([document["error"]] if document.get("error") else [])]
