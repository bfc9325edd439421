"""A client on the sandbox's world, without sockets: time passes only when the client waits."""

from datetime import timedelta
from pathlib import Path

from publisher.sandbox.faults import FaultyWorld
from publisher.sandbox.transport import WorldTransport
from publisher.threads_api import (
    Attachment,
    Auth,
    Configuration,
    Media,
    PublishResult,
    Request,
    Response,
    ThreadsClient,
)
from tests.sandbox.worlds import Caller

PICTURE = Attachment("https://m.test/a.jpg", alt_text="A chart")
FILM = Attachment("https://m.test/a.mp4")
APP = Configuration(
    "1000000000000001", "sandbox-secret", "https://acme.dev/back/", ("threads_basic", "threads_content_publish")
)


class Desk:
    """One account, its client, and the waits of `post` as virtual time."""

    def __init__(self, caller: Caller | None = None) -> None:
        self.caller = caller or Caller()
        self.world, self.faulty = self.caller.world, self.caller.faulty
        self.client = ThreadsClient(WorldTransport(self.faulty, self.caller.token, wait=self.sleep))
        self.slept = 0.0

    def other(self, username: str) -> "Desk":
        return Desk(self.caller.other(username))

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.caller.wait(seconds=seconds)

    def post(self, text: str | None = None, *media: Attachment, **options: object) -> PublishResult:
        return self.client.post(text, media, sleep=self.sleep, **options)  # type: ignore[arg-type]

    def live(self) -> list[str | None]:
        """Texts of what is on the feed, oldest first."""
        return [post.text for post in self.world.published()]

    def read(self, result: PublishResult, fields: str = "id,text,media_type,children{id,media_type,alt_text}") -> Media:
        return self.client.media.get(result.media_id, fields=fields)

    def arm(self, call: str, fault: str, **more: object) -> None:
        self.faulty.arm([{"call": call, "fault": fault, **more}])

    def calls(self, method: str, ending: str) -> int:
        return sum(entry["method"] == method and entry["path"].endswith(ending) for entry in self.faulty.log)

    def auth(self) -> Auth:
        return Auth(Tokens(self.faulty), APP, now=lambda: self.caller.now)

    def later(self, **length: float) -> None:
        self.caller.now += timedelta(**length)


class Tokens:
    """Implements `Transport` for token calls, which bring their token as a parameter."""

    def __init__(self, faulty: FaultyWorld) -> None:
        self._faulty = faulty

    def send(self, request: Request) -> Response:
        outcome = self._faulty.answer(request, request.params.get("access_token"))
        assert outcome.response is not None
        return outcome.response


def on_the_shelf(path: Path) -> str:
    """An upload that makes every file public under its own name."""
    return f"https://m.test/{path.name}"
