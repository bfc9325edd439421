"""Which other attempt could have become the same live post? Pure.

An attempt is known by what it says, and two attempts may say the same. A live post is of one that was made before it:
while a later attempt is open that it fits as well, it tells nothing of the earlier one. Whoever took it would leave the
other without its post for good, and later parts would answer a stranger.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.verdicts import in_doubt
from publisher.publishing.match import Wanted, matches
from publisher.threads_api.media import Media

OPEN = (Phase.INTENT, Phase.UNBOUND, Phase.PARKED)
_NEVER = datetime.min.replace(tzinfo=UTC)


def rivals(state: State, mine: tuple[str, int], found: Iterable[Media]) -> dict[str, str]:
    """Media id -> another open part, attempted later, that it could be as well, as a person types it: "launch#2".

    `mine`: post id and number of the part that asks, from 1; one without an attempt asks of all. Media that no other
    part could be are left out.
    """
    found = tuple(found)
    if not found:
        return {}
    others = {name: Wanted.of_attempt(part) for name, part in _attempted(state, mine)}
    return {media.id: name for name, wanted in others.items() for media in found if matches(wanted, [media], ())}


def _attempted(state: State, mine: tuple[str, int]) -> Iterator[tuple[str, PartRecord]]:
    since = _attempt_at(state, mine)
    for post_id in state.posts:
        if state.at_rest(post_id):  # asked first: of a long history no records are made
            continue
        record = state.posts[post_id]
        for index, part in enumerate(record.parts, start=1):
            later = since is None or part.attempt_at is None or part.attempt_at > since
            if later and part.attempt and part.phase in OPEN and (post_id, index) != mine:
                yield record.target(post_id, index), part


def _attempt_at(state: State, mine: tuple[str, int]) -> datetime | None:
    post_id, index = mine
    parts = state.posts[post_id].parts if post_id in state.posts else ()
    return parts[index - 1].attempt_at if index <= len(parts) else None


def settling_order(records: Iterable[PostRecord | None]) -> Callable[[PostRecord | None], tuple[int, float]]:
    """Where each of these comes: what is in doubt before the rest, for an older attempt could be taken for its post.

    Before it comes what was attempted later than anything in doubt, for the same reason: a person may have said that an
    old attempt is to be sent after all. Of what is only looked for the newest attempt comes first.
    """
    doubts = [_newest(record) for record in records if record is not None and in_doubt(record)]
    oldest = min(doubts, default=_NEVER)

    def place(record: PostRecord | None) -> tuple[int, float]:
        if record is None:
            return 3, 0.0
        if in_doubt(record):
            return 1, 0.0
        if (newest := _newest(record)) is _NEVER:
            return 3, 0.0
        return 0 if doubts and newest > oldest else 2, -newest.timestamp()

    return place


def _newest(record: PostRecord) -> datetime:
    return max((part.attempt_at for part in record.parts if part.attempt_at and part.phase in OPEN), default=_NEVER)
