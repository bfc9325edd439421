"""The tip of a branch as authors leave it: files are written, changed, cut up, copied, renamed, removed, and come back.

Every piece of words is one of its kind: "w3.2 some words" is piece 2 of the file written third, wherever it stands by
now and whatever was added to it. So it can be counted on the account, and must never be there twice.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from publisher.content.fingerprint import words_of
from publisher.content.post import Part, Post, Reference
from tests.publishing.harness import picture

Piece = tuple[int, int]  # of which file, by the number in which it was written; and which of its pieces
_WORDS = re.compile(r"w(\d+)\.(\d+) ")


def pieces_of(text: str | None) -> list[Piece]:
    """Several where parts were merged; none of what the owner wrote by hand."""
    return [(int(number), int(piece)) for number, piece in _WORDS.findall(text or "")]


class Tip:
    """Files by the number in which they were written."""

    def __init__(self) -> None:
        self.files: dict[int, Post] = {}
        self.removed: dict[int, Post] = {}
        self.reshaped: set[int] = set()  # whose parts were put in, taken out or moved
        self.copies: set[int] = set()  # files that were copied, and their copies
        self.split_up: Counter[int] = Counter()  # how many parts of a file became files of their own
        self.split_off: set[int] = set()  # these files: their words are counted with the file that they come from
        self.pointing: dict[Piece, tuple[str, int]] = {}  # how, and at which file
        self.names: dict[int, list[str]] = {}  # ids that it had, newest last
        self.said: dict[str, str] = {}  # hash of a part, without the names in its fingerprint -> its words
        self.earlier: list[tuple[Post, ...]] = []  # the tips before this one, newest last
        self._written = 0
        self._pieces: dict[int, int] = {}

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(sorted(self.files.values(), key=lambda post: post.path))

    def ever(self, part: Part) -> Iterator[Part]:
        """Every part of any time that had some of its words."""
        pieces = set(pieces_of(part.text))
        for post in (post for posts in (*self.earlier, self.posts) for post in posts):
            yield from (old for old in post.parts if pieces & set(pieces_of(old.text)))

    def pick(self, which: int, *, removed: bool = False) -> int | None:
        """The n-th of those there, round and round."""
        found = self.removed if removed else self.files
        return sorted(found)[which % len(found)] if found else None

    def number_of(self, post_id: str) -> int | None:
        return next((number for number, post in self.files.items() if post.id == post_id), None)

    def put(self, number: int, post: Post) -> None:
        """The one place where a file changes."""
        self.earlier.append(self.posts)
        self.files[number] = post
        if post.id not in self.names.setdefault(number, [])[-1:]:
            self.names[number].append(post.id)
        self.said.update((words_of(part.fingerprint), part.text or "") for part in post.parts)

    # --- new files --------------------------------------------------------------------------------------------

    def write(self, parts: int, *, with_picture: bool = False, due: datetime | None = None) -> int:
        number = self._new()
        made = tuple(self._part(number, index, with_picture=with_picture) for index in range(1, parts + 1))
        self.put(number, replace(_post(number, made), publish_at=due))
        return number

    def point(self, how: Literal["quote", "reply_to"], at: int) -> None:
        """A new file that quotes or answers file `at`."""
        number = self._new()
        part, target = self._part(number, 1), Reference("post", self.files[at].id)
        part = replace(part, quote=target) if how == "quote" else replace(part, reply_to=target)
        self.put(number, _post(number, (part,)))
        self.pointing[number, 1] = how, pieces_of(self.files[at].parts[0].text)[0][0]

    def copy(self, number: int) -> None:
        """Saved under another name, both stay."""
        new = self._new()
        self.copies |= {number, new}
        self.put(new, replace(_post(new, self.files[number].parts)))

    # --- what becomes of them ---------------------------------------------------------------------------------

    def edit(self, number: int) -> None:
        post = self.files[number]
        self.put(number, replace(post, parts=tuple(replace(part, text=f"{part.text} again") for part in post.parts)))

    def mend(self, number: int, place: int) -> None:
        """One part of it."""
        parts = list(self.files[number].parts)
        one = place % len(parts)
        parts[one] = replace(parts[one], text=f"{parts[one].text} again")
        self.put(number, replace(self.files[number], parts=tuple(parts)))

    def merge(self, number: int, place: int) -> None:
        """A part and the one behind it become one."""
        parts = list(self.files[number].parts)
        if len(parts) > 1:
            one = place % (len(parts) - 1)
            parts[one : one + 2] = [replace(parts[one], text=f"{parts[one].text} {parts[one + 1].text}")]
            self._reshape(number, parts)

    def swap_names(self, one: int, other: int) -> None:
        """Each gets the other's name: it is still the post that it was."""
        first, second = self.files[one], self.files[other]
        self.put(one, replace(first, id=second.id, path=second.path))
        self.put(other, replace(second, id=first.id, path=first.path))
        self.earlier.pop()  # both at once

    def put_in(self, number: int, place: int) -> None:
        """A new part before the one at `place`, or behind the last."""
        parts = list(self.files[number].parts)
        parts.insert(place % (len(parts) + 1), self._part(number, 0))
        self._reshape(number, parts)

    def take_out(self, number: int, place: int) -> None:
        parts = list(self.files[number].parts)
        if len(parts) > 1:
            del parts[place % len(parts)]
            self._reshape(number, parts)

    def swap(self, number: int, place: int) -> None:
        """A part and the one behind it."""
        parts = list(self.files[number].parts)
        if len(parts) > 1:
            one = place % (len(parts) - 1)
            parts[one : one + 2] = [parts[one + 1], parts[one]]
            self._reshape(number, parts)

    def split(self, number: int) -> None:
        """The last part becomes a file of its own."""
        post = self.files[number]
        if len(post.parts) > 1:
            self._reshape(number, list(post.parts[:-1]))
            new = self._new()
            self.split_up[number] += 1
            self.split_off.add(new)
            self.put(new, _post(new, (replace(post.parts[-1], index=1),)))

    def rename(self, number: int, *, back: bool = False) -> None:
        """As an author does it: what pointed at it points at it under its new name."""
        post = self.files[number]
        new = post.id.removesuffix("-x") if back else f"{post.id}-x"
        self.put(number, replace(post, id=new, path=f"posts/{new}.yaml"))
        for other, pointing in list(self.files.items()):
            if any(reference.value == post.id for reference in pointing.references()):
                self.put(
                    other, replace(pointing, parts=tuple(_pointing(part, {post.id: new}) for part in pointing.parts))
                )

    def rename_all(self) -> None:
        """In one commit."""
        before = len(self.earlier)
        for number in list(self.files):
            self.rename(number)
        del self.earlier[before + 1 :]

    def renumber(self) -> None:
        """In one commit: each file gets the name of the next one, the last one a new name; references follow."""
        order = sorted(self.files, key=lambda number: self.files[number].path)
        ids = [self.files[number].id for number in order]
        last = max(ids, key=len) + "-x"  # longer than any other
        new = dict(zip(ids, [*ids[1:], last], strict=True))
        before = len(self.earlier)
        for number in order:
            post = self.files[number]
            name, parts = new[post.id], tuple(_pointing(part, new) for part in post.parts)
            self.put(number, replace(post, id=name, path=f"posts/{name}.yaml", parts=parts))
        del self.earlier[before + 1 :]

    def let_point_at_nothing(self, number: int) -> None:
        post = self.files[number]
        self.put(number, replace(post, parts=tuple(replace(part, quote=None, reply_to=None) for part in post.parts)))
        for part in post.parts:
            for piece in pieces_of(part.text):
                self.pointing.pop(piece, None)

    def forget(self, number: int) -> None:
        """Removed, and it never comes back."""
        self.remove(number)
        del self.removed[number]

    def arrange(self, number: int, parts: list[Part]) -> None:
        """These parts, in this order."""
        self._reshape(number, parts)

    def remove(self, number: int) -> None:
        self.earlier.append(self.posts)
        self.removed[number] = self.files.pop(number)

    def revert(self, number: int) -> None:
        """The file comes back as it was."""
        self.put(number, self.removed.pop(number))

    def pieces(self) -> Iterator[tuple[int, Post, Piece]]:
        for number, post in self.files.items():
            for part in post.parts:
                for piece in pieces_of(part.text):
                    yield number, post, piece

    # --- inside -----------------------------------------------------------------------------------------------

    def _new(self) -> int:
        self._written += 1
        return self._written

    def _part(self, number: int, index: int, *, with_picture: bool = False) -> Part:
        piece = self._pieces[number] = self._pieces.get(number, 0) + 1
        media = (picture(f"p{number}-{index}"),) if with_picture and index == 1 else ()
        return Part(index=index, text=f"w{number}.{piece} some words", media=media)

    def _reshape(self, number: int, parts: list[Part]) -> None:
        self.reshaped.add(number)
        numbered = tuple(replace(part, index=index) for index, part in enumerate(parts, start=1))
        self.put(number, replace(self.files[number], parts=numbered))


def _post(number: int, parts: tuple[Part, ...]) -> Post:
    return Post(id=f"p{number:03}", path=f"posts/p{number:03}.yaml", account="acme", parts=parts)


def _pointing(part: Part, new: Mapping[str, str]) -> Part:
    """`new`: old id -> new id."""

    def renamed(reference: Reference | None) -> Reference | None:
        return (
            Reference("post", new[reference.value]) if reference is not None and reference.value in new else reference
        )

    return replace(part, quote=renamed(part.quote), reply_to=renamed(part.reply_to))
