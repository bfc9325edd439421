"""What an attempt came to, decided from what was observed. Pure; the table of protocol.md 4.5, row by row.

Observed: the container's status, and which unbound posts of the account match. Decided: bind, ask again, attempt
again with the same container, start anew, or leave it to a person. Never a guess, and never a second container while
the first could still go live.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from publisher.publishing.waiting import ATTEMPTS, Pace


class Status(StrEnum):
    """A container's status as Threads reports it, and `GONE` when it says there is no such container."""

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"
    GONE = "GONE"
    OTHER = "OTHER"  # a word we do not know yet

    @classmethod
    def read(cls, word: str) -> "Status":
        return cls(word) if word in cls.__members__ else cls.OTHER


@dataclass(frozen=True, slots=True)
class Seen:
    """What was observed, the status first and the lists after it."""

    status: Status
    matches: tuple[str, ...]
    since_attempt: timedelta
    since_published: timedelta  # since the status was first seen PUBLISHED in this run; zero before
    since_asking: timedelta  # since this run began to ask
    attempts: int  # ever made on this container
    attempts_now: int  # made in this run
    certain: bool  # every attempt was answered "not found (yet)": nothing can have gone live
    media_type: str = "TEXT"
    dismissed: bool = False  # a person said that nothing came of the last attempt
    disputed: bool = False  # each of the matches could be what another open part has become


@dataclass(frozen=True, slots=True)
class Bind:
    """It is live, and this is it."""

    media_id: str


@dataclass(frozen=True, slots=True)
class AskAgain:
    after: timedelta


@dataclass(frozen=True, slots=True)
class AttemptAgain:
    """With the same container."""


@dataclass(frozen=True, slots=True)
class StartAnew:
    """The container can never go live: a new one is allowed."""


@dataclass(frozen=True, slots=True)
class LeaveUnbound:
    """It is live, but which one it is cannot be told (yet)."""

    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskWhose:
    """What is listed may be another part's. Nothing is known of this one while that is open, and nothing is written."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Park:
    """Nothing that can be observed decides it."""

    why: str
    resumable: bool = False  # nothing is in doubt; a person may say that it goes on


@dataclass(frozen=True, slots=True)
class ComeBack:
    """Not decided within this run; the next one asks again."""

    why: str


Decision = Bind | AskAgain | AttemptAgain | StartAnew | LeaveUnbound | AskWhose | Park | ComeBack


def resolve(seen: Seen, pace: Pace) -> Decision:
    """The decision on one attempt."""
    if len(seen.matches) == 1 and not seen.disputed:
        return Bind(seen.matches[0])
    if seen.disputed and seen.status is not Status.PUBLISHED:
        return AskWhose(seen.matches)
    if seen.matches:
        return LeaveUnbound(seen.matches)
    match seen.status:
        case Status.PUBLISHED:
            return LeaveUnbound() if seen.since_published >= pace.look_for else AskAgain(pace.look_every)
        case Status.FINISHED:
            return _finished(seen, pace)
        case Status.IN_PROGRESS | Status.OTHER:
            if seen.since_asking >= pace.give_up(seen.media_type):
                return ComeBack("Threads is still working on the container")
            return AskAgain(pace.poll)
        case Status.ERROR | Status.EXPIRED:
            return _unsettled(seen, pace) or StartAnew()
        case Status.GONE:
            if not seen.attempts:
                return StartAnew()
            return _unsettled(seen, pace) or Park("Threads no longer knows the container, and no post matches")
        case _:
            assert_never(seen.status)


def forgotten(seen: Seen, pace: Pace) -> Decision:
    """The decision where a person says that it is not live.

    The word decides what is left to a person, and nothing else: no time is shortened by it, and no evidence outweighed.
    """
    decision = resolve(replace(seen, dismissed=True), pace)
    return StartAnew() if isinstance(decision, Park) else decision


def _finished(seen: Seen, pace: Pace) -> Decision:
    """Ready, and nothing is live: the same container may be published once the last attempt cannot act any more."""
    quiet = pace.ready_wait if seen.certain else pace.settle
    if seen.since_attempt < quiet:
        return AskAgain(min(pace.poll, quiet - seen.since_attempt))
    if pace.park and not seen.certain and not seen.dismissed:
        return Park("the outcome of the publish call is unknown, and on_ambiguous is park")
    if seen.attempts_now >= ATTEMPTS:
        return ComeBack(f"Threads took none of {seen.attempts_now} attempts")
    return AttemptAgain()


def _unsettled(seen: Seen, pace: Pace) -> AskAgain | None:
    """Lists lag: a dead container is believed only once the attempt is `settle` old."""
    if seen.certain or seen.since_attempt >= pace.settle:
        return None
    return AskAgain(min(pace.poll, pace.settle - seen.since_attempt))
