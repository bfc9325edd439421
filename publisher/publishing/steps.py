"""What a post needs next: the protocol as one pure function from what is recorded and seen to one step.

A normal run and the recovery of a crashed one are the same function: it starts from the record, whatever wrote it.
`apply` carries the steps out. Read together with protocol.md 4.2-4.6; the invariants are named where they are kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from publisher.content.post import Post
from publisher.planning.actions import CreateContainer, Ref, UploadMedia
from publisher.planning.containers import container_key, offer
from publisher.planning.records import Phase
from publisher.planning.verdicts import stale_chain
from publisher.publishing import resolve
from publisher.publishing.journey import Journey, Look, Sight
from publisher.publishing.problem import Problem
from publisher.publishing.resolve import Seen, Status
from publisher.publishing.waiting import ATTEMPTS, Pace
from publisher.publishing.wording import already_live, come_back, could_be, disputed, parked, target_name, unbound

# Errors of a container that were seen to pass when the same media were offered again (docs/threads.md, Errors).
_MAY_PASS = ("UNKNOWN", "FAILED_DOWNLOADING_VIDEO", None)
STALE = timedelta(minutes=5)  # what was seen of a container that then had to wait for others is asked again
_REBUILDS = 1
_VANISHED = 2


class Others(Protocol):
    """What a journey may know of the rest of the run."""

    def turn(self, journey: Journey) -> bool:
        """Nothing that goes before it still has to be published, and no intent of the account is open (I5)."""
        ...

    def foremost(self, journey: Journey) -> bool:
        """Nothing before it in the plan has still to be published, or is in doubt."""
        ...

    def live_id(self, post_id: str) -> str | None:
        """The media id of another post's first part."""
        ...

    def under_way(self, post_id: str) -> bool:
        """Another post of this run that may still become live."""
        ...


@dataclass(frozen=True, slots=True)
class Upload:
    action: UploadMedia


@dataclass(frozen=True, slots=True)
class Create:
    """Make a container whose every reference is known."""

    action: CreateContainer


@dataclass(frozen=True, slots=True)
class LookAt:
    """Ask for a container's status; `child` is its number in the carousel, from 0, or None for the part's own."""

    container: str
    child: int | None = None


@dataclass(frozen=True, slots=True)
class ReadLists:
    """Read the account's lists: the head before a first attempt, else back to the attempt."""

    back_to: datetime | None


@dataclass(frozen=True, slots=True)
class Intend:
    """Write the intent (W1): container and attempt, durable before the call."""


@dataclass(frozen=True, slots=True)
class Publish:
    """The one irreversible call."""

    container: str


@dataclass(frozen=True, slots=True)
class SendRepost:
    """As irreversible; `reposting` decides when."""

    target: str  # media id


@dataclass(frozen=True, slots=True)
class Settle:
    """Record what the evidence says."""

    decision: resolve.Bind | resolve.StartAnew | resolve.LeaveUnbound | resolve.Park


@dataclass(frozen=True, slots=True)
class Question:
    """Nothing recorded says that we tried, and somebody with this container did: record it as attempted, at once, since
    the next answer may be another one. Then its outcome is asked for.
    """


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Make container (and children) again: the old ones were never attempted, and never will be.

    `vanished`: Threads does not know them any more, which is no verdict on the media.
    """

    children_only: bool = False
    vanished: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Failed for good, recorded until the file changes."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Leave:
    """Goes no further in this run; what is recorded stays."""

    outcome: str
    problem: Problem | None = None
    keep_container: bool = False  # record a container that no attempt was made on (PREPARED)


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """What was seen is stale by then: look again."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Blocked:
    """Another post comes first."""


Act = ReadLists | Intend | Publish | SendRepost | Settle | Question | Rebuild | Refuse | Leave | Pause
Step = Upload | Create | LookAt | Act | Wait | Blocked


def next_step(journey: Journey, now: datetime, pace: Pace, others: Others) -> Step:
    """What this post, which has not ended in this run, needs next."""
    if journey.work.not_before is not None and now < journey.work.not_before:
        return Wait(journey.work.not_before)
    match journey.part.phase:
        case Phase.INTENT:
            if journey.work.armed and journey.part.container is not None:
                return Publish(journey.part.container)
            return _resolve(journey, now, pace, others)
        case Phase.UNBOUND:
            return _bind_later(journey)
        case Phase.PARKED:
            return _bind_parked(journey)
        case _:
            return _towards_publishing(journey, now, pace, others)


# --- before the first attempt -----------------------------------------------------------------------------------


def _towards_publishing(journey: Journey, now: datetime, pace: Pace, others: Others) -> Step:
    if journey.post is None or expired(journey.post, journey.index, now):
        return Leave("skipped")
    if journey.part.container is None:
        return _make_container(journey, now, pace, others)
    return _until_ready(journey, journey.part.container, now, pace, others)


def expired(post: Post, index: int, now: datetime) -> bool:
    """Nothing of it is live, and its time is over, which may have come since it was planned, or begun in vain."""
    return index == 1 and post.publish_by is not None and post.publish_by < now


def _make_container(journey: Journey, now: datetime, pace: Pace, others: Others) -> Step:
    """I1: only reached while the part has no container that could still go live."""
    if journey.index > 1 and stale_chain(journey.record, now, pace.chain_gap):
        # It was begun in vain, and is a stale tail by now: recorded at once as the next run would record it.
        return Settle(resolve.Park("the part before it went out too long ago to go on unasked", resumable=True))
    if missing := journey.uploads_missing():
        return Upload(missing[0])
    if (doubt := _next_offer(journey)) is not None:
        return Create(doubt)
    create = journey.create(container_key(journey.index))
    if create is None and not journey.actions:  # it was only looked for
        what = f"part {journey.index - 1} of {journey.id} was found live this moment"
        return Leave("held", Problem("W718", what, "run again: it goes on with the next part", exit_code=0))
    if create is None:
        return Leave("held", Problem("E706", "its container can never go live; a new one is needed", "run again", 5))
    for target in (create.reply_to, create.quote):
        if isinstance(target, Ref) and target.post is not None and others.live_id(target.post) is None:
            if others.under_way(target.post):
                return Blocked()
            return Leave("held", Problem("W717", f"waits until {target.post} is live", exit_code=0))
    return _make_children(journey, now, pace) or Create(create)


def _next_offer(journey: Journey) -> CreateContainer | None:
    """Parts of a chain that Threads might refuse are offered before the first one goes live."""
    if journey.index != 1 or journey.post is None or len(journey.post.parts) == 1:
        return None
    doubtful = (offer(part) for part in journey.post.parts if part.doubtful)
    return next((action for action in doubtful if action.key not in journey.results), None)


def _make_children(journey: Journey, now: datetime, pace: Pace) -> Step | None:
    """All children made, then all of them ready, then the parent (docs/threads.md, Carousels)."""
    wanted, made = journey.children_to_make(), journey.work.children
    if len(made) < len(wanted):
        return Create(wanted[len(made)])
    for number, (action, child) in enumerate(zip(wanted, made, strict=True)):
        if child.ready:
            continue
        first_look = pace.first_look(action.media_type, _size(journey, number), child.made_at)
        if now < first_look:
            return Wait(first_look)
        return LookAt(child.container, number)
    return None


def _until_ready(journey: Journey, container: str, now: datetime, pace: Pace, others: Others) -> Step:
    part, work = journey.part, journey.work
    if work.look is None:
        # One whose age is not on record is old enough to be asked about.
        first_look = (
            pace.first_look(part.media_type, _size(journey, 0), part.container_at) if part.container_at else now
        )
        return Wait(first_look) if now < first_look else LookAt(container)
    match work.look.status:
        case Status.FINISHED:
            return attempt(journey, now, others)
        case Status.IN_PROGRESS | Status.OTHER:
            return still_working(journey, now, pace, part.media_type)
        case Status.ERROR:
            return container_failed(journey, work.look.error)
        case Status.EXPIRED | Status.GONE:
            return container_vanished(journey)
        case Status.PUBLISHED:
            return Question()
        case _:
            assert_never(work.look.status)


def attempt(journey: Journey, now: datetime, others: Others) -> Step:
    """The last look at the lists, then the intent. In order, and one at a time."""
    if not others.turn(journey):
        return Blocked()
    if journey.work.sight is None or not fresh(journey.work.sight, now):
        return ReadLists(back_to=None)
    if journey.work.sight.matches:  # I11
        # Its container waits with it: asked again, a run sends nothing.
        return Leave("held", already_live(journey, journey.work.sight.matches), keep_container=True)
    return Intend()


def fresh(sight: Sight, now: datetime) -> bool:
    """Whether the lists were read lately enough to say that nothing of the kind is live (I11)."""
    return sight.at is None or now - sight.at < STALE


def still_working(journey: Journey, now: datetime, pace: Pace, media_type: str) -> Leave | Pause:
    """A container, or a child of one, that Threads has not finished; bounded by the clock (F6)."""
    since = journey.work.asking_since or now
    if now - since >= pace.give_up(media_type):
        problem = Problem(
            "E706",
            f"Threads is still working on it after {int((now - since).total_seconds())} s",
            "run again; the container is kept",
            5,
        )
        return Leave("held", problem, keep_container=True)
    return Pause(now + pace.poll)


def container_vanished(journey: Journey, *, children_only: bool = False) -> Rebuild | Leave:
    """Expired, or not found, and never attempted: another one is made, but not without end."""
    if journey.work.vanished < _VANISHED:
        return Rebuild(children_only, vanished=True)
    return Leave("held", Problem("E706", "Threads does not know the containers it has made", "run again", 5))


def container_failed(journey: Journey, error: str | None) -> Rebuild | Refuse:
    """ERROR is terminal. The same media are offered once more where that was seen to help."""
    if error in _MAY_PASS and journey.work.rebuilds < _REBUILDS:
        return Rebuild()
    return Refuse(
        Problem(
            "E705",
            f"Threads could not use the media: {error or 'no reason given'}",
            "mend or replace the file, then run again",
        )
    )


# --- after an attempt -------------------------------------------------------------------------------------------


def _resolve(journey: Journey, now: datetime, pace: Pace, others: Others) -> Step:
    """Ask the container, then the lists, then decide (protocol.md, 4.5)."""
    part, work = journey.part, journey.work
    if part.container is None:
        raise AssertionError("I2: an intent without a container")
    if work.look is None:
        return LookAt(part.container)
    if work.sight is None:
        return ReadLists(back_to=part.attempt_at or part.container_at or now)
    seen = _seen(journey, work.look, work.sight, now)
    decision = resolve.resolve(seen, pace)
    match decision:
        case resolve.AskAgain(after):
            return Pause(now + after)
        case resolve.AttemptAgain():
            if work.barred is not None:
                return Leave("held", work.barred)
            if not others.foremost(journey):
                return Blocked()  # a crash amid several intents of one write leaves several open; they keep their order
            return Intend() if now - work.look.at < STALE else Pause(now)
        case resolve.ComeBack(why):
            return Leave("held" if seen.certain else "unknown", come_back(journey, why))
        case resolve.AskWhose(candidates):
            return Leave("unknown", disputed(journey, candidates))
        case _:
            return Settle(decision)


def tried_in_vain(anew: Journey) -> Leave | None:
    """Once a container that was attempted has died: how to end it where that happened too often; None to go on."""
    if anew.work.rebuilds < ATTEMPTS:
        return None
    what = f"{target_name(anew)}: Threads took none of {anew.work.rebuilds} containers"
    return Leave("held", Problem("E706", what, "run again", 5))


def _seen(journey: Journey, look: Look, sight: Sight, now: datetime) -> Seen:
    part, work = journey.part, journey.work
    return Seen(
        status=look.status,
        matches=sight.matches,
        since_attempt=now - (part.attempt_at or part.container_at or now),
        since_published=now - work.published_since if work.published_since else timedelta(0),
        since_asking=now - work.asking_since if work.asking_since else timedelta(0),
        attempts=part.attempt,
        attempts_now=work.attempts,
        certain=work.certain and work.attempts == part.attempt and work.attempts > 0,
        media_type=part.media_type,
        dismissed=part.dismissed,
        disputed=bool(sight.matches) and all(map(sight.disputed, sight.matches)),
    )


def _bind_later(journey: Journey) -> Step:
    """Live, and its id was not found: one more look in each run."""
    sight = journey.work.sight
    if sight is None:
        return ReadLists(back_to=journey.part.attempt_at)
    match sight.matches:
        case (media_id,) if not sight.disputed(media_id):
            return Settle(resolve.Bind(media_id))
        case candidates:
            return Leave("unknown", unbound(journey, candidates))


def _bind_parked(journey: Journey) -> Step:
    """It waits for a person; what the lists show by now may save the question. Nothing is ever sent from here."""
    if journey.part.attempt_at is None:
        return Leave("unknown", parked(journey, "it waits for a person"))
    sight = journey.work.sight
    if sight is None:
        return ReadLists(back_to=journey.part.attempt_at)
    match sight.matches:
        case (media_id,) if not sight.disputed(media_id):
            return Settle(resolve.Bind(media_id))
        case ():
            return Leave("unknown", parked(journey, "it waits for a person"))
        case candidates:
            return Leave("unknown", parked(journey, could_be(journey, candidates)))


def _size(journey: Journey, number: int) -> int | None:
    """Bytes of a part's video, where its file is known."""
    source = journey.source
    return source.media[number].size if source is not None and number < len(source.media) else None
