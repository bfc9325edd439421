"""Every state that cannot be trusted, in every backend, by the command: refused, nothing sent, nothing overwritten.

Then what was there before is put back, as each message asks, and the run goes on from it.
"""

import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from publisher.state_backends import objects
from publisher.state_backends.checks import LARGEST
from tests.cli.calling import Called
from tests.flow.desk import CONFIG, Desk
from tests.state_backends.places import BranchPlace, FilePlace, S3Place, git

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STATE = "publisher-state.json"


@dataclass
class Ground:
    """One post is published and recorded, another one is to be sent."""

    desk: Desk
    place: Any  # FilePlace, BranchPlace or S3Place
    environ: dict[str, str]

    def publish(self) -> Called:
        return self.desk.publish(**self.environ)

    def call(self, *arguments: str) -> Called:
        return self.desk(*arguments, **self.environ)

    @property
    def kept(self) -> dict[str, bytes]:
        """What is kept, byte by byte; of a branch, its tip, which names every byte."""
        match self.place:
            case BranchPlace(bare, _, branch):
                found = git(bare, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}").strip()
                return {"tip": found} if found else {}
            case S3Place():
                return {key: self.place.read(key) for key in self.place.listed()}
            case _:
                path = self.place.path
                return {"file": path.read_bytes()} if path.is_file() else {}

    def put(self, content: bytes) -> None:
        """Write the head as somebody would by hand."""
        match self.place:
            case BranchPlace():
                self.place.replace("head.json", content)
            case S3Place():
                self.place.write("head.json", content)
            case _:
                self.place.path.write_bytes(content)

    def head(self) -> bytes:
        match self.place:
            case BranchPlace(bare, _, branch):
                return git(bare, "cat-file", "blob", f"{branch}:head.json")
            case S3Place():
                return bytes(self.place.read("head.json"))
            case _:
                return bytes(self.place.path.read_bytes())

    def restore(self, kept: dict[str, bytes]) -> None:
        match self.place:
            case BranchPlace(bare, _, branch):
                git(bare, "update-ref", f"refs/heads/{branch}", kept["tip"].decode())
            case S3Place():
                for key, content in kept.items():
                    if key not in self.place.listed() or self.place.read(key) != content:
                        self.place.write(key, content)
            case _:
                self.place.path.write_bytes(kept["file"])


@pytest.fixture(params=["file", "branch", "s3"])
def ground(request: pytest.FixtureRequest, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    environ: dict[str, str] = {}
    place: Any
    match request.param:
        case "file":
            path, place = STATE, FilePlace(desk.folder / STATE, small=200)
        case "branch":
            path, bare = "publisher-state", desk.folder / "remote.git"
            git(desk.folder, "init", "--quiet", "--bare", "remote.git")
            git(desk.folder, "init", "--quiet")
            git(desk.folder, "remote", "add", "origin", str(bare))
            place = BranchPlace(bare, desk.folder)
        case _:
            bucket = f"state-{secrets.token_hex(6)}"
            path = f"s3://{bucket}/threads/acme"
            environ = {"AWS_ENDPOINT_URL_S3": desk.sandbox.s3_endpoint, "AWS_REGION": "us-east-1"}
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                monkeypatch.setenv(name, "sandbox")
            client = objects.s3_client(region="us-east-1", endpoint_url=desk.sandbox.s3_endpoint)
            client.create_bucket(Bucket=bucket)
            place = S3Place(client, bucket)
    desk.write("publisher.yaml", f"{CONFIG}state: {{backend: {request.param}, path: '{path}'}}\n")
    ground = Ground(desk, place, environ)
    assert ground.call("state", "init").code == 0
    desk.post("hello", "text: Hello\n")
    called = ground.publish()
    assert called.code == 0, called.err
    desk.post("new", "text: New\n")
    yield ground
    if isinstance(place, S3Place):
        for key in place.listed():
            place.client.delete_object(Bucket=place.bucket, Key=f"{place.prefix}/{key}")
        place.client.delete_bucket(Bucket=place.bucket)


def _lost(ground: Ground) -> None:
    if isinstance(ground.place, S3Place):  # the journal stays, and is what the message names
        ground.place.client.delete_object(Bucket=ground.place.bucket, Key=f"{ground.place.prefix}/head.json")
    else:
        ground.place.wipe()


def _too_large(ground: Ground) -> None:
    if isinstance(ground.place, FilePlace):
        with ground.place.path.open("r+b") as stream:
            stream.truncate(LARGEST + 1)
    else:
        ground.put(bytes(LARGEST + 1))


@dataclass(frozen=True)
class Bad:
    """What befell the state, the code it is refused with, and what the message has of it: seen, then expected."""

    title: str
    harm: Callable[[Ground], None]
    code: str
    tells: str


BAD = (
    Bad("lost", _lost, "E400", r"there is no state at"),
    Bad("cut off", lambda ground: ground.put(ground.head()[:-20]), "E401", r"no JSON \(line \d+, column \d+\)"),
    Bad("empty", lambda ground: ground.put(b""), "E401", r"it is empty"),
    Bad("another file", lambda ground: ground.put(b"\xff\xd8\xff\xe0JFIF"), "E401", r"it is not UTF-8"),
    Bad("a list", lambda ground: ground.put(b"[]"), "E401", r"object"),
    Bad("too large", _too_large, "E401", r"100,000,001 bytes.*at most 100,000,000"),
    Bad(
        "edited by hand",
        lambda ground: ground.place.spoil(),
        "E402",
        r"does not match its own checksum|are not those that its head.json",
    ),
    Bad("of the future", lambda ground: ground.place.edit(format_version="99.0"), "E403", r"99.*\b1\b"),
    Bad("set back", lambda ground: ground.place.set_back(), "E404", r"set back.*serial \d+"),
    Bad("another account's", lambda ground: ground.place.edit(account="beta"), "E406", r'"beta".*"acme"'),
    Bad(
        "of another Threads",
        lambda ground: ground.place.edit(endpoint="https://graph.threads.net"),
        "E407",
        r"https://graph\.threads\.net; this run would publish to http://127",
    ),
    Bad("another history", lambda ground: ground.place.edit(lineage="0" * 32), "E408", r"00000000.*lineage \w{8}"),
    Bad(
        "another history, much longer",
        lambda ground: ground.place.edit(lineage="0" * 32, serial=500),
        "E408",
        r"00000000.*lineage \w{8}",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.title)
def test_a_state_that_cannot_be_trusted_is_refused_left_alone_and_once_restored_goes_on(
    ground: Ground, bad: Bad
) -> None:
    good = ground.kept
    bad.harm(ground)
    spoiled, writes = ground.kept, ground.desk.writes()
    assert spoiled != good
    for _ in range(2):  # the second run is no braver than the first
        called = ground.publish()
        error = called.document["error"]
        assert (called.code, error["code"]) == (8, bad.code), called.out + called.err
        assert re.search(bad.tells, error["message"]), error["message"]
        assert error["why"]
        assert error["fix"]
    assert ground.kept == spoiled, "nothing is overwritten"
    assert ground.desk.writes() == writes, "nothing is sent"
    ground.restore(good)
    assert ground.call("state", "verify").code == 0
    called = ground.publish()
    assert called.code == 0, called.err
    assert ground.desk.texts() == ["Hello", "New"]


# --- a bucket that is not as it has to be ---------------------------------------------------------------------------


def _deaf(environ: "WSGIEnvironment") -> None:
    """Takes every write, whatever its condition."""
    environ.pop("HTTP_IF_MATCH", None)
    environ.pop("HTTP_IF_NONE_MATCH", None)


def _refusing(code: str) -> Callable[["WSGIEnvironment"], bytes]:
    return lambda _: f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()


@pytest.fixture
def front(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Ground]]:
    """Makes a ground whose S3 is reached through a server of ours, which changes or refuses what is asked."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    moto = DomainDispatcherApplication(create_backend_app)
    change: list[Callable[[WSGIEnvironment], bytes | None]] = []

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        refusal = change[0](environ) if change else None
        if refusal is None:
            return moto(environ, start)  # type: ignore[no-any-return]
        start("403 Forbidden", [("Content-Type", "application/xml")])
        return [refusal]

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bucket = f"state-{secrets.token_hex(6)}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    endpoint = f"http://127.0.0.1:{server.server_port}"
    client = objects.s3_client(region="us-east-1", endpoint_url=endpoint)
    client.create_bucket(Bucket=bucket)
    desk.write("publisher.yaml", f"{CONFIG}state: {{backend: s3, path: 's3://{bucket}/acme'}}\n")
    place = S3Place(client, bucket, "acme")
    ground = Ground(desk, place, {"AWS_ENDPOINT_URL_S3": endpoint, "AWS_REGION": "us-east-1"})
    assert ground.call("state", "init").code == 0
    desk.post("hello", "text: Hello\n")

    def behaving(how: Callable[["WSGIEnvironment"], bytes | None] | None) -> Ground:
        change[:] = [how] if how else []
        return ground

    yield behaving
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("how", "exit_code", "code", "fix"),
    [
        (_deaf, 8, "E449", "conditional writes"),
        (_refusing("AccessDenied"), 6, "E442", "allow s3:GetObject"),
        (_refusing("RequestTimeTooSkewed"), 6, "E442", "set this machine's clock"),
        (_refusing("InvalidAccessKeyId"), 6, "E442", "AWS_PROFILE"),
    ],
    ids=["deaf to conditions", "no permission", "a clock too far off", "no such key"],
)
def test_a_bucket_that_cannot_be_relied_on_publishes_nothing_and_once_mended_goes_on(
    front: Callable[..., Ground],
    how: Callable[["WSGIEnvironment"], bytes | None],
    exit_code: int,
    code: str,
    fix: str,
) -> None:
    ground = front(None)
    kept, writes = ground.kept, ground.desk.writes()
    called = front(how).publish()
    error = called.document["error"]
    assert (called.code, error["code"]) == (exit_code, code), called.err
    assert fix in error["fix"]
    assert ground.desk.writes() == writes
    assert front(None).kept == kept
    assert ground.publish().code == 0
    assert ground.desk.texts() == ["Hello"]


@pytest.mark.slow
@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_a_day_off_the_one_of_threads_posts_nothing_twice_and_nothing_too_early(
    ground: Ground, days: int
) -> None:
    """What is due goes by the time that Threads tells: ours is a day behind it, or ahead."""
    theirs = datetime.now(UTC) + timedelta(days=days)
    ground.desk.control("clock", {"set": theirs.isoformat()})
    for name, due in (("past", theirs - timedelta(hours=1)), ("future", theirs + timedelta(hours=1))):
        ground.desk.post(name, f"text: The {name}\npublish_at: {due:%Y-%m-%dT%H:%M:%S}Z\n")
    assert ground.publish().code == 0
    writes = ground.desk.writes()
    assert ground.publish().code == 0
    assert ground.desk.writes() == writes
    assert sorted(map(str, ground.desk.texts())) == ["Hello", "New", "The past"]
