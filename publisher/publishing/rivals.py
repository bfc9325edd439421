"""Which other attempt could have become the same live post? Pure.

An attempt is known by what it says, and two attempts may say the same. A live post is of one that was made before it:
while a later attempt is open that it fits as well, it tells nothing of the earlier one; and nothing of the later one
where it seems to be older than that. Whoever took it would leave the other without its post for good, and later parts
would answer a stranger.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.verdicts import in_doubt
from publisher.publishing.match import Wanted, matches
from publisher.threads_api.media import Media

OPEN = (Phase.INTENT, Phase.UNBOUND, Phase.PARKED)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another open part that a live post could be."""

    name: str  # as a person types it: "launch#2"
    earlier: bool  # attempted before the one that asks
    disputes: bool  # while it is open, the live post tells nothing of the one that asks
    in_doubt: bool  # its outcome is asked for by every run


def rivals(state: State, mine: tuple[str, int], found: Iterable[Media]) -> dict[str, Rival]:
    """Media id -> another open part that it could be as well; of several one that disputes it, and of these the first.

    A part that was attempted later disputes it, and any where it went live before `mine` was attempted: clocks differ.
    Media that no other part could be are left out. `mine`: post id and number of the part that asks, from 1; one
    without an attempt asks of all.
    """
    found = tuple(found)
    if not found:
        return {}
    asking = _part(state, mine)
    since = asking.attempt_at if asking is not None else None
    result: dict[str, Rival] = {}
    for part, name in sorted(_attempted(state, mine), key=lambda other: other[0].attempt_at or _NEVER):
        if asking is not None and (asking.reply_to is None) != (part.reply_to is None):
            continue  # an answer is looked for in other lists
        earlier = since is not None and part.attempt_at is not None and (part.attempt_at, name) < (since, mine[0])
        wanted = Wanted.of_attempt(part)
        for media in found:
            disputes = not earlier or _is_before(media, since)
            if matches(wanted, [media], ()) and (media.id not in result or disputes > result[media.id].disputes):
                result[media.id] = Rival(name, earlier, disputes, part.phase is Phase.INTENT)
    return result


def _is_before(media: Media, moment: datetime | None) -> bool:
    """Lists give whole seconds."""
    return media.timestamp is not None and moment is not None and media.timestamp < moment.replace(microsecond=0)


def _attempted(state: State, mine: tuple[str, int]) -> Iterator[tuple[PartRecord, str]]:
    for post_id in state.posts:
        if state.at_rest(post_id):  # asked first: of a long history no records are made
            continue
        record = state.posts[post_id]
        for index, part in enumerate(record.parts, start=1):
            if part.attempt and part.phase in OPEN and (post_id, index) != mine:
                yield part, record.target(post_id, index)


def _part(state: State, target: tuple[str, int]) -> PartRecord | None:
    post_id, index = target
    parts = state.posts[post_id].parts if post_id in state.posts else ()
    return parts[index - 1] if index <= len(parts) else None


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
