"""Which other attempt could have become the same live post? Pure.

An attempt is known by what it says, and two attempts may say the same. While both are open, a live post that fits both
tells of neither: the one that takes it leaves the other without its post for good, and later parts would answer a
stranger.
"""

from collections.abc import Iterable, Iterator

from publisher.planning.records import PartRecord, Phase
from publisher.planning.state import State
from publisher.publishing.match import Wanted, matches
from publisher.threads_api.media import Media

OPEN = (Phase.INTENT, Phase.UNBOUND, Phase.PARKED)


def rivals(state: State, mine: tuple[str, int], found: Iterable[Media]) -> dict[str, str]:
    """Media id -> another open part that it could be as well, as a person types it: "launch" or "launch#2".

    `mine`: post id and number of the part that asks, from 1. Media that no other part could be are left out.
    """
    others = (
        {name: Wanted.of_attempt(part) for name, part in _attempted(state, mine)} if (found := tuple(found)) else {}
    )
    return {media.id: name for name, wanted in others.items() for media in found if matches(wanted, [media], ())}


def _attempted(state: State, mine: tuple[str, int]) -> Iterator[tuple[str, PartRecord]]:
    for post_id in state.posts:
        if state.at_rest(post_id):  # asked first: of a long history no records are made
            continue
        record = state.posts[post_id]
        for index, part in enumerate(record.parts, start=1):
            if part.attempt and part.phase in OPEN and (post_id, index) != mine:
                yield (post_id if len(record.parts) == 1 else f"{post_id}#{index}"), part
