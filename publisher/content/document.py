"""A YAML file as plain data, with the place of everything in it. `parsing` makes it.

Every scalar is a string as it was written: nothing turns `NO`, `12:30` or `1.10` into something else.

Places count lines and columns from 1, in code points; the end is exclusive.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from publisher.content.findings import START, Finding, Place
from publisher.content.marks import InOrder, Marks, Pointer
from publisher.content.simple import place_of_key, place_of_word
from publisher.content.straight import events_of


@dataclass(frozen=True)
class Document:
    """A file that is sound YAML: a mapping whose leaves are strings."""

    path: str  # from the repository's root, with "/"
    data: dict[str, Any]  # dict, list and str only
    source: str = field(repr=False)
    marks: Marks | InOrder | None = field(repr=False, compare=False)  # None: it was read without a parser
    warnings: tuple[Finding, ...] = ()
    strange: bool = True  # False: no character of the file needs a second look

    @property
    def straight(self) -> bool:
        """Whether nothing in it is unusual: no escape, no `null`, no flag in quotes, no value over lines but blocks."""
        return self.marks.__class__ is not Marks

    @cached_property
    def _sorted(self) -> Marks:
        if isinstance(self.marks, Marks):
            return self.marks
        return (self.marks or events_of(self.source)).of(self.data)

    @property
    def values(self) -> Mapping[Pointer, Any]:
        """The parser's event of every value."""
        return self._sorted.values

    @property
    def keys(self) -> Mapping[Pointer, Any]:
        """The parser's event of every key."""
        return self._sorted.keys

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The source, line by line, without line ends: for excerpts."""
        return tuple(line.removesuffix("\r") for line in self.source.split("\n"))

    def place_of(self, pointer: Pointer) -> Place:
        """Where the value at `pointer` stands; of something missing or empty, its key or what is around it."""
        if self.marks is None and len(pointer) == 1 and (span := place_of_word(self.data, self.source, pointer[0])):
            return self._span(*span)
        event = self.values.get(pointer)
        if event is None:
            return self.key_place_of(pointer)
        if event.start_mark.index != event.end_mark.index:
            return self._place(event)
        if pointer in self.keys:
            return self.key_place_of(pointer)
        inside = next((key for key in self.keys if key[:-1] == pointer), None)
        return self._place(self.keys[inside]) if inside else self._place(event)

    def key_place_of(self, pointer: Pointer) -> Place:
        """Where the key of `pointer` stands; of an item of a list, its value; else what is around it."""
        if pointer in self.keys:
            return self._place(self.keys[pointer])
        if pointer in self.values:
            return self.place_of(pointer) if pointer else START
        return self.key_place_of(pointer[:-1]) if pointer else START

    def first_key_place(self) -> Place:
        """Where the first key of the file stands."""
        if self.marks is None:
            key = next(iter(self.data))
            line = self.source.count("\n", 0, place_of_key(self.source, key)) + 1
            return Place(line, 1, line, len(key) + 1)
        if isinstance(self.marks, InOrder) and self.data:
            return self._place(self.marks.events[1])
        return self.key_place_of((next(iter(self.data), ""),))

    def place_in(self, pointer: Pointer, needle: str, nth: int = 0) -> Place:
        """Where the `nth` (from 0) `needle` of a text stands; the whole text when it is written with escapes."""
        event = self.values.get(pointer)
        if event is None or not needle:
            return self.place_of(pointer)
        at, end = event.start_mark.index - 1, event.end_mark.index
        for _ in range(nth + 1):
            at = self.source.find(needle, at + 1, end)
            if at < 0:
                return self.place_of(pointer)
        return self._span(at, at + len(needle))

    def place_at(self, pointer: Pointer, text: str, at: int, piece: str) -> Place | None:
        """Where a piece of one line, at `at` of the value `text`, stands; None where lines are joined or escaped."""
        event = self.values[pointer]
        if event.style == "|":
            number = event.start_mark.line + 1 + text.count("\n", 0, at)
            line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
            column = len(self.lines[number]) - len(line) + at - text.rfind("\n", 0, at)
            return Place(number + 1, column, number + 1, column + len(piece))
        begin = self.source.find(text, event.start_mark.index, event.end_mark.index)
        return None if begin < 0 else self._span(begin + at, begin + at + len(piece))

    def is_plain(self, pointer: Pointer) -> bool:
        """Whether the scalar was written without quotes and not as a block."""
        return not getattr(self.values.get(pointer), "style", None)

    def joined_line(self, pointer: Pointer) -> Place | None:
        """The first line of a value that YAML brings nearer to the one before; None in a block, or without one.

        It joins the two with a space, or drops the one empty line between them. Two empty lines, a backslash at the
        end of the first or an escaped line end beside them say that it is meant.
        """
        if self.straight:
            return None
        event = self.values.get(pointer)
        style = getattr(event, "style", None) or ""
        if event is None or style in ("|", ">") or event.start_mark.line == event.end_mark.line:
            return None
        joined = r"[^\s\\][ \t]*\r?\n[ \t]*(?=\S)"
        parted = r"[^\s\\](?<!\\n)[ \t]*\r?\n[ \t]*\r?\n[ \t]*(?=\S)(?!\\n)"
        match = re.compile(f"{joined}|{parted}").search(self.source, event.start_mark.index, event.end_mark.index)
        if match is None:
            return None
        line, column = self._line_and_column(match.end())
        return Place(line, column, line, len(self.lines[line - 1].rstrip()) + 1)

    def _span(self, start: int, end: int) -> Place:
        return Place(*self._line_and_column(start), *self._line_and_column(end))

    def _line_and_column(self, index: int) -> tuple[int, int]:
        return self.source.count("\n", 0, index) + 1, index - self.source.rfind("\n", 0, index)

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        line, column = end.line, end.column
        # A block's end is where the next thing begins; what is underlined ends with the last written line.
        while column == 0 and line > start.line:
            line -= 1
            column = len(self.lines[line].rstrip()) if line < len(self.lines) else 0
        return Place(start.line + 1, start.column + 1, line + 1, column + 1)
