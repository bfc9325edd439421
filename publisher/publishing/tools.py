"""All that the loop may touch, as one value; and how several calls are made at a time."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, assert_never

from publisher.errors import PublisherError
from publisher.planning.actions import UploadMedia
from publisher.publishing.clock import Clock
from publisher.publishing.ledger import Ledger
from publisher.publishing.steps import Create, LookAt, Upload
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.errors import ThreadsError
from publisher.threads_api.publishing import ContainerStatus

Answer = str | ContainerStatus | ThreadsError | PublisherError  # a URL, a creation_id, a status, or what was raised
Call = Callable[[], Answer]  # raises nothing that is in `Answer`
Preparing = Upload | Create | LookAt  # shows nothing to anyone, and may be made again at will


class Shelf(Protocol):
    """Where pictures and videos become URLs."""

    def url_for(self, action: UploadMedia) -> str:
        """A URL that Threads can fetch. Raises `PublisherError`; never puts the URL into a message.

        May be called from several threads, never for the same bytes at the same time.
        """
        ...


def in_turn(calls: Sequence[Call]) -> list[Answer]:
    """One after the other: the same order, and so the same faults, in every run of a test."""
    return [call() for call in calls]


def at_once(calls: Sequence[Call]) -> list[Answer]:
    """Each in a thread of its own; back when the last has answered, in the order of `calls`."""
    if len(calls) == 1:
        return in_turn(calls)
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


@dataclass(frozen=True, slots=True)
class Progress:
    """One change of state, for people."""

    post: str
    part: int
    parts: int
    what: str  # "uploaded", "container made", "published", …


@dataclass(frozen=True, slots=True)
class Tools:
    """All that the loop may touch."""

    client: ThreadsClient
    shelf: Shelf
    ledger: Ledger
    clock: Clock
    stop: Callable[[], bool] = lambda: False  # an interrupt: finish the write in hand, start nothing new
    tell: Callable[[Progress], None] = lambda _: None
    run: str | None = None
    only_look: bool = False  # settle what evidence settles, and publish nothing
    together: Callable[[Sequence[Call]], Sequence[Answer]] = in_turn
    concurrency: int = 8  # calls in `together` at a time
    group: int = 1  # posts whose intents, and then receipts, go into one write; 1 where a write is cheap

    def call(self, step: Preparing, params: Mapping[str, str]) -> Call:
        """The call of a step; `params` are those of the container to make."""

        def answer() -> Answer:
            try:
                match step:
                    case Upload(upload):
                        return self.shelf.url_for(upload)
                    case Create():
                        return self.client.publishing.create(params)
                    case LookAt(container):
                        return self.client.publishing.status(container)
                    case _:
                        assert_never(step)
            except (ThreadsError, PublisherError) as error:
                return error

        return answer
