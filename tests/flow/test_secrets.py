"""A canary for a token: it is in no output, no state, no file, whatever goes wrong."""

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import Called
from tests.flow.desk import Desk, png

FAULTS = (
    "refuse",
    "reset",
    "500",
    "503",
    "429",
    "not_found",
    "token_expired",
    "reset_after",
    "garbage_after",
    "10_after",
)


def forms(secret: str) -> Iterator[str]:
    yield secret
    yield secret[::-1]
    yield secret.encode().hex()
    yield base64.b64encode(secret.encode()).decode().rstrip("=")


def assert_absent(secret: str, called: Called, folder: Path) -> None:
    for form in forms(secret):
        assert form not in called.out
        assert form not in called.err
        for file in folder.rglob("*"):
            if file.is_file() and file.name != "token":
                assert form.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("fault", FAULTS)
def test_the_token_leaves_through_no_fault(desk: Desk, fault: str) -> None:
    desk.begin()
    desk.write("posts/one.png", png(1))
    desk.post("a", "text: A picture\nmedia: [{file: one.png, alt: A dark square}]\n")
    # Threads' "try again later" is taken at its word: a minute for each call but the first one.
    for call in ("me",) if fault == "429" else ("create", "publish", "status", "me"):
        desk.control("faults", [{"call": call, "fault": fault, "times": 2}])
        called = desk("publish", "--yes", "-v")
        assert_absent(desk.sandbox.access_token, called, desk.folder)
        assert_absent("sandbox-secret-key", called, desk.folder)
        assert "X-Amz-Signature=" not in called.out + called.err


def test_a_token_that_threads_does_not_know_is_refused_and_not_shown(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    token = "THQ" + secrets.token_hex(30)
    called = desk.publish(THREADS_ACCESS_TOKEN=token)
    assert called.code == 6
    assert_absent(token, called, desk.folder)


def test_a_token_with_a_line_break_is_refused_by_its_name(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    token = "THQ" + secrets.token_hex(10) + "\n" + secrets.token_hex(10)
    called = desk.publish(THREADS_ACCESS_TOKEN=token)
    assert called.code == 6
    assert called.document["error"]["code"] == "E605"
    assert_absent(token, called, desk.folder)


def test_a_traceback_shows_no_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from publisher.publishing import run

    desk.begin()
    desk.post("a", "text: Hello\n")
    token = desk.sandbox.access_token

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"a bug, with {token} in it")

    monkeypatch.setattr(run, "make_plan", broken)
    called = desk.publish()
    assert called.code == 1
    assert "Traceback" in called.err
    assert_absent(token, called, desk.folder)
