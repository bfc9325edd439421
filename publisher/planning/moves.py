"""Records whose files are gone, and the files that they may have moved to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from publisher.content.post import Part, Post, Reference, fingerprint_of
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import REPLACED
from publisher.planning.verdicts import REPEAT_WINDOW


def moves_of(posts: Iterable[Post], state: State, present: frozenset[str]) -> dict[str, str]:
    """New id -> old id, where a file vanished and another one says exactly the same.

    What is never to be sent (of a baseline, or a tombstone) is not to be sent under another name either. What points at
    a post by its new name says the same as before.
    """
    moves: dict[str, str] = {}
    asked = new = [post for post in posts if _never_begun(state, post.id)]
    while asked:
        said = {post.id: (post, fingerprint_of(before_moves(post.parts, moves))) for post in asked}
        found = _moved(said, state, present.union(moves.values()))
        moves |= found
        pointing = (post for post in new if any(item.value in found for item in post.references()))
        asked = [post for post in pointing if post.id not in moves]
    return moves


def _moved(new: Mapping[str, tuple[Post, str]], state: State, taken: frozenset[str]) -> dict[str, str]:
    """New id -> old id. `new`: the posts, and the fingerprints that they had under the old names; none is `taken`."""
    records = state.posts
    sought = {said for _, said in new.values()}
    vanished: dict[str, list[str]] = {}
    for key, said in state.fingerprints():
        if said in sought and key not in taken and (records[key].begun or records[key].finished):
            vanished.setdefault(said, []).insert(0, key)
    moves: dict[str, str] = {}
    for post, said in new.values():
        same = vanished.get(said, [])
        moved = [key for key in same if not _repeats(post, records[key])]
        old = min(moved, key=lambda key: records[key].finished, default=None)  # what is in doubt before what is not
        if old is not None:
            moves[post.id] = old
            same.remove(old)  # one file is moved once
    return moves


def before_moves(parts: Iterable[Part], moves: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts, with the names that what they point at had before."""

    def before(reference: Reference | None) -> Reference | None:
        if reference is None or reference.type != "post":
            return reference
        return replace(reference, value=moves.get(reference.value, reference.value))

    if not moves:
        return tuple(parts)
    return tuple(
        replace(part, quote=before(part.quote), reply_to=before(part.reply_to), repost=before(part.repost))
        for part in parts
    )


class Filed(Protocol):
    """What is asked of a post here."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...


def after_moves(posts: Iterable[Filed], state: State, moves: Mapping[str, str]) -> tuple[State, tuple[str, ...]]:
    """Every record under the name that its file has by now, and the ids of the records that this changes.

    What points at a post by its new name is recorded with that: the next run will not know what the old one was.
    """
    changed: set[str] = set()
    for post in posts if moves else ():
        if post.id in moves:
            state = state.moved(moves[post.id], post.id, post.path)
            changed |= {moves[post.id], post.id}
        record = state.posts.get(post.id)
        if record is not None and (renamed := _pointing_anew(record, post.parts, moves)) != record:
            state = state.with_post(post.id, renamed)
            changed.add(post.id)
    return state, tuple(sorted(changed))


def _pointing_anew(record: PostRecord, parts: tuple[Part, ...], moves: Mapping[str, str]) -> PostRecord:
    before = before_moves(parts, moves)
    if before == parts:
        return record
    said = {old.fingerprint: new.fingerprint for old, new in zip(before, parts, strict=True)}
    return replace(
        record,
        fingerprint=fingerprint_of(parts) if record.fingerprint == fingerprint_of(before) else record.fingerprint,
        parts=tuple(replace(part, fingerprint=said.get(part.fingerprint, part.fingerprint)) for part in record.parts),
    )


def _never_begun(state: State, post_id: str) -> bool:
    """No record, or one of which nothing can have gone out: its file may be another one that got its name.

    Not one whose old words were taken down for new ones: these are still to go out.
    """
    if post_id not in state.posts:
        return True
    if state.at_rest(post_id):
        return False
    record = state.posts[post_id]
    return not (record.begun or record.finished or REPLACED in record.extra)


def _repeats(post: Post, vanished: PostRecord) -> bool:
    """Sent on purpose although it was said before, as its own time shows, which is later.

    Without one, or with an earlier one, it may as well be the same file under a new name. What is in doubt is settled
    first, under whatever name.
    """
    if not post.allow_repeat or not vanished.finished or post.publish_at is None:
        return False
    went_out = vanished.parts[0].published_at or vanished.parts[0].attempt_at
    return went_out is None or post.publish_at > went_out


def gone_from(state: State, known: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is on record and not `known`: the ids at rest, and those that something is to be done or said about."""
    gone = [key for key in state.posts if key not in known]
    resting = tuple(key for key in gone if state.at_rest(key))
    at_rest = frozenset(resting)
    return resting, tuple(key for key in gone if key not in at_rest)


def chains_gone(state: State, known: frozenset[str], now: datetime) -> tuple[tuple[str, PostRecord], ...]:
    """Chains whose files are gone: what stopped half way, and what went out whole within `REPEAT_WINDOW`."""
    return tuple(
        (key, record)
        for key, record in state.chains()
        if key not in known and record.begun and (not record.finished or _lately_live(record, now))
    )


def said_by(parts: Iterable[Part], gone: Iterable[tuple[str, PostRecord]]) -> tuple[str, PostRecord] | None:
    """The one of the chains `gone` whose file has these parts, as it seems, renamed and changed at once.

    It would go out again. `parts` are as `before_moves` has them.

    Of one that stopped half way any part tells that. One that is whole may have ended as others end too: there the
    first part tells it, or more than half of them.
    """
    filed = [part.fingerprint for part in parts]
    for key, record in gone:
        known = {part.fingerprint for part in record.parts}
        same = [said in known for said in filed]
        if any(same) and (not record.finished or same[0] or 2 * sum(same) > len(same)):
            return key, record
    return None


def _lately_live(record: PostRecord, now: datetime) -> bool:
    """All of it; where a person said that it stays as it is, its rest may go out as something new."""
    first = record.parts[0].published_at
    whole = all(part.phase is Phase.PUBLISHED for part in record.parts)
    return whole and first is not None and now - first <= REPEAT_WINDOW
