"""Which posts may share one write of intents, where a write takes seconds (a git branch). Pure.

Only single posts that stand right behind each other, each with a container that is ready and words of its own: after a
crash several intents are open at once, and each must find its post in the lists by itself. Chains are not grouped.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from publisher.planning.records import Phase
from publisher.publishing.journey import Journey
from publisher.publishing.resolve import Status

LATE = timedelta(seconds=60)  # an intent older than this is dated anew before its call
YOUNG = timedelta(seconds=10)  # a call is made this soon after its intent: `settle` and the lease count from that


def behind(journeys: Sequence[Journey], first: int, most: int) -> list[int]:
    """The numbers of those that may go with `first`, at most `most` with it; none where it must go alone."""
    if not _fit(journeys[first]):
        return []
    found: list[int] = []
    words = {journeys[first].part.text_sha256}
    for number in range(first + 1, len(journeys)):
        journey = journeys[number]
        if journey.root_settled and not journey.in_doubt:
            continue  # nothing of it has to go out before the next one
        if len(found) + 1 == most or not _fit(journey) or journey.part.text_sha256 in words:
            break
        words.add(journey.part.text_sha256)
        found.append(number)
    return found


def taken_back(journey: Journey) -> Journey:
    """Its intent was written, and its call never made: back to a container that nobody has tried to publish."""
    part = journey.with_part(phase=Phase.PREPARED, attempt=0, attempt_at=None, watermark=())
    return part.with_work(armed=False, attempts=journey.work.attempts - 1, sight=None)


def still_young(journey: Journey, now: datetime) -> bool:
    """Whether its call may follow its intent still: made much later, it would look settled before it is (I3)."""
    return _begun_within(YOUNG, journey, now)


def in_time(journey: Journey, now: datetime) -> bool:
    """As `still_young`, for a call that need not share its write: its intent can be dated anew."""
    return _begun_within(LATE, journey, now)


def _begun_within(span: timedelta, journey: Journey, now: datetime) -> bool:
    begun = journey.part.attempt_at
    return begun is not None and now - begun < span


def _fit(journey: Journey) -> bool:
    if journey.ended is not None or journey.post is None or len(journey.record.parts) > 1:
        return False
    part, look = journey.part, journey.work.look
    ready = part.container is not None and look is not None and look.status is Status.FINISHED
    unlike = part.text_sha256 is not None and part.reply_to is None and not part.ghost
    return ready and unlike and part.attempt == 0 and part.phase in (Phase.PLANNED, Phase.PREPARED)
