"""A state that cannot be reached, or that others move while it is used: what is said, and that it leads out."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.sandbox import quotas
from publisher.sandbox.faults import Outcome
from publisher.state_backends import objects
from publisher.threads_api.messages import Request
from tests.content.strange import as_anybody
from tests.flow.desk import CONFIG, Desk
from tests.state_backends.places import git

STATE = "publisher-state.json"


def _refused(desk: Desk, code: str, **environ: str) -> tuple[str, str]:
    """Publishing ends with this code, and nothing new is live; the message and the fix."""
    live = desk.texts()
    error = desk.publish(**environ).document["error"]
    assert (error["code"], desk.texts()) == (code, live)
    return error["message"], error["fix"]


def _process(desk: Desk, *arguments: str, lowered: bool = False) -> subprocess.Popen[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.folder), **desk.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "publisher", *arguments],
        cwd=desk.folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=as_anybody if lowered else None,
    )


@pytest.fixture
def bare(desk: Desk) -> Path:
    """The remote of a repository whose state is on a branch, and begun."""
    git(desk.folder, "init", "--quiet", "--bare", "remote.git")
    git(desk.folder, "init", "--quiet")
    git(desk.folder, "remote", "add", "origin", str(desk.folder / "remote.git"))
    desk.begin(f"{CONFIG}state: {{backend: branch, path: publisher-state}}\n")
    return desk.folder / "remote.git"


@pytest.mark.parametrize("name", [STATE, f"{STATE}.journal"])
def test_a_folder_in_the_place_of_a_state_is_refused_and_once_it_is_gone_goes_on(desk: Desk, name: str) -> None:
    desk.begin().post("hello", "text: Hello\n")
    file = desk.folder / name
    kept = file.read_bytes() if file.exists() else None
    file.unlink(missing_ok=True)
    file.mkdir()
    message, fix = _refused(desk, "E401")
    assert message == f"{name} cannot be read as a state: it is a folder; expected a regular file"
    assert f"put the last good {name} in its place" in fix
    file.rmdir()
    if kept is not None:
        file.write_bytes(kept)
    assert desk("state", "verify").code == 0
    assert desk.publish().code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("closed", "mode", "code", "fix"),
    [
        (STATE, 0o000, 8, f"let this user read {STATE}, then: publisher state verify"),
        (".", 0o500, 6, "let this user write to ., then run again"),
        (".publisher", 0o000, 6, "let this user write to .publisher, then run again"),
    ],
)
def test_what_this_user_may_not_read_or_write_is_named_and_once_opened_goes_on(
    desk: Desk, closed: str, mode: int, code: int, fix: str
) -> None:
    desk.begin().post("hello", "text: Hello\n")
    place = desk.folder / closed
    before = place.stat().st_mode
    place.chmod(mode)
    try:
        child = _process(desk, "publish", "--yes", lowered=True)
        out, err = child.communicate(timeout=60)
    finally:
        place.chmod(before)
    assert child.returncode == code, out + err
    assert f"= fix: {fix}\n" in err
    assert desk.texts() == []
    assert desk.publish().code == 0


def test_a_remote_that_is_not_there_is_named_with_the_command_that_shows_its_address(desk: Desk, bare: Path) -> None:
    desk.post("hello", "text: Hello\n")
    bare.rename(bare.with_name("elsewhere.git"))
    message, fix = _refused(desk, "E431")
    assert "remote.git cannot be reached" in message
    assert "git remote -v" in fix
    git(desk.folder, "remote", "set-url", "origin", str(bare.with_name("elsewhere.git")))
    assert desk.publish().code == 0


@pytest.fixture
def aws(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str, dict[str, str]]]:
    """A client, the name of a bucket that is not there yet, and an environment in which S3 is reached as AWS's own."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    local = f"http://127.0.0.1:{server.server_port}"
    bucket = f"state-{secrets.token_hex(6)}"
    environ = {"AWS_ENDPOINT_URL_S3": "http://s3.us-east-1.amazonaws.com", "AWS_REGION": "us-east-1"}
    desk.write("publisher.yaml", f"{CONFIG}state: {{backend: s3, path: 's3://{bucket}/acme'}}\n")
    desk.post("hello", "text: Hello\n")
    client = objects.s3_client(region="us-east-1", endpoint_url=local)
    yield client, bucket, {**environ, "HTTP_PROXY": local, "NO_PROXY": "127.0.0.1"}
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_bucket_that_is_missing_or_keeps_no_versions_is_refused_and_once_mended_goes_on(
    desk: Desk, aws: tuple[Any, str, dict[str, str]]
) -> None:
    client, bucket, environ = aws
    assert f"s3://{bucket}/" in _refused(desk, "E440", **environ)[0]
    client.create_bucket(Bucket=bucket)
    assert desk("state", "init", **environ).code == 8
    _, fix = _refused(desk, "E443", **environ)
    assert fix == f"aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert desk.publish(**environ).code == 0
    assert desk.texts() == ["Hello"]


def test_every_call_names_the_owner_that_the_bucket_must_have(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket, local = f"state-{secrets.token_hex(6)}", desk.sandbox.s3_endpoint
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    objects.s3_client(region="us-east-1", endpoint_url=local).create_bucket(Bucket=bucket)
    owners: list[object] = []
    made = objects.s3_client

    def watched(**where: Any) -> Any:
        client = made(**where)
        client.meta.events.register(
            "before-send.s3", lambda request, **_: owners.append(request.headers.get("x-amz-expected-bucket-owner"))
        )
        return client

    monkeypatch.setattr(objects, "s3_client", watched)
    desk.write("publisher.yaml", f"{CONFIG}state: {{backend: s3, path: 's3://{bucket}/acme', owner: 123456789012}}\n")
    assert desk("state", "init", AWS_ENDPOINT_URL_S3=local, AWS_REGION="us-east-1").code == 0
    assert set(owners) == {b"123456789012"}


def test_a_second_account_on_the_same_branch_is_refused_and_cannot_be_configured(desk: Desk, bare: Path) -> None:
    tip = git(bare, "rev-parse", "publisher-state")
    desk.post("hello", "text: Hello\n")
    state = "state: {backend: branch, path: publisher-state}\n"
    desk.write("publisher.yaml", CONFIG.replace("acme", "beta") + state)
    assert _refused(desk, "E406")[0] == 'branch publisher-state is the state of account "acme"; this one is "beta"'
    assert "E405" in desk("state", "init").err
    two = CONFIG.replace("account: acme", "accounts: {acme: {posts: posts}, beta: {posts: more}}")
    desk.write("publisher.yaml", two + state)
    called = desk("validate")
    assert (called.code, "path: publisher-state-{account}" in called.out) == (3, True)
    assert git(bare, "rev-parse", "publisher-state") == tip


# --- moved while it is used -----------------------------------------------------------------------------------------


@pytest.fixture
def at_publish(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Does something once, right before the next publish call is answered."""
    answered = type(desk.sandbox.faulty).answer

    def arm(harm: Callable[[], object]) -> None:
        left = [harm]

        def answer(request: Request, token: str | None) -> Outcome:
            if request.path.endswith("threads_publish") and left:
                left.pop()()
            return answered(desk.sandbox.faulty, request, token)

        monkeypatch.setattr(desk.sandbox.faulty, "answer", answer)

    return arm


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moved", "code"),
    [("to its own past", 0), ("to the same, without its past", 0), ("to the words of its past", 8)],
)
def test_a_branch_that_is_forced_between_two_writes_of_a_run_loses_no_post(
    desk: Desk, bare: Path, at_publish: Callable[[Callable[[], object]], None], moved: str, code: int
) -> None:
    """The run's next push carries its own past with it, so it mends the first two; the third is refused."""
    begun = git(bare, "rev-parse", "publisher-state").decode().strip()

    def force() -> None:
        to = begun
        if moved != "to its own past":
            tree = "publisher-state" if "same" in moved else begun
            to = git(bare, "commit-tree", f"{tree}^{{tree}}", "-m", "Tidy up").decode().strip()
        git(bare, "update-ref", "refs/heads/publisher-state", to)

    desk.post("a", "text: A\n")
    desk.post("b", "text: B\nthread:\n  - text: C\n")
    at_publish(force)
    called = desk.publish()
    assert called.code == code, called.out + called.err
    if code:
        assert desk.texts() == ["A"], "the run ends with the write that was refused"
        error = called.document["error"]
        assert error["code"] == "E404"
        _, fix = _refused(desk, "E404")
        git(desk.folder, *fix.split(";")[0].removeprefix("git ").split())
        _, fix = _refused(desk, "E700")  # the lease of the run that ended is back as well
        assert "publisher state unlock" in fix
        assert desk("state", "unlock", "--yes").code == 0
        assert desk.publish().code == 0
    writes = desk.writes()
    assert desk.publish().code == 0
    assert (desk.texts(), desk.writes()) == (["A", "B", "C"], writes)


@pytest.mark.slow
def test_an_interrupt_twice_amid_a_write_ends_with_130_and_what_is_said_leads_on(desk: Desk, bare: Path) -> None:
    for number in range(3):
        desk.post(f"p{number}", f"text: Number {number}\n")
    hook = bare / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\n[ -e {desk.folder}/live ] || exit 0\ntouch {desk.folder}/pushing\nsleep 1\n")
    hook.chmod(0o755)
    desk.control("faults", [{"call": "publish", "fault": "slow", "seconds": 0.5}])
    child = _process(desk, "publish", "--yes")
    while not desk.live():
        time.sleep(0.02)
    desk.write("live", "")
    while not (desk.folder / "pushing").exists():
        assert child.poll() is None, child.communicate()
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGINT)
    time.sleep(0.1)
    os.kill(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert child.returncode == 130, out + err
    assert "(once more to stop at once)" in err
    live = desk.texts()
    desk.control("faults", [])
    hook.unlink()
    called = desk.publish()
    if called.code == 7:  # it could not give its lease back any more
        assert "publisher state unlock" in called.document["error"]["fix"]
        assert desk("state", "unlock", "--yes").code == 0
        called = desk.publish()
    assert called.code == 0, called.out + called.err
    assert desk.texts() == ["Number 0", "Number 1", "Number 2"]
    assert desk.texts()[: len(live)] == live


# --- within posts that share a write --------------------------------------------------------------------------------


def test_a_post_of_tomorrow_amid_those_of_today_waits_and_holds_up_none(desk: Desk, bare: Path) -> None:
    due = datetime.now(UTC) + timedelta(hours=1)
    for number in range(4):
        later = f"publish_at: {due:%Y-%m-%dT%H:%M:%S}Z\n" if number == 2 else ""
        desk.post(f"p{number}", f"text: Number {number}\n{later}")
    assert desk.publish().code == 0
    assert desk.texts() == ["Number 0", "Number 1", "Number 3"]


@pytest.mark.slow
def test_a_quota_that_others_use_up_amid_a_group_leaves_the_rest_for_the_next_day(
    desk: Desk,
    bare: Path,
    at_publish: Callable[[Callable[[], object]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(4):
        desk.post(f"p{number}", f"text: Number {number}\n")
    at_publish(lambda: monkeypatch.setitem(quotas.QUOTAS, "posts", 2))
    called = desk.publish()
    assert called.code == 5, called.out
    assert desk.texts() == ["Number 0", "Number 1"]
    desk.control("clock", {"advance": "25h"})
    assert desk.publish().code == 0
    assert desk.texts() == [f"Number {number}" for number in range(4)]


def test_the_same_repost_from_two_files_is_two_records_of_two_ids_and_asked_for(desk: Desk) -> None:
    desk.begin().post("hello", "text: Hello\n")
    for name in ("again", "once-more"):
        desk.post(name, "repost: hello\n")
    assert desk.publish().code == 4
    desk.post("once-more", "repost: hello\nallow_repeat: true\n")
    assert desk.publish().code == 0
    writes = desk.writes()
    assert desk.publish().code == 0
    assert desk.writes() == writes
    shown = [desk("state", "show", name, "--format", "json").document["parts"] for name in ("again", "once-more")]
    assert len({part["media_id"] for parts in shown for part in parts}) == 2


@pytest.mark.slow
def test_of_a_group_that_died_those_whose_files_are_gone_are_ended_first_and_none_is_lost(
    desk: Desk, bare: Path
) -> None:
    """docs/protocol.md tells it: what has no file has no place in the plan's order any more."""
    for number in range(5):
        desk.post(f"p{number}", f"text: Number {number}\n")
    hook = bare / "hooks" / "post-receive"
    hook.write_text(
        "#!/bin/sh\n"
        "[ $(git show publisher-state --format= | grep -c '^+.*\"intent\"') -ge 4 ] && "
        f"kill -9 $(cat {desk.folder}/pid)\n"
        "exit 0\n"
    )
    hook.chmod(0o755)
    child = _process(desk, "publish", "--yes")
    desk.write("pid", str(child.pid))
    child.communicate(timeout=60)
    hook.unlink()
    assert (child.returncode, desk.texts()) == (-signal.SIGKILL, ["Number 0"]), "the other four share a write"
    for number in (2, 3, 4):
        (desk.folder / f"posts/p{number}.yaml").unlink()
    _, fix = _refused(desk, "E700")
    assert "publisher state unlock" in fix
    assert desk("state", "unlock", "--yes").code == 0
    called = desk.publish()
    assert called.code == 0, called.out + called.err
    assert desk.texts() == [f"Number {number}" for number in (0, 2, 3, 4, 1)]
    writes = desk.writes()
    assert desk.publish().code == 0
    assert desk.writes() == writes
