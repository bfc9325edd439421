"""Whose words the files have: records that no file says under their names, and the files that say it now. Pure."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from publisher.content.fingerprint import with_names
from publisher.content.post import Part, Post
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import REPLACED
from publisher.planning.verdicts import REPEAT_WINDOW, as_filed


@dataclass(frozen=True, slots=True)
class Names:
    """What became of the names of files. Both: id of a file -> id of the record that says the same."""

    moves: Mapping[str, str]  # each of these names is free, or was got from another one: records go with their words
    taken: Mapping[str, str]  # not so: a file with words of its own has the old name, or one that is not valid
    unclear: frozenset[str]  # of these nobody can tell what they mean: what went out under them, or what files say


def names_of(posts: Sequence[Post], state: State, broken: frozenset[str]) -> Names:
    """Where a file vanished, or got other words, and another one says exactly what it said.

    What is never to be sent (of a baseline, or a tombstone) is not to be sent under another name either. What points at
    a post by its new name says the same as before. `broken`: ids of files that are not valid.
    """
    by_id = {post.id: post for post in posts}
    new = {post.id for post in posts if never_begun(state, post.id)}
    changed = [post for post in posts if post.id not in new and not _stands(state, post.id, by_id)]
    loose = [*(post for post in posts if post.id in new), *changed]
    before: dict[str, str] = {}
    waiting = {post.id: post for post in loose}
    while waiting:  # what is pointed at first: only then is it known what those that point at it said
        asked = [post for post in waiting.values() if not any(item.value in waiting for item in post.references())]
        asked = asked or list(waiting.values())
        said = {post.id: (post, with_names(post.fingerprint, before)) for post in asked}
        before |= _found(said, state, by_id, frozenset(before.values()))
        for post in asked:
            del waiting[post.id]
    moves = _accounted(before, {*by_id, *broken}, {post.id for post in posts if post.id not in new})
    taken = {name: old for name, old in before.items() if name not in moves}
    return Names(moves, taken, _unclear(taken, (post for post in changed if post.id not in before), broken))


def _unclear(taken: Mapping[str, str], changed: Iterable[Post], broken: frozenset[str]) -> frozenset[str]:
    """`changed`: files that say something else than what went out under their names, and no other record says it: with
    a target that is unclear, or not valid, nobody knows whether it is the target alone that has another name.
    """
    unclear = {*taken, *taken.values()}
    pointing = list(changed)
    while more := [post for post in pointing if any(item.value in unclear | broken for item in post.references())]:
        unclear |= {post.id for post in more}
        pointing = [post for post in pointing if post.id not in unclear]
    return frozenset(unclear)


def renames_of(posts: Iterable[Post], names: Names) -> dict[str, tuple[str, str]]:
    """The moves as `State.renamed` takes them: old id -> new id and path."""
    return {names.moves[post.id]: (post.id, post.path) for post in posts if post.id in names.moves}


def _accounted(before: Mapping[str, str], there: Set[str], known: Set[str]) -> dict[str, str]:
    """Of `before` what leaves no word behind: no file whose words are not on record loses its name to another's record,
    and no record its own. `there`: ids of files; `known`: of these the ones with a record that counts.
    """
    moves = dict(before)
    while True:
        gone, claimed = moves.keys(), set(moves.values())
        lost = [name for name, old in moves.items() if old in there - gone or name in known - claimed]
        if not lost:
            return moves
        for name in lost:
            del moves[name]


def _found(
    said: Mapping[str, tuple[Post, str]], state: State, by_id: Mapping[str, Post], used: frozenset[str]
) -> dict[str, str]:
    """Id of a file -> id of a record. `said`: the posts, and the fingerprints that they had under the old names."""
    records = state.posts
    sought = {fingerprint for _, fingerprint in said.values()}
    loose: dict[str, list[str]] = {}
    for key, fingerprint in state.fingerprints():
        if fingerprint not in sought or key in used or _stands(state, key, by_id):
            continue
        if records[key].begun or records[key].finished:
            loose.setdefault(fingerprint, []).insert(0, key)
    found: dict[str, str] = {}
    # Of several that say the same, the latest goes with the latest: the records stand like that by now.
    for post, fingerprint in sorted(said.values(), key=lambda one: _lateness(one[0], state), reverse=True):
        same = loose.get(fingerprint, [])
        known = [key for key in same if key != post.id and not _repeats(post, records[key])]
        # What is in doubt before what is not, and a name that is free before one that is taken.
        old = min(known, key=lambda key: (records[key].finished, key in by_id), default=None)
        if old is not None:
            found[post.id] = old
            same.remove(old)  # one file is moved once
    return found


def _lateness(post: Post, state: State) -> tuple[bool, float, str]:
    """Files that are new before those that changed, then by their times."""
    return never_begun(state, post.id), post.publish_at.timestamp() if post.publish_at is not None else 0.0, post.id


def _stands(state: State, post_id: str, by_id: Mapping[str, Post]) -> bool:
    """Its file is there, and says what went out."""
    return post_id in by_id and post_id in state.posts and as_filed(state.posts[post_id], by_id[post_id])


def after_moves(state: State, renames: Mapping[str, tuple[str, str]]) -> tuple[State, tuple[str, ...]]:
    """Every record under the name that its file has by now, and the ids of the records that this changes.

    `renames`: old id -> new id and path.
    """
    if not renames:
        return state, ()
    new = {old: name for old, (name, _) in renames.items()}
    state, pointing = pointing_anew(state.renamed(renames), new)
    return state, tuple(sorted({*new, *new.values(), *pointing}))


def pointing_anew(state: State, names: Mapping[str, str]) -> tuple[State, tuple[str, ...]]:
    """Whatever points at a moved post points at it by its new name, and the ids of the records that this changes.

    Also where its own file is gone: it may come back, and say the new name. `names`: old id -> new id.
    """
    changes: dict[str, PostRecord | None] = {}
    for key in state.pointing_at(names.keys()):
        record = state.posts[key]
        parts = tuple(replace(part, fingerprint=with_names(part.fingerprint, names)) for part in record.parts)
        changes[key] = replace(record, parts=parts, fingerprint=with_names(record.fingerprint, names))
    return state.amended(changes), tuple(changes)


def never_begun(state: State, post_id: str) -> bool:
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
    """What is in doubt is settled first, under whatever name."""
    return vanished.finished and said_again(post, vanished)


def said_again(post: Post, known: PostRecord) -> bool:
    """On purpose, as its own time shows, which is later than when `known` went out.

    Without one, or with an earlier one, it may as well be the same file under a new name: the key stays in a file after
    its use.
    """
    if not post.allow_repeat or post.publish_at is None:
        return False
    went_out = known.parts[0].published_at or known.parts[0].attempt_at
    return went_out is None or post.publish_at > went_out


def gone_from(state: State, known: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is on record and not `known`: the ids at rest, and those that something is to be done or said about."""
    gone = [key for key in state.posts if key not in known]
    resting = tuple(key for key in gone if state.at_rest(key))
    at_rest = frozenset(resting)
    return resting, tuple(key for key in gone if key not in at_rest)


def loose_chains(posts: Iterable[Post], state: State, now: datetime) -> tuple[tuple[str, PostRecord], ...]:
    """Chains that no file says: what stopped half way, and what went out whole within `REPEAT_WINDOW`."""
    by_id = {post.id: post for post in posts}
    return tuple(
        (key, record)
        for key, record in state.chains()
        if record.begun and (not record.finished or _lately_live(record, now)) and not _stands(state, key, by_id)
    )


def said_by(parts: Iterable[Part], before: Mapping[str, str], chains: Iterable[tuple[str, PostRecord]]) -> str | None:
    """The one of the loose `chains` whose file has these parts, as it seems, renamed and changed at once.

    It would go out again. `before`: as what the posts that the parts point at are on record.

    Of one that stopped half way any part tells that. One that is whole may have ended as others end too: there the
    first part tells it, or more than half of them.
    """
    filed = [with_names(part.fingerprint, before) for part in parts]
    for key, record in chains:
        known = {part.fingerprint for part in record.parts}
        same = [said in known for said in filed]
        if any(same) and (not record.finished or same[0] or 2 * sum(same) > len(same)):
            return key
    return None


def _lately_live(record: PostRecord, now: datetime) -> bool:
    """All of it; where a person said that it stays as it is, its rest may go out as something new."""
    first = record.parts[0].published_at
    whole = all(part.phase is Phase.PUBLISHED for part in record.parts)
    return whole and first is not None and now - first <= REPEAT_WINDOW
