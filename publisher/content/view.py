"""One part of a post file as checks see it: the keys of its mapping, with their places.

The file may be wrong in any way, so every question has an answer: what is not there, or not what it should be, is
None. The schema has said so already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from publisher.content.document import Document
from publisher.content.findings import Finding, Place, found
from publisher.content.marks import Pointer


@dataclass(frozen=True, slots=True)
class View:
    """A mapping inside a document: the file itself, a part of its chain, an item of `media`."""

    document: Document
    pointer: Pointer  # of the mapping
    data: dict[str, Any]  # with the types the schema gives

    def has(self, key: str) -> bool:
        """Whether the key says something: `ghost: false` says as much as no key at all."""
        return key in self.data and self.data[key] is not False

    def text(self, key: str) -> str | None:
        value = self.data.get(key)
        return value if isinstance(value, str) and value else None

    def flag(self, key: str) -> bool:
        return self.data.get(key) is True

    def texts(self, key: str) -> tuple[tuple[int, str], ...]:
        """The words in the list under `key`, each with its number from 0; whatever else is in it is left out."""
        items = self.data.get(key)
        if not isinstance(items, list):
            return ()
        return tuple((number, item) for number, item in enumerate(items) if isinstance(item, str) and item)

    def inside(self, key: str) -> "View | None":
        """The mapping under `key`."""
        value = self.data.get(key)
        return View(self.document, (*self.pointer, key), value) if isinstance(value, dict) else None

    def below(self, key: str) -> Iterator["View"]:
        """The mappings in the list under `key`."""
        items = self.data.get(key)
        if isinstance(items, list):
            for number, item in enumerate(items):
                if isinstance(item, dict):
                    yield View(self.document, (*self.pointer, key, number), item)

    def place(self, key: str) -> Place:
        """Where the value of `key` stands."""
        return self.document.place_of((*self.pointer, key))

    def item_place(self, key: str, number: int) -> Place:
        """Where item `number`, from 0, of the list under `key` stands."""
        return self.document.place_of((*self.pointer, key, number))

    def key_place(self, key: str) -> Place:
        return self.document.key_place_of((*self.pointer, key))

    def place_in(self, key: str, needle: str, nth: int = 0) -> Place:
        """Where a piece of the value stands."""
        return self.document.place_in((*self.pointer, key), needle, nth)

    def place_at(self, key: str, text: str, at: int, piece: str) -> Place | None:
        """Where a piece at `at` of `text`, the value, stands; None where that is not written as it reads."""
        return self.document.place_at((*self.pointer, key), text, at, piece)

    @property
    def own_place(self) -> Place:
        return self.document.place_of(self.pointer)

    def found(self, code: str, place: Place, message: str, *, why: str = "", fix: str = "") -> Finding:
        return found(code, self.document.path, place, message, why=why, fix=fix)

    def joined(self, key: str) -> Iterator[Finding]:
        """A text whose line ends YAML takes for spaces, or empty lines for line ends, where its author sees lines."""
        if (place := self.document.joined_line((*self.pointer, key))) is None:
            return
        if self.document.lines[place.line - 2].strip():
            yield self.found("W113", place, "YAML joins this line to the one before it, with a space")
        else:
            message = "YAML drops the empty line above this one"
            why = "in a value that is not a block an empty line stands for one line end: the paragraphs would touch"
            fix = "write the text as a block, |- after the key: there an empty line stays one"
            yield self.found("W113", place, message, why=why, fix=fix)
