"""What is rewritten with each write, and what is sealed: the layout of a state in objects.

Pure. The head holds what is open and what was published lately, and lists the sealed shards; so a write costs the same
in year three as on day one. Later shards, and the head, override earlier ones; `dropped` names posts that a shard
still holds and that were moved or removed since.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from publisher.planning.record_json import post_from_json, post_json
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import (
    checked_head,
    checksum_as_written,
    compact,
    head_json,
    member_text,
    object_text,
    sealed_members,
)
from publisher.state_backends import checks
from publisher.state_backends.shards import NOTHING_SEALED, Sealed, Shard, leaving, listed, sealed_from_json

LARGEST_HEAD = 150_000  # bytes, of which a third stays once there are more: it is sent twice with each write
_OURS = ("archives", "dropped", "posts")


@dataclass(frozen=True, slots=True)
class Head:
    """The head as a value. `state` is without its posts; `posts` are those not sealed."""

    state: State
    posts: Mapping[str, PostRecord]
    sealed: Sealed = NOTHING_SEALED

    def written(self, state: State, changed: Iterable[str], may_hold: Callable[[str], bool]) -> "Head":
        """The head that takes this one's place when `state` does, which differs in the posts `changed`.

        `may_hold`: whether a shard may hold a post of that id.
        """
        posts = dict(self.posts)
        for post_id in changed:
            if post_id in state.posts:
                posts[post_id] = state.posts[post_id]
            else:
                posts.pop(post_id, None)
        return Head(replace(state, posts={}), posts, self.sealed.written(changed, state.posts, may_hold))

    def whole(self, archives: Iterable[Mapping[str, PostRecord]]) -> State:
        """The state with all its posts; `archives` are the contents of the shards, in their order."""
        return replace(self.state, posts=self.sealed.whole(archives, self.posts))


class HeadBytes:
    """Heads as bytes, one after the other, as one backend object writes them: each differs little from the last.

    A record is made into text once, and the text is kept while the head holds that very record; so is the list of
    shards. All of these are values, so the same object says the same. The last head's bytes are kept whole: they are
    measured, written and copied to the journal.
    """

    def __init__(self) -> None:
        self._members: dict[str, tuple[PostRecord, bytes]] = {}  # post id -> its record, and both as text
        self._archives: tuple[tuple[Shard, ...], bytes] = ((), compact([]))
        self._last: tuple[Head, bytes] | None = None

    def of(self, head: Head) -> bytes:
        if self._last is not None and self._last[0] is head:
            return self._last[1]
        if self._archives[0] is not head.sealed.shards:
            self._archives = head.sealed.shards, compact(listed(head.sealed))
        self._members = {post_id: (record, self._member(post_id, record)) for post_id, record in head.posts.items()}
        members = {
            **{key: compact(value) for key, value in head_json(head.state).items()},
            "archives": self._archives[1],
            "dropped": compact(sorted(head.sealed.dropped)),
            "posts": object_text(self._members[post_id][1] for post_id in sorted(self._members)),
        }
        data = sealed_members(members)
        self._last = head, data
        return data

    def _member(self, post_id: str, record: PostRecord) -> bytes:
        kept = self._members.get(post_id)
        if kept is not None and kept[0] is record:
            return kept[1]
        return member_text(post_id, compact(post_json(record)))


def head_bytes(head: Head) -> bytes:
    return HeadBytes().of(head)


def head_from_bytes(data: bytes, *, where: str) -> Head:
    """Raises `Refused` for what is no whole, unaltered head of a format we know."""
    document = checks.document_from(data, where=where)
    state = checked_head(document, where=where, known=checksum_as_written(data))
    try:
        sealed = sealed_from_json(document)
        posts = {str(key): post_from_json(value, where=f"{where}: {key}") for key, value in document["posts"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise checks.unreadable(where, str(error)) from None
    extra = {key: value for key, value in state.extra.items() if key not in _OURS}
    return Head(replace(state, extra=extra), posts, sealed)


def to_seal(head: Head, size: int, keep: Iterable[str], largest: int = LARGEST_HEAD) -> list[dict[str, PostRecord]]:
    """What to move into shards so that a head of `size` bytes is a third of `largest`; nothing when it is no larger."""
    if size <= largest:
        return []
    return leaving(head.posts, keep, goal=size - largest // 3, weight=lambda taken: taken)


def without(head: Head, moved: Iterable[str], sealed: Sealed) -> Head:
    """The head after `moved` have gone into a shard that `sealed` lists."""
    gone = frozenset(moved)
    return replace(head, posts={key: one for key, one in head.posts.items() if key not in gone}, sealed=sealed)
