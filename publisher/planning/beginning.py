"""The first state of an account. Pure."""

from collections.abc import Sequence

from publisher.content.post import Post
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State


def begin(account: str, endpoint: str, *, lineage: str, skipped: Sequence[Post] = ()) -> State:
    """A state that knows of nothing but `skipped`: posts that are there already and are never to be sent.

    `lineage` is a fresh random name: another one is another history.
    """
    return State(
        lineage=lineage,
        account=account,
        endpoint=endpoint,
        posts={post.id: _skipped(post) for post in skipped},
    )


def _skipped(post: Post) -> PostRecord:
    return PostRecord(
        path=post.path,
        kind=post.kind.value,
        fingerprint=post.fingerprint,
        due=post.publish_at,
        parts=tuple(PartRecord(phase=Phase.SKIPPED, fingerprint=part.fingerprint) for part in post.parts),
    )
