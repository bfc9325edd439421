"""The order in which posts go out: by `publish_at`, then path; what points at another post comes after it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from publisher.content.post import Post
from publisher.planning.containers import live_id
from publisher.planning.state import State

_AT_ONCE = datetime.min.replace(tzinfo=UTC)


def in_order(posts: Iterable[Post], state: State) -> list[Post]:
    """Posts sorted for publishing. Targets come first; cycles were refused when the files were read.

    Depth first over the sorted posts, so that the order is the plain one wherever references allow it.
    """
    by_id = {post.id: post for post in sorted(posts, key=lambda post: (post.publish_at or _AT_ONCE, post.path))}
    placed: dict[str, Post] = {}
    for post in by_id.values():
        _place(post, by_id, placed, state)
    return list(placed.values())


def _place(start: Post, by_id: dict[str, Post], placed: dict[str, Post], state: State) -> None:
    # An explicit stack: a chain of a thousand quotes must not meet Python's recursion limit.
    stack = [(start, _targets(start, by_id, state))]
    open_ids = {start.id}
    while stack:
        post, targets = stack[-1]
        target = next((item for item in targets if item.id not in placed and item.id not in open_ids), None)
        if target is not None:
            stack.append((target, _targets(target, by_id, state)))
            open_ids.add(target.id)
            continue
        placed.setdefault(post.id, post)
        open_ids.discard(post.id)
        stack.pop()


def _targets(post: Post, by_id: dict[str, Post], state: State) -> list[Post]:
    return [
        by_id[reference.value]
        for reference in post.references()
        if reference.type == "post" and reference.value in by_id and live_id(state, reference.value) is None
    ]
