"""Which record a file says, where its name alone does not tell: by the words, and of equal words by the times. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime

from publisher.content.fingerprint import words_of
from publisher.content.post import Post
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import REPLACED
from publisher.planning.verdicts import as_filed


class Candidates:
    """The records that the `asked` files may be found to say, each given once; none of the files that are `sure`."""

    def __init__(self, asked: Sequence[Post], state: State, sure: Set[str]) -> None:
        self._state = state
        self._free: dict[str, dict[str, PostRecord]] = {}  # fingerprint -> id -> record
        sought = {words_of(post.fingerprint) for post in asked}
        for key, said in state.fingerprints():
            if words_of(said) in sought and key not in sure:
                record = state.posts[key]
                if record.begun or record.finished:
                    self._free.setdefault(said, {})[key] = record

    def given_to(self, asked: Mapping[str, tuple[Post, str]], there: Set[str]) -> dict[str, str]:
        """Id of a file -> id of a record, its own perhaps. `asked`: posts, and the fingerprints that they had under the
        old names; `there`: ids of files, valid or not.
        """
        alike: dict[str, list[Post]] = {}
        for post, said in asked.values():
            if said in self._free:
                alike.setdefault(said, []).append(post)
        given: dict[str, str] = {}
        for said, posts in alike.items():
            # A new file before one that changed.
            ordered = sorted(posts, key=lambda post: (not never_begun(self._state, post.id), post.id))
            given |= _shared(ordered, self._free[said], there)
        return given

    def left(self) -> Iterator[tuple[str, str]]:
        """Id and fingerprint of each that was given to nobody."""
        return ((key, said) for said, records in self._free.items() for key in records)


def _shared(posts: Sequence[Post], free: dict[str, PostRecord], there: Set[str]) -> dict[str, str]:
    """All of these files say what the `free` records say, of which the times tell which is whose.

    First come those of the same time: its own record, then another's. Then what is left: its own, unless its file says
    that it repeats that, and another's. At last what repeats its own, when nobody else went out as that.
    """
    given: dict[str, str] = {}

    def give(post: Post, key: str | None) -> None:
        if key is not None:
            given[post.id] = key
            del free[key]

    def left() -> list[Post]:
        return [post for post in posts if post.id not in given]

    for post in left():
        give(post, post.id if post.id in free and free[post.id].due == post.publish_at else None)
    # What is in doubt before what is not, what is live before what never will be, a name that is free before one that
    # is taken, and the first that went out.
    ordered = sorted(free, key=lambda key: (free[key].finished, _never_live(free[key]), key in there, _at(free[key])))
    due: dict[datetime | None, list[str]] = {}
    for key in reversed(ordered):
        due.setdefault(free[key].due, []).append(key)
    for post in left():
        give(post, due[post.publish_at].pop() if due.get(post.publish_at) else None)
    for post in left():
        give(post, post.id if post.id in free and not _repeats(post, free[post.id]) else None)
    for post in left():
        known = (key for key in ordered if key in free and key != post.id)
        give(post, next((key for key in known if not _repeats(post, free[key])), None))
    for post in left():
        give(post, post.id if post.id in free else None)
    return given


def targets_first(posts: Sequence[Post]) -> Iterator[list[Post]]:
    """What is pointed at before what points at it: only then is it known what that said. Of a ring all at once."""
    by_id = {post.id: post for post in posts}
    waits_for = {post.id: {item.value for item in post.references() if item.value in by_id} for post in posts}
    pointing: dict[str, list[str]] = {}
    for post_id, targets in waits_for.items():
        for target in targets:
            pointing.setdefault(target, []).append(post_id)
    ready = [post_id for post_id, targets in waits_for.items() if not targets]
    while waits_for:
        ready = ready or list(waits_for)
        yield [by_id[post_id] for post_id in ready]
        for post_id in ready:
            del waits_for[post_id]
        following: list[str] = []
        for post_id in ready:
            for name in pointing.get(post_id, ()):
                if name in waits_for:
                    waits_for[name].discard(post_id)
                    following += [] if waits_for[name] else [name]
        ready = following


def accounted(before: Mapping[str, str], there: Set[str], known: Iterable[str]) -> dict[str, str]:
    """Of `before` what leaves no word behind: no file whose words are not on record loses its name to another's record,
    and no record its own. `there`: ids of files; `known`: of these the ones with a record that counts.
    """
    records = frozenset(known)
    moves, heirs = dict(before), {old: name for name, old in before.items()}
    lost = [name for name, old in before.items() if old in there and old not in before]
    lost += [name for name in before if name in records and name not in heirs]
    while lost:
        name = lost.pop()
        if name in moves:
            old = moves.pop(name)
            lost += [heirs[name]] if name in heirs else []  # its file stays, and so does its name
            lost += [old] if old in records else []  # nobody claims what went out under that name any more
    return moves


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


def said_again(post: Post, known: PostRecord) -> bool:
    """On purpose, as its own time shows: it is another one, and later than when `known` went out.

    Without one, or with an earlier one, it may as well be the same file under a new name: the key stays in a file after
    its use.
    """
    if not post.allow_repeat or post.publish_at is None or post.publish_at == known.due:
        return False
    went_out = _went_out(known)
    return went_out is None or post.publish_at > went_out


def other_time(post: Post, known: PostRecord) -> bool:
    """One that may be repeated, and is dated for another time than `known` was: the next of a series, as well as the
    same with a new time.
    """
    return post.allow_repeat and None not in (post.publish_at, known.due) and post.publish_at != known.due


def _repeats(post: Post, known: PostRecord) -> bool:
    """What is in doubt is settled first, under whatever name."""
    return known.finished and said_again(post, known)


def _never_live(known: PostRecord) -> bool:
    return known.phase in (Phase.DELETED, Phase.SKIPPED)


def _at(known: PostRecord) -> float:
    went_out = _went_out(known)
    return went_out.timestamp() if went_out is not None else 0.0


def _went_out(known: PostRecord) -> datetime | None:
    return known.parts[0].published_at or known.parts[0].attempt_at


def repeats_itself(post: Post, state: State) -> bool:
    """It says what went out under its name, once more and on purpose."""
    record = state.posts[post.id]
    return as_filed(record, post) and said_again(post, record)


def is_sure(post: Post, state: State) -> bool:
    """It says what went out under its name, and when."""
    if never_begun(state, post.id):
        return False
    record = state.posts[post.id]
    return record.due == post.publish_at and as_filed(record, post)
