"""Whose words the files have: records that no file says under their names, and the files that say it now. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from publisher.content.fingerprint import named_in, with_names, words_of
from publisher.content.post import Post
from publisher.planning.matching import (
    Candidates,
    accounted,
    is_sure,
    never_begun,
    other_time,
    repeats_itself,
    said_again,
    targets_first,
)
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.verdicts import REPEAT_WINDOW, as_filed


@dataclass(frozen=True, slots=True)
class Names:
    """What became of the names of files. Both: id of a file -> id of the record that says the same."""

    moves: Mapping[str, str]  # each of these names is free, or was got from another one: records go with their words
    taken: Mapping[str, str]  # not so: a file with words of its own has the old name, or one that is not valid
    unclear: frozenset[str]  # of these nobody can tell what they mean: what went out under them, or what files say
    first: Mapping[str, str]  # of `taken`: id of a file, or of a record -> id of the file to be asked about first
    said: frozenset[str]  # ids, after the moves, of the records that a file surely says


def names_of(posts: Sequence[Post], state: State, broken: frozenset[str]) -> Names:
    """Where a file vanished, or got other words, and another one says exactly what it said.

    What is never to be sent (of a baseline, or a tombstone) is not to be sent under another name either. What points at
    a post by its new name says the same as before. `broken`: ids of files that are not valid.
    """
    by_id = {post.id: post for post in posts}
    there = {*by_id, *broken}
    sure = {post.id for post in posts if is_sure(post, state)}
    asked = [post for post in posts if post.id not in sure]
    candidates = Candidates(asked, state, sure)
    before: dict[str, str] = {}
    found: dict[str, str] = {}
    for level in targets_first(asked):
        given = candidates.given_to({post.id: (post, with_names(post.fingerprint, before)) for post in level}, there)
        found |= given
        before |= {name: old for name, old in given.items() if name != old}
    known = {post.id for post in posts if not never_begun(state, post.id)}
    # What went out under their names is another file's, and they repeat it: new posts, that lose nothing.
    again = {key for key in before.values() if key in known - found.keys() and repeats_itself(by_id[key], state)}
    certain = {name: old for name, old in before.items() if not other_time(by_id[name], state.posts[old])}
    moves = accounted(certain, there - again, known - again)
    taken = {name: old for name, old in before.items() if name not in moves}
    new = (post for post in asked if post.id not in known and post.id not in found)
    said = sure | {old for name, old in found.items() if by_id[name].publish_at == state.posts[old].due}
    taken |= _about_another(new, candidates.left(), said, state)
    changed = (by_id[post_id] for post_id in known - sure - found.keys() - again)
    unclear = _unclear({*taken, *taken.values()}, changed, broken)
    renamed = {old: name for name, old in moves.items()}
    return Names(moves, taken, unclear, _first_asked(taken), frozenset(renamed.get(key, key) for key in said))


def _first_asked(taken: Mapping[str, str]) -> dict[str, str]:
    """Where files took each other's names: the one whose own name nobody took. Of a ring any."""
    names = frozenset(taken.values())
    first: dict[str, str] = {}
    for start in sorted(taken, key=lambda name: name in names):
        name = start
        while name not in first:
            first[name] = start
            name = taken.get(name, start)
    return first


def _about_another(
    new: Iterable[Post], left: Iterable[tuple[str, str]], said: Set[str], state: State
) -> dict[str, str]:
    """Of the `new` files those that differ from a record only in what they point at, where of that nobody knows what
    became of it: it may have been renamed and changed at once. `left`: ids and fingerprints of records that no file
    says; `said`: ids of those that one does, and at their time.
    """
    lost = ((key, known) for key, known in left if _perhaps_renamed(known, said))
    by_words = {(words_of(known), state.posts[key].due): key for key, known in lost}
    told = ((post.id, by_words.get((words_of(post.fingerprint), post.publish_at))) for post in new)
    return {post_id: key for post_id, key in told if key is not None}


def _perhaps_renamed(known: str, said: Set[str]) -> bool:
    """What a record points at may have another name by now: no file is sure to say it."""
    return not said >= set(named_in(known))


def _unclear(doubtful: Iterable[str], changed: Iterable[Post], broken: frozenset[str]) -> frozenset[str]:
    """`changed`: files that say something else than what went out under their names, and no other record says it: with
    a target that is unclear, or not valid, nobody knows whether it is the target alone that has another name.
    """
    pointing: dict[str, list[str]] = {}
    for post in changed:
        for item in post.references():
            pointing.setdefault(item.value, []).append(post.id)
    unclear = set(doubtful)
    reached = [*unclear, *broken]
    while reached:
        more = pointing.pop(reached.pop(), [])
        unclear |= set(more)
        reached += more
    return frozenset(unclear)


def renames_of(posts: Iterable[Post], names: Names) -> dict[str, tuple[str, str]]:
    """The moves as `State.renamed` takes them: old id -> new id and path."""
    return {names.moves[post.id]: (post.id, post.path) for post in posts if post.id in names.moves}


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


def gone_from(state: State, known: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is on record and not `known`: the ids at rest, and those that something is to be done or said about."""
    gone = [key for key in state.posts if key not in known]
    resting = tuple(key for key in gone if state.at_rest(key))
    at_rest = frozenset(resting)
    return resting, tuple(key for key in gone if key not in at_rest)


@dataclass(frozen=True, slots=True)
class Loose:
    """What no file says of what stopped half way, or went out whole within `REPEAT_WINDOW`."""

    records: Mapping[str, PostRecord]
    chains: Mapping[str, Sequence[str]]  # ids by the words of their parts
    singles: Mapping[str, Sequence[str]]  # ids by words; only those that a part of a new chain may be


def loose_of(posts: Sequence[Post], state: State, now: datetime) -> Loose:
    by_id = {post.id: post for post in posts}

    def is_loose(key: str, record: PostRecord) -> bool:
        return _recent(record, now) and not (key in by_id and as_filed(record, by_id[key]))

    records = {key: record for key, record in state.chains() if is_loose(key, record)}
    parts = [(words_of(part.fingerprint), key) for key, record in records.items() for part in record.parts]
    new = (post for post in posts if len(post.parts) > 1 and never_begun(state, post.id))
    sought = {words_of(said) for post in new for said in _each_alone(post)}
    alike = ((key, words_of(said)) for key, said in (state.fingerprints() if sought else ()))
    alone = [(words, key) for key, words in alike if words in sought and is_loose(key, state.posts[key])]
    records |= {key: state.posts[key] for _, key in alone}
    return Loose(records, _by_words(parts), _by_words(alone))


def _by_words(said: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for words, key in said:
        result.setdefault(words, []).append(key)
    return result


def _each_alone(post: Post) -> Iterator[str]:
    """The fingerprint that each part would have as a post of its own."""
    return (replace(post, parts=(part,)).fingerprint for part in post.parts)


def said_by(post: Post, names: Names, loose: Loose) -> str | None:
    """The one of what is `loose` whose file this is, as it seems, renamed and changed at once.

    Of a chain that stopped half way any part tells that. One that is whole may have ended as others end too: there the
    first part tells it, or more than half of them, or that all of it is there. A single post is told by its words,
    wherever in a chain they stand: it got more parts, or was merged. What points at something that may have another
    name is told by its words alone.
    """

    def is_said(filed: str, known: str) -> bool:
        if words_of(filed) != words_of(known):
            return False
        return with_names(filed, names.taken) == known or _perhaps_renamed(known, names.said)

    for key in dict.fromkeys(chain(*(loose.chains.get(words_of(part.fingerprint), ()) for part in post.parts))):
        record = loose.records[key]
        same = [any(is_said(part.fingerprint, known.fingerprint) for known in record.parts) for part in post.parts]
        whole = all(any(is_said(part.fingerprint, known.fingerprint) for part in post.parts) for known in record.parts)
        enough = any(same) and (not record.finished or same[0] or 2 * sum(same) > len(same) or whole)
        if enough and not said_again(post, record):
            return key
    for said in _each_alone(post) if len(post.parts) > 1 else ():
        for key in loose.singles.get(words_of(said), ()):
            if is_said(said, loose.records[key].fingerprint) and not said_again(post, loose.records[key]):
                return key
    return None


def _recent(record: PostRecord, now: datetime) -> bool:
    """It stopped half way, or all of it went live lately.

    Where a person said that it stays as it is, its rest may go out as something new.
    """
    if not record.finished:
        return record.begun
    first = record.parts[0].published_at
    whole = all(part.phase is Phase.PUBLISHED for part in record.parts)
    return whole and first is not None and now - first <= REPEAT_WINDOW
