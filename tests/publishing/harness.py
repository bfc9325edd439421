"""A whole account in memory: real client, real engine, the sandbox's world, a state that can be lost, virtual time.

A `Scene` publishes posts again and again until nothing is left to do, while something goes wrong on purpose, and then
counts: what is live twice, what is missing, what is out of order, what is bound to a wrong id. One line reproduces a
failure: the workload, the world's settings and the faults.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from publisher.content.post import MediaItem, Part, Post, Reference
from publisher.errors import PublisherError
from publisher.planning.actions import UploadMedia
from publisher.planning.state import State
from publisher.publishing.match import canonical
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.sandbox.faults import FaultyWorld
from publisher.sandbox.fetching import Fetched
from publisher.sandbox.routes import published_json
from publisher.sandbox.transport import WorldTransport
from publisher.sandbox.world import World
from publisher.settings import AccountSettings, PublishingSettings, Rules
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.messages import Request, Response, Transport
from tests.state_backends.fakes import Killed as StoreKilled
from tests.state_backends.fakes import Memory, MemoryState

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ENDPOINT = "https://graph.threads.net"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
VIDEO = b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"


class Killed(BaseException):
    """The process died here: nothing after it runs, and nothing catches it."""


class VirtualClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, start: datetime = START) -> None:
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=max(seconds, 0.001))


class PlainShelf:
    """Media that are public already: what is uploaded is not what these tests are about."""

    def url_for(self, action: UploadMedia) -> str:
        return f"https://media.test/{action.file}"


@dataclass
class Deaths:
    """Kills the run at the n-th call that changes something, before or after its effect."""

    inner: Transport
    at: int
    after: bool
    calls: int = 0

    def send(self, request: Request) -> Response:
        if request.method == "GET":
            return self.inner.send(request)
        self.calls += 1
        mine = self.calls == self.at
        if mine and not self.after:
            raise Killed
        response = self.inner.send(request)
        if mine:
            raise Killed
        return response


class Scene:
    """One account, one set of posts, one world; settings of the world by keyword (`second_publish="same"`)."""

    group = 1  # posts whose intents, and then receipts, go into one write

    def __init__(self, posts: Sequence[Post], *, publishing: PublishingSettings | None = None, **world: Any) -> None:
        self.posts = tuple(posts)
        self.endpoint = ENDPOINT
        self.clock = VirtualClock()
        self.world = World(self.clock.now, a_picture)
        self.token = self.world.add_account("acme", "THSCENE0123456789").token
        for key, value in world.items():
            setattr(self.world.settings, key, value)
        self.faulty = FaultyWorld(self.world)
        self.publishing = publishing or PublishingSettings()
        self.memory = Memory()
        self.reports: list[RunReport] = []
        self.refused: list[PublisherError] = []
        self.deaths = 0
        self.backend().create(State(lineage="scene", account="acme", endpoint=ENDPOINT))

    def backend(self) -> MemoryState:
        return MemoryState(self.memory, account="acme", endpoint=ENDPOINT, run="1/1")

    def transport(self) -> Transport:
        return WorldTransport(self.faulty, self.token, wait=self.clock.sleep)

    def session(self, transport: Transport | None = None) -> Session:
        return Session(
            account=AccountSettings("acme"),
            rules=Rules(max_new_per_run=1000),
            publishing=self.publishing,
            client=ThreadsClient(transport or self.transport()),
            backend=self.backend(),
            shelf=PlainShelf(),
            clock=self.clock,
            run="1/1",
            group=self.group,
        )

    def publish(self, transport: Transport | None = None, *, only: frozenset[str] | None = None) -> RunReport | None:
        """One run; None when it was killed, or refused before anything was sent."""
        session = self.session(transport)
        try:
            with session.backend.lock(session.run):
                report = carry_out(session, look(session, Desired(self.posts, only=only)))
        except (Killed, StoreKilled):
            self.deaths += 1
            self.memory.holder = None  # the lock of a dead process goes with it
            return None
        except PublisherError as error:
            self.refused.append(error)
            return None
        self.reports.append(report)
        return report

    def until_done(self, *, gap: timedelta = timedelta(hours=1), runs: int = 3) -> RunReport | None:
        """Run again, an hour later each time, until nothing is left; None when that never came."""
        for _ in range(runs):
            self.clock.sleep(gap.total_seconds())
            report = self.publish()
            if report is not None and report.exit_code in (0, 4):
                return report
        return None

    def count(self) -> "Count":
        """What came of it; after that, one more run must neither call nor write (G10)."""
        state = self.memory.state()
        counted = count(self.posts, self.live(), state)
        writes, posted = self.memory.writes, self.posted
        self.publish()
        restless = self.memory.writes != writes or self.posted != posted
        return counted + Count(runs=0, restless=int(restless))

    def live(self) -> list[dict[str, Any]]:
        """What the sandbox has of the account, oldest first."""
        return [item for item in published_json(self.faulty) if item["username"] == "acme"]

    def stranger(self) -> str:
        """The token of somebody else."""
        account = next((one for one in self.world.data.accounts.values() if one.username == "stranger"), None)
        return (account or self.world.add_account("stranger", "THSTRANGER0123456")).token

    def by_hand(self, token: str | None = None, **params: str) -> str:
        """Posted in the app, by the account's owner or by whose token it is; the media id."""
        send = WorldTransport(self.faulty, token or self.token, wait=self.clock.sleep).send
        made = send(Request("POST", "/me/threads", {"media_type": "TEXT", **params})).json()["id"]
        self.clock.sleep(1)
        media_id: str = send(Request("POST", "/me/threads_publish", {"creation_id": made})).json()["id"]
        return media_id

    @property
    def posted(self) -> int:
        """Calls so far that were to change something."""
        return sum(entry["method"] != "GET" for entry in self.faulty.log)


def a_picture(url: str) -> Fetched:
    """Every URL of these tests has a picture, or a video where its name says so."""
    return Fetched(200, "video/mp4", VIDEO) if url.endswith(".mp4") else Fetched(200, "image/png", PICTURE)


@dataclass(frozen=True)
class Count:
    """What a sweep adds up. Everything but `runs` must be zero."""

    runs: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong: int = 0
    disorder: int = 0
    unfinished: int = 0
    restless: int = 0  # a further run called or wrote something
    unrecorded: int = 0  # live, and no id on record: right only where a person is asked
    asked: int = 0  # ended with a question to a person

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, name) + getattr(other, name) for name in Count.__dataclass_fields__))

    @property
    def clean(self) -> bool:
        return not any(getattr(self, name) for name in Count.__dataclass_fields__ if name not in ("runs", "asked"))


def finished(scene: Scene, gap: timedelta = timedelta(hours=1)) -> Count:
    """Run on until done, then count."""
    done = scene.until_done(gap=gap)
    return scene.count() + Count(runs=0, unfinished=int(done is None))


def count(posts: Sequence[Post], live: Sequence[dict[str, Any]], state: State) -> Count:
    """Compare what is live (the sandbox's feed, oldest first) and what is recorded with what was wanted."""
    wanted = [(post.id, part) for post in posts for part in post.parts]
    duplicates = lost = wrong = unrecorded = 0
    for post_id, part in wanted:
        twins = [item for item in live if _is(item, part)]
        duplicates += max(0, len(twins) - 1)
        lost += not twins
        recorded = state.posts[post_id].parts[part.index - 1].media_id if post_id in state.posts else None
        wrong += recorded is not None and recorded not in {item["id"] for item in twins}
        unrecorded += bool(twins) and recorded is None
    return Count(1, duplicates, lost, wrong, _disorder(posts, live, state), unrecorded=unrecorded)


def _is(item: dict[str, Any], part: Part) -> bool:
    if part.repost is not None or item["media_type"] == "REPOST_FACADE":
        return part.repost is not None and item["media_type"] == "REPOST_FACADE"
    return canonical(item.get("text")) == canonical(part.text)


def _disorder(posts: Sequence[Post], live: Sequence[dict[str, Any]], state: State) -> int:
    """First parts not in the order of the posts, and parts that do not answer the part before them."""
    place = {item["id"]: number for number, item in enumerate(live)}
    parents = {item["id"]: item.get("reply_to_id") for item in live}
    roots = [state.posts[post.id].parts[0].media_id for post in posts if post.id in state.posts]
    places = [place[root] for root in roots if root in place]
    wrong = int(places != sorted(places))
    for post in posts:
        ids = [part.media_id for part in state.posts[post.id].parts] if post.id in state.posts else []
        wrong += sum(parents.get(child) != parent for parent, child in pairwise(ids) if child)
    return wrong


# --- workloads --------------------------------------------------------------------------------------------------


def picture(name: str, kind: str = "image") -> MediaItem:
    end = "jpg" if kind == "image" else "mp4"
    return MediaItem(kind, f"posts/{name}.{end}", None, f"Alt of {name}", sha256=f"{len(name):064x}")  # type: ignore[arg-type]


def text(post_id: str, words: str | None = None, **changes: Any) -> Post:
    part = Part(index=1, text=words or f"{post_id}: some words", **changes)
    return Post(id=post_id, path=f"posts/{post_id}.yaml", account="acme", parts=(part,))


def wordless(post_id: str, *media: MediaItem) -> Post:
    return Post(post_id, f"posts/{post_id}.yaml", "acme", (Part(index=1, media=media),))


def repost(post_id: str, of: str) -> Post:
    """Of another post of the same repository, or of a media id."""
    target = Reference("media_id" if of.isdigit() else "post", of)
    part = Part(index=1, repost=target)
    return Post(id=post_id, path=f"posts/{post_id}.yaml", account="acme", parts=(part,))


def carousel(post_id: str, children: int) -> Post:
    return text(post_id, media=tuple(picture(f"{post_id}-{number}") for number in range(children)))


def chain(post_id: str, parts: int, *, picture_in: int | None = None) -> Post:
    made = tuple(
        Part(
            index=number,
            text=f"{post_id}: part {number}",
            media=(picture(f"{post_id}-{number}"),) if number == picture_in else (),
        )
        for number in range(1, parts + 1)
    )
    return Post(id=post_id, path=f"posts/{post_id}.yaml", account="acme", parts=made)


WORKLOADS: dict[str, tuple[Post, ...]] = {
    "text": (text("a"),),
    "image": (text("a", media=(picture("a"),)),),
    "video": (text("a", media=(picture("a", "video"),)),),
    "carousel-2": (carousel("a", 2),),
    "carousel-20": (carousel("a", 20),),
    "wordless": (wordless("a", picture("a"), picture("b")),),
    "bare": (wordless("a", replace(picture("a"), alt=None)),),
    "chain-2": (chain("a", 2),),
    "chain-5": (chain("a", 5),),
    "chain-10": (chain("a", 10),),
    "ghost": (text("a", ghost=True), text("b")),
    "mix": (text("a"), chain("b", 3, picture_in=2), carousel("c", 3), text("d")),
    "points": (text("a"), text("b", quote=Reference("post", "a")), text("c", reply_to=Reference("post", "b"))),
    "batch-6": tuple(text(f"p{number}") for number in range(6)),
    "batch-25": tuple(text(f"p{number:02}") for number in range(25)),
}
