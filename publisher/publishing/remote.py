"""Reading what is live, to tell drift. Nothing is changed, neither on Threads nor in the state."""

from collections.abc import Mapping

from publisher.content.post import Post
from publisher.planning.drift import Drift, Seen, drifts
from publisher.planning.records import Phase
from publisher.publishing import lists
from publisher.publishing.match import text_hash
from publisher.publishing.problem import read_error
from publisher.publishing.run import Session, whose
from publisher.publishing.waiting import IN_SIGHT
from publisher.threads_api.errors import NotFound, ThreadsError
from publisher.threads_api.media import Media


def drift_of(session: Session, posts: Mapping[str, Post], ids: frozenset[str] | None = None) -> tuple[Drift, ...]:
    """How the account differs from the record. `ids`: look up only these posts; None: all. Raises `PublisherError`.

    The newest posts and replies come from two lists; a call is made for each older one, and for what they lack.
    """
    state = session.ledger.load()
    whose(session)
    try:
        newest = (*lists.newest(session.client), *lists.newest(session.client, replies=True))
        seen = {media.id: _seen(media) for media in newest}
        gone: set[str] = set()
        now = session.clock.now()
        for post_id, record in state.posts.items():
            for part in record.parts if ids is None or post_id in ids else ():
                young = part.published_at is not None and now - part.published_at < IN_SIGHT
                if part.phase is not Phase.PUBLISHED or part.media_id is None or part.media_id in seen:
                    continue
                try:
                    seen[part.media_id] = _seen(session.client.media.get(part.media_id))
                except NotFound:
                    if not young:  # else it may not be readable yet
                        gone.add(part.media_id)
    except ThreadsError as error:
        raise read_error(error, "reading what is live")[1].as_error() from error
    return drifts(state, posts, seen, frozenset(gone), (media.id for media in newest))


def _seen(media: Media) -> Seen:
    return Seen(media.id, text_hash(media.text), media.reply_audience, media.permalink)
