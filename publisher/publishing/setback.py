"""What a failed call means for the post it was made for. Pure. Of the publish call `outcome` says how it is classed."""

from datetime import datetime, timedelta
from typing import assert_never

from publisher.errors import PublisherError
from publisher.publishing import resolve
from publisher.publishing.journey import Journey, Look
from publisher.publishing.outcome import Outcome, classify
from publisher.publishing.problem import Problem, Reaction, read_error
from publisher.publishing.resolve import Status
from publisher.publishing.steps import (
    Act,
    Create,
    Leave,
    LookAt,
    ReadLists,
    Rebuild,
    Refuse,
    Settle,
    Upload,
    container_vanished,
)
from publisher.publishing.waiting import PATIENCE, TRIES, Pace
from publisher.publishing.wording import target_name
from publisher.threads_api.errors import (
    ApiError,
    AuthenticationError,
    NotFound,
    PermissionDenied,
    RateLimited,
    Restricted,
    ThreadsError,
)

_BAD_CHILDREN = 4279004
_MOMENTS = 3  # that children refused are given


def setback(
    journey: Journey,
    step: Upload | Create | LookAt | ReadLists,
    error: ThreadsError | PublisherError,
    now: datetime,
    pace: Pace,
) -> Journey | Act:
    """The journey that tries again later, or the step that follows from the error.

    Raises a `PublisherError` when nothing more may be sent in this run (token, permission, restriction).
    """
    if isinstance(error, PublisherError):
        return _upload_failed(journey, error, now, pace)
    if isinstance(error, NotFound):
        if isinstance(step, LookAt) and step.child is None:
            return journey.with_work(look=Look(Status.GONE, now), tries=0)
        if isinstance(step, LookAt):
            return container_vanished(journey, children_only=True)
        if isinstance(step, Create) and step.action.reply_to is not None:
            return _parent_missing(journey, now, pace)
        # What is quoted may have been published a moment ago as well: only one that stays away is refused.
        if isinstance(step, Create) and step.action.quote is not None and (later := again(journey, now, pace)):
            return later
    if isinstance(error, ApiError) and error.subcode == _BAD_CHILDREN:
        return _children_refused(journey, error, now, pace)
    reaction, problem = read_error(error, _doing(step, journey))
    match reaction:
        case Reaction.STOP:
            raise problem.as_error()
        case Reaction.REFUSED if isinstance(step, Create) and not _may_come(step, error):
            return Refuse(problem)
        case _:
            asked = error.retry_after_s if isinstance(error, RateLimited) else None
            return again(journey, now, pace, at_least_s=asked) or Leave(_open_outcome(journey), problem)


def publish_failed(journey: Journey, error: Exception, now: datetime, pace: Pace) -> tuple[Journey, str]:
    """After a publish call that raised: what this run knows then, and the news of it. What is recorded stays."""
    outcome = classify(error, certain=journey.work.certain and journey.work.attempts == journey.part.attempt)
    fresh = journey.with_work(armed=False, look=None, sight=None, asking_since=None, published_since=None)
    if outcome is not Outcome.AMBIGUOUS:
        return fresh.with_work(not_before=now + pace.ready_wait), outcome.value
    patience = error.retry_after_s if isinstance(error, RateLimited) else None
    if patience:  # only questions come next: where they are throttled as well, their answers say so
        patience = min(patience, PATIENCE.total_seconds())
        fresh = fresh.with_work(not_before=now + timedelta(seconds=patience))
    if isinstance(error, Restricted | PermissionDenied | AuthenticationError):
        # Seen on posts that were live (E1, E2), so evidence decides; but nothing more is attempted, and a token that
        # expired is told as what it is (F25).
        fresh = fresh.with_work(barred=read_error(error, target_name(journey))[1])
    when = f" in {patience:.0f} s, as Threads asks" if patience else ""
    return fresh.with_work(certain=False), f"no clear answer; asking what came of it{when}"


def _may_come(step: Create, error: ThreadsError) -> bool:
    """ "Not found" for a container that refers to nothing is no verdict on the post."""
    return isinstance(error, NotFound) and step.action.quote is None and step.action.reply_to is None


def again(journey: Journey, now: datetime, pace: Pace, *, at_least_s: float | None = None) -> Journey | None:
    """The same call after a growing wait; None when it was tried often enough, or Threads asks for too long a wait."""
    tries, asked = journey.work.tries + 1, timedelta(seconds=at_least_s or 0)
    if tries >= TRIES or asked > PATIENCE:
        return None
    wait = max(pace.backoff(tries), asked)
    return journey.with_work(tries=tries, not_before=now + wait)


def _upload_failed(journey: Journey, error: PublisherError, now: datetime, pace: Pace) -> Journey | Act:
    problem = Problem.of(error)
    if error.exit_code == 5:
        return again(journey, now, pace) or Leave("held", problem)
    if error.exit_code in (6, 8):
        raise error
    return Leave("failed", problem)


def _parent_missing(journey: Journey, now: datetime, pace: Pace) -> Journey | Act:
    """A parent that was published a moment ago may not be readable yet; one that stays away was deleted (F30)."""
    later = again(journey, now, pace)
    if later is not None:
        return later
    if journey.index == 1:
        problem = Problem("E704", f"{target_name(journey)} answers a post that Threads cannot find", "mend reply_to:")
        return Refuse(problem)
    return Settle(resolve.Park("the part before it is not there any more"))


def _children_refused(journey: Journey, error: ApiError, now: datetime, pace: Pace) -> Journey | Act:
    """Children that were ready seconds ago may need a moment, then new ones (docs/threads.md, Carousels)."""
    # New ones before all tries are used up: a lost answer meanwhile must not end the post's turn in this run.
    if journey.work.tries < _MOMENTS and (later := again(journey, now, pace)) is not None:
        return later
    if journey.work.rebuilds == 0:
        return Rebuild(children_only=True)
    return Refuse(read_error(error, "making the carousel")[1])


def _doing(step: Upload | Create | LookAt | ReadLists, journey: Journey) -> str:
    name = target_name(journey)
    match step:
        case Upload():
            return f"{name}: uploading"
        case Create(action):
            return (
                f"{name}: offering it to Threads" if action.key.endswith("/offer") else f"{name}: making the container"
            )
        case LookAt():
            return f"{name}: asking for the container's status"
        case ReadLists():
            return f"{name}: reading the account's posts"
        case _:
            assert_never(step)


def _open_outcome(journey: Journey) -> str:
    return "unknown" if journey.in_doubt else "held"
