"""Codes that no post file has: each is met by the command, in the document that scripts read, with its remedy."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher.publishing import ledger
from publisher.threads_api.messages import Request
from tests.cli.calling import Called
from tests.flow.desk import CONFIG, Desk, png
from tests.state_backends.places import git

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


def _with_a_picture(desk: Desk) -> None:
    desk.begin().write("posts/one.png", png(9))
    desk.post("a", "text: one\nmedia: [{file: one.png, alt: A dark square}]\n")


def _store_away(desk: Desk) -> Called:
    _with_a_picture(desk)
    return desk.publish(PUBLISHER_MEDIA_ENDPOINT_URL="http://127.0.0.1:9")


def _no_such_bucket(desk: Desk) -> Called:
    _with_a_picture(desk)
    return desk.publish(PUBLISHER_MEDIA_BUCKET="nowhere-at-all")


def _on_a_branch(desk: Desk, branch: str = "publisher-state") -> Path:
    """The remote, whose state is not begun yet."""
    desk.write("publisher.yaml", f"{CONFIG}state: {{backend: branch, path: '{branch}'}}\n")
    git(desk.folder, "init", "--quiet", "--bare", "remote.git")
    git(desk.folder, "init", "--quiet")
    git(desk.folder, "remote", "add", "origin", str(desk.folder / "remote.git"))
    return desk.folder / "remote.git"


def _somebody_faster(desk: Desk) -> Called:
    """Each push meets a branch that was moved while it was under way."""
    bare = _on_a_branch(desk)
    assert desk("state", "init").code == 0
    desk.post("a", "text: one\n")
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "export GIT_AUTHOR_NAME=b GIT_AUTHOR_EMAIL=b@b.b GIT_COMMITTER_NAME=b GIT_COMMITTER_EMAIL=b@b.b\n"
        "tip=$(git rev-parse publisher-state)\n"
        "git update-ref refs/heads/publisher-state $(git commit-tree -p $tip -m moved $tip^{tree})\n"
    )
    hook.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "_TRIES", 1)  # a run begins anew with all of it, after seconds
        return desk.publish()


def _no_name_of_a_branch(desk: Desk) -> Called:
    _on_a_branch(desk, "state..of:posts")
    return desk("state", "init", "--format", "json")


def _under_a_file(desk: Desk) -> Called:
    desk.write("publisher.yaml", f"{CONFIG}state: {{path: publisher.yaml/s.json}}\n")
    return desk("state", "init", "--format", "json")


def _beside_the_posts(desk: Desk) -> Called:
    _on_a_branch(desk, "main")
    git(desk.folder, "symbolic-ref", "HEAD", "refs/heads/main")
    return desk("state", "init", "--format", "json")


def _in_place_of_the_repository(desk: Desk) -> Called:
    desk.write("publisher.yaml", f"{CONFIG}state: {{path: '{desk.folder}'}}\n")
    return desk("state", "init", "--format", "json")


def _nested_too_deeply(desk: Desk) -> Called:
    desk.begin().write("deep.json", "[" * 200_000)
    return desk("plan", "--state", "deep.json", "--format", "json")


def _without_the_sandbox(desk: Desk) -> Called:
    """As it is where the distribution was installed without the extra."""
    desk.begin().post("a", "text: one\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "flask", None)
        return desk.publish("--sandbox")


def _never_taken(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\n")
    desk.control("faults", [{"call": "publish", "fault": "500", "times": 99}])
    return desk.publish()


def _never_ready(desk: Desk) -> Called:
    _with_a_picture(desk)
    desk.control("faults", [{"call": "create", "fault": "container_error", "times": 99}])
    return desk.publish()


def _all_spent(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\n")
    world, token = desk.sandbox.faulty.world, desk.sandbox.access_token
    for number in range(250):
        words = {"media_type": "TEXT", "text": f"by hand {number}", "auto_publish_text": "true"}
        assert world.answer(Request("POST", "/me/threads", words), token).status == 200
    return desk.publish()


def _live_somewhere(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\n")
    desk.control("world", {"list_lag": "1h"})
    desk.control("faults", [{"call": "publish", "fault": "reset_after"}])
    return desk.publish()


def _quotes_what_failed(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\n")
    desk.post("b", "text: two\nquote: a.yaml\n")
    desk.control("faults", [{"call": "create", "fault": "container_error", "times": 99}])
    return desk.publish()


def _beside_a_doubt(desk: Desk) -> Called:
    desk.begin().post("a", "text: one\n")
    desk.post("b", "text: two\n")
    desk.control("faults", [{"call": "publish", "fault": "500", "times": 99}])
    return desk.publish()


_NOTHING_TO_DO = {"W717"}  # a later run sends it


@pytest.mark.parametrize(
    ("code", "exit_code", "met"),
    [
        ("E345", 5, _store_away),
        ("E346", 6, _no_such_bucket),
        ("E420", 8, _too_many),
        ("E421", 8, _another_plan),
        ("E433", 5, _somebody_faster),
        ("E401", 8, _nested_too_deeply),
        ("E412", 8, _under_a_file),
        ("E434", 3, _no_name_of_a_branch),
        ("E436", 8, _beside_the_posts),
        ("E516", 3, _in_place_of_the_repository),
        ("E447", 8, _id_not_typed),
        ("E502", 3, _no_such_account),
        ("E503", 3, _one_of_two),
        ("E505", 8, _without_the_sandbox),
        ("E701", 5, _never_taken),
        ("E705", 1, _never_ready),
        ("E712", 5, _all_spent),
        ("E714", 4, _live_somewhere),
        ("E716", 4, _late),
        ("W717", 1, _quotes_what_failed),
        ("W718", 5, _beside_a_doubt),
    ],
)
def test_a_code_is_met_with_its_remedy(code: str, exit_code: int, met: Callable[[Desk], Called], desk: Desk) -> None:
    called = met(desk)
    assert called.code == exit_code, called.out + called.err
    (problem,) = (problem for problem in _problems(called.document) if problem["code"] == code)
    assert problem["message"]
    assert bool(problem["fix"]) == (code not in _NOTHING_TO_DO)


def _problems(document: dict[str, Any]) -> list[dict[str, Any]]:
    of_posts = [post["error"] for post in document.get("posts", ()) if post["error"] is not None]
    return [*of_posts, *([document["error"]] if document.get("error") else [])]
