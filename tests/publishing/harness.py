"""A whole account in memory: real client, real engine, the sandbox's world, a state that can be lost, virtual time.

A `Scene` publishes posts again and again until nothing is left to do, while something goes wrong on purpose, and then
counts: what is live twice, what is missing, what is out of order, what is bound to a wrong id. One line reproduces a
failure: the workload, the world's settings and the faults.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.content.post import MediaItem, Part, Post
from publisher.errors import PublisherError
from publisher.planning.actions import UploadMedia
from publisher.planning.state import State
from publisher.publishing.match import canonical
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.settings import AccountSettings, PublishingSettings, Rules
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.messages import Request, Response, Transport

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ENDPOINT = "https://graph.threads.net"


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
    at: int | None = None
    after: bool = False
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


@dataclass
class Scene:
    """One account, one set of posts."""

    posts: Sequence[Post]
    world: Any  # sandbox world, with faults
    clock: VirtualClock
    transport: Callable[[], Transport]
    backend: Any
    publishing: PublishingSettings = field(default_factory=PublishingSettings)
    rules: Rules = field(default_factory=lambda: Rules(max_new_per_run=1000))
    reports: list[RunReport] = field(default_factory=list)
    deaths: int = 0
    refused: list[PublisherError] = field(default_factory=list)

    def session(self, transport: Transport | None = None) -> Session:
        return Session(
            account=AccountSettings("acme"),
            rules=self.rules,
            publishing=self.publishing,
            client=ThreadsClient(transport or self.transport()),
            backend=self.backend(),
            shelf=PlainShelf(),
            clock=self.clock,
            run="1/1",
        )

    def publish(self, transport: Transport | None = None) -> RunReport | None:
        """One run; None when it was killed, or refused before anything was sent."""
        session = self.session(transport)
        try:
            with session.backend.lock(session.run):
                report = carry_out(session, look(session, Desired(tuple(self.posts))))
        except Killed:
            self.deaths += 1
            return None
        except PublisherError as error:
            self.refused.append(error)
            return None
        self.reports.append(report)
        return report

    def until_done(self, *, gap: timedelta = timedelta(hours=1), runs: int = 4) -> RunReport:
        """Run again, an hour later each time, until nothing is left."""
        for _ in range(runs):
            self.clock.sleep(gap.total_seconds())
            report = self.publish()
            if report is not None and report.exit_code in (0, 4):
                return report
        raise AssertionError(f"not finished after {runs} runs: {self.reports[-1:]}")


@dataclass(frozen=True)
class Count:
    """What a sweep adds up. Everything but `runs` must be zero."""

    runs: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong: int = 0
    disorder: int = 0
    unfinished: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, name) + getattr(other, name) for name in Count.__dataclass_fields__))

    @property
    def clean(self) -> bool:
        return not any(getattr(self, name) for name in Count.__dataclass_fields__ if name != "runs")


def count(posts: Sequence[Post], live: Sequence[dict[str, Any]], state: State) -> Count:
    """Compare what is live (the sandbox's feed, oldest first) and what is recorded with what was wanted."""
    wanted = [(post.id, part) for post in posts for part in post.parts]
    duplicates = lost = wrong = 0
    for post_id, part in wanted:
        twins = [item for item in live if _is(item, part)]
        duplicates += max(0, len(twins) - 1)
        lost += not twins
        recorded = state.posts[post_id].parts[part.index - 1].media_id if post_id in state.posts else None
        wrong += bool(twins) and recorded not in {item["id"] for item in twins}
    return Count(1, duplicates, lost, wrong, _disorder(posts, live, state))


def _is(item: dict[str, Any], part: Part) -> bool:
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
        wrong += sum(parents.get(child) != parent for parent, child in zip(ids, ids[1:], strict=False) if child)
    return wrong


# --- workloads --------------------------------------------------------------------------------------------------


def picture(name: str, kind: str = "image") -> MediaItem:
    end = "jpg" if kind == "image" else "mp4"
    return MediaItem(kind, f"posts/{name}.{end}", None, f"Alt of {name}", sha256=f"{len(name):064x}")  # type: ignore[arg-type]


def text(post_id: str, words: str | None = None, **changes: Any) -> Post:
    part = Part(index=1, text=words or f"{post_id}: some words", **changes)
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
    "chain-2": (chain("a", 2),),
    "chain-5": (chain("a", 5),),
    "chain-10": (chain("a", 10),),
    "mix": (text("a"), chain("b", 3, picture_in=2), carousel("c", 3), text("d")),
    "batch-25": tuple(text(f"p{number:02}") for number in range(25)),
}
