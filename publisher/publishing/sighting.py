"""What the account's lists tell of one part: is it live already, or what became of the attempt at it? Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from publisher.planning.state import State
from publisher.planning.tombstones import REPLACED
from publisher.publishing import lists
from publisher.publishing.journey import Journey, Sight
from publisher.publishing.match import Wanted, candidates, live_twins
from publisher.publishing.rivals import rivals
from publisher.publishing.waiting import IN_SIGHT
from publisher.threads_api.media import Media


def before_attempt(
    journey: Journey, listed: Sequence[Media], state: State, now: datetime, *, repost: str | None
) -> Sight:
    """Whether the same is live already (I11), and the watermark. `repost`: media id of what is to be reposted."""
    return _sight(journey, live_twins(_wanted(journey, state, repost), listed, state.bound_ids()), listed, state, now)


def of_attempt(journey: Journey, listed: Sequence[Media], state: State, now: datetime) -> Sight:
    """What the attempt that is on record may have become."""
    found = candidates(Wanted.of_attempt(journey.part), listed, state.bound_ids())
    return _sight(journey, found, listed, state, now)


def _sight(journey: Journey, found: Sequence[Media], listed: Sequence[Media], state: State, now: datetime) -> Sight:
    matched = {media.id: media for media in found}
    others = rivals(state, (journey.id, journey.index), found)
    return Sight(tuple(matched), lists.watermark(listed), now, matched, others)


def _wanted(journey: Journey, state: State, repost: str | None) -> Wanted:
    part, post = journey.part, journey.post
    # What is said again on purpose was not said before it was due; clocks may differ.
    due = post.publish_at if post is not None and post.allow_repeat else None
    again = due - IN_SIGHT if due is not None else None
    if repost is not None:
        return Wanted("REPOST", 0, None, None, None, repost=repost, not_before=again)
    return Wanted(
        part.media_type,
        part.n_children,
        part.text_sha256,
        part.reply_to,
        part.quote,
        alts_sha256=part.alts_sha256,
        not_before=again,
        formerly=frozenset(_formerly(journey, state)),
    )


def _formerly(journey: Journey, state: State) -> Iterator[str]:
    """What that which the part points at was before it was replaced: its twin may be older than that."""
    for reference in journey.source.references() if journey.source is not None else ():
        if reference.type == "post" and reference.value in state.posts:
            yield from (str(media_id) for media_id in state.posts[reference.value].extra.get(REPLACED, ()))
