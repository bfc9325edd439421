"""Records whose files are gone, and the files that they may have moved to. Pure."""

from collections.abc import Iterable

from publisher.content.post import Post
from publisher.planning.records import PostRecord
from publisher.planning.state import State


def moves_of(posts: Iterable[Post], state: State, present: frozenset[str]) -> dict[str, str]:
    """New id -> old id, where a file vanished and another one says exactly the same.

    What is never to be sent (of a baseline, or a tombstone) is not to be sent under another name either.
    """
    records = state.posts
    new = [post for post in posts if post.id not in records]
    sought = {post.fingerprint for post in new}
    vanished: dict[str, list[str]] = {}
    for key, said in state.fingerprints():
        if said in sought and key not in present and (records[key].begun or records[key].finished):
            vanished.setdefault(said, []).insert(0, key)
    moves: dict[str, str] = {}
    for post in new:
        same = vanished.get(post.fingerprint, [])
        moved = [key for key in same if not _repeats(post, records[key])]
        old = min(moved, key=lambda key: records[key].finished, default=None)  # what is in doubt before what is not
        if old is not None:
            moves[post.id] = old
            same.remove(old)  # one file is moved once
    return moves


def _repeats(post: Post, vanished: PostRecord) -> bool:
    """Sent on purpose although it was said before, as its own time shows, which is later.

    Without one, or with an earlier one, it may as well be the same file under a new name. What is in doubt is settled
    first, under whatever name.
    """
    if not post.allow_repeat or not vanished.finished or post.publish_at is None:
        return False
    went_out = vanished.parts[0].published_at
    return went_out is None or post.publish_at > went_out


def gone_from(state: State, known: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is on record and not `known`: the ids at rest, and those that something is to be done or said about."""
    gone = [key for key in state.posts if key not in known]
    resting = tuple(key for key in gone if state.at_rest(key))
    at_rest = frozenset(resting)
    return resting, tuple(key for key in gone if key not in at_rest)


def half_sent(state: State, gone: Iterable[str]) -> dict[str, str]:
    """Fingerprint of the first part -> id of a chain that stopped half way, and whose file is gone."""
    records = ((key, state.posts[key]) for key in gone)
    return {
        record.parts[0].fingerprint: key
        for key, record in records
        if len(record.parts) > 1 and record.begun and not record.finished
    }
