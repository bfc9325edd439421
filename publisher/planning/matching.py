"""Which record a file says, where its name alone does not tell: by the words, and of equal words by the times. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime

from publisher.content.post import Post
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import REPLACED
from publisher.planning.verdicts import as_filed

_CLOCKS_DIFFER_S = 300.0  # what a post that is due went out after, or a little before by another clock


class Candidates:
    """The records that a file may be found to say, by fingerprint; each is given once.

    They are those that no file says under their names. Of words that are contested it is also those that a file does
    say: where a series of equal posts was renamed, a file says what its neighbour went out with.
    """

    def __init__(self, posts: Sequence[Post], state: State) -> None:
        self._state = state
        self._files = {post.id: post for post in posts}
        self._free: dict[str, list[str]] = {}
        standing: dict[str, list[str]] = {}
        for key, said in state.fingerprints():
            rest = standing if self.stands(key) else self._free
            rest.setdefault(said, []).append(key)
        self.contested = self._contested(standing)

    def stands(self, post_id: str) -> bool:
        """Its file is there, and says what went out."""
        records = self._state.posts
        return post_id in self._files and post_id in records and as_filed(records[post_id], self._files[post_id])

    def given_to(self, asked: Mapping[str, tuple[Post, str]], there: Set[str]) -> dict[str, str]:
        """Id of a file -> id of a record, its own perhaps. `asked`: posts, and the fingerprints that they had under the
        old names; `there`: ids of files, valid or not.
        """
        wanted: dict[str, list[Post]] = {}
        for post, said in asked.values():
            if said in self._free:
                wanted.setdefault(said, []).append(post)
        given: dict[str, str] = {}
        for said, posts in wanted.items():
            given |= self._shared(posts, self._free[said], there)
        return given

    def _shared(self, posts: Sequence[Post], free: list[str], there: Set[str]) -> dict[str, str]:
        """All of these say what the `free` records say: the nearest pairs first."""
        records = self._state.posts
        pairs = [
            (_distance(post, key, records[key], there, new=never_begun(self._state, post.id)), post, key)
            for post in posts
            for key in free
            if _counts(post, records[key])
        ]
        given: dict[str, str] = {}
        for _, post, key in sorted(pairs, key=lambda pair: pair[0]):
            if post.id not in given and key in free:
                given[post.id] = key
                free.remove(key)
        for post in posts:  # it may be a repeat of what it says itself, but nobody else went out as that
            if post.id in self.contested and post.id not in given and post.id in free:
                given[post.id] = post.id
                free.remove(post.id)
        return given

    def _contested(self, standing: Mapping[str, Sequence[str]]) -> frozenset[str]:
        """The ids of what stands, and may all the same have gone out as a neighbour; they become free.

        So where a file that says nothing under its name has a time and there is a record for it, and where one that
        does say what its own record says is due after that went out.
        """
        loose = (post for post in self._files.values() if post.publish_at is not None and self._is_loose(post))
        words = {post.fingerprint for post in loose} & self._free.keys()
        words |= {said for said, keys in standing.items() if len(keys) > 1 and any(map(self._is_late, keys))}
        contested: list[str] = []
        for said in words:
            contested += standing.get(said, ())
            self._free.setdefault(said, []).extend(standing.get(said, ()))
        return frozenset(contested)

    def _is_loose(self, post: Post) -> bool:
        return never_begun(self._state, post.id) or not self.stands(post.id)

    def _is_late(self, post_id: str) -> bool:
        return said_again(self._files[post_id], self._state.posts[post_id])


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
    """On purpose, as its own time shows, which is later than when `known` went out.

    Without one, or with an earlier one, it may as well be the same file under a new name: the key stays in a file after
    its use.
    """
    if not post.allow_repeat or post.publish_at is None:
        return False
    went_out = _went_out(known)
    return went_out is None or post.publish_at > went_out


def _counts(post: Post, known: PostRecord) -> bool:
    """Something of it can be live, or it is done with. What is in doubt is settled first, under whatever name."""
    return (known.begun or known.finished) and not (known.finished and said_again(post, known))


def _distance(
    post: Post, key: str, known: PostRecord, there: Set[str], *, new: bool
) -> tuple[bool, int, float, bool, bool, bool, float]:
    """What is in doubt before what is not; then what went out when its file was due, then what has no time to tell it.

    Of these its own record before another's, a new file before one that changed, a name that is free before one that is
    taken, and the first that went out.
    """
    went_out, due = _went_out(known), post.publish_at
    at = went_out.timestamp() if went_out is not None else 0.0
    late = at - due.timestamp() if due is not None else 0.0
    rank = 1 if due is None else 0 if late >= -_CLOCKS_DIFFER_S else 2
    return known.finished, rank, abs(late), key != post.id, not new, key in there, at


def _went_out(known: PostRecord) -> datetime | None:
    return known.parts[0].published_at or known.parts[0].attempt_at
