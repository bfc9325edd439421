"""A post file as entries, each with the comments and blank lines that belong to it.

The parser gives places for what is data. What stands between two places is punctuation, blank lines and comments, and
is shared out here: a comment behind a value stays with the value; one on a line of its own belongs to what follows,
unless it is indented deeper than that: then it closes what went before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from publisher.content.document import Document
from publisher.content.marks import Pointer

_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*(?P<tail>[ \t]+#.*)?")
_PUNCTUATION = re.compile(r"(?:[-?:](?=[ \t]|$)[ \t]*)+")
# A line that ends the head of a file: a blank one, a directive, the start of the document, the editor's modeline.
_ENDS_HEAD = re.compile(r"$|%|---|#\s*(?:yaml-language-server:|\$schema:)")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value as it is written; a list or mapping in brackets is one too."""

    pointer: Pointer
    written: str  # from its first character to its last; of a block, with its header
    column: int  # of its first character, from 0

    @property
    def is_block(self) -> bool:
        return self.written.startswith(("|", ">"))


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapping or a list, an entry a line or more."""

    pointer: Pointer
    entries: tuple["Entry", ...]
    is_list: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, or an item of a list."""

    key: str | None  # None for an item
    written: str  # the key as it is written, with its quotes; "" for an item
    value: Leaf | Branch
    leading: tuple[str, ...]  # the lines above it: "" or a comment
    tail: str  # the comment behind it, with the space before it: "  # why"
    trailing: tuple[str, ...]  # the lines below it that belong to nothing else


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole file."""

    head: tuple[str, ...]  # the modeline, a comment about the file, `---`
    root: Branch
    end: tuple[str, ...]


def layout(document: Document) -> Layout | None:
    """The entries of a file whose line ends are `\\n`; None when its root is in brackets."""
    root = document.values[()]
    if root.flow_style:
        return None
    return _Reader(document).read()


@dataclass(slots=True)
class _Gaps:
    """What has been found between values, by the entry it belongs to."""

    leading: dict[Pointer, tuple[str, ...]] = field(default_factory=dict)
    tail: dict[Pointer, str] = field(default_factory=dict)
    trailing: dict[Pointer, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Thing:
    """A key or a leaf in the order of the file."""

    pointer: Pointer
    start: int
    end: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class _Line:
    text: str  # "" or a comment
    column: int


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = document.source
        self.gaps = _Gaps()
        self.head: tuple[str, ...] = ()
        self.end: tuple[str, ...] = ()

    def read(self) -> Layout:
        self._share_out(list(self._things((), self.document.data)))
        root = self._branch((), self.document.data)
        return Layout(self.head, root, self.end)

    # --- what there is, in order --------------------------------------------------------------------------------------

    def _things(self, pointer: Pointer, value: object) -> Iterator[_Thing]:
        if self._is_leaf(pointer, value):
            yield self._leaf_thing(pointer)
            return
        for name, below in _below(value):
            inside = (*pointer, name)
            if inside in self.document.keys:
                key = self.document.keys[inside]
                yield _Thing(inside, key.start_mark.index, key.end_mark.index, is_key=True)
            yield from self._things(inside, below)

    def _is_leaf(self, pointer: Pointer, value: object) -> bool:
        return not _below(value) or bool(self.document.values[pointer].flow_style)

    def _leaf_thing(self, pointer: Pointer) -> _Thing:
        event = self.document.values[pointer]
        start, end = event.start_mark.index, event.end_mark.index
        if hasattr(event, "flow_style"):
            end = self._closing(pointer, start)
        elif event.style in ("|", ">"):
            end = self._block_end(start, end, event.style, event.value)
        return _Thing(pointer, start, end, is_key=False)

    def _closing(self, pointer: Pointer, start: int) -> int:
        """Where the list or mapping in brackets that begins at `start` ends."""
        depth, at = 0, start
        inside = (*self.document.values.items(), *self.document.keys.items())
        scalars = {
            event.start_mark.index: event.end_mark.index
            for below, event in inside
            if below[: len(pointer)] == pointer and hasattr(event, "value")
        }
        while at < len(self.source):
            if scalars.get(at, at) > at:
                at = scalars[at]
                continue
            character = self.source[at]
            if character == "#":
                at = self._line_end(at)
                continue
            depth += (character in "[{") - (character in "]}")
            at += 1
            if depth == 0:
                break
        return at

    def _block_end(self, start: int, end: int, style: str, value: str) -> int:
        """Where the last line of a block ends: blank lines after it are not its own, but for those that it keeps."""
        written = self.source[start:end]
        header, *lines = written.split("\n")
        if "+" in header.partition("#")[0] or not value.strip("\n"):
            count = len(lines) - written.endswith("\n")
        elif style == "|":
            count = value.count("\n") + (not value.endswith("\n"))
        else:
            column = _text_column(lines)
            count = max((n for n, line in enumerate(lines, 1) if line[column:]), default=0)
        return start + len("\n".join((header, *lines[:count])))

    def _line_end(self, at: int) -> int:
        end = self.source.find("\n", at)
        return len(self.source) if end < 0 else end

    # --- what stands between ------------------------------------------------------------------------------------------

    def _share_out(self, things: list[_Thing]) -> None:
        first = things[0]
        lines = [line.text for line in _own_lines("\n" + self.source[: first.start])]  # the first line is one of them
        ends = max((n for n, line in enumerate(lines, 1) if _ENDS_HEAD.match(line)), default=0)
        self.head, self.gaps.leading[self._owner(first)[0]] = tuple(lines[:ends]), tuple(lines[ends:])
        for before, after in pairwise(things):
            self._between(before, after)
        last = things[-1]
        tail, lines_below = self._gap(self.source[last.end :] + "\n", last)
        self.gaps.tail[last.pointer] = tail
        self.gaps.trailing[last.pointer], self.end = _apart(lines_below, 0)

    def _between(self, before: _Thing, after: _Thing) -> None:
        gaps = self.gaps
        tail, lines = self._gap(self.source[before.end : after.start], before)
        if before.is_key and before.pointer == after.pointer:
            # A value on a line below its key comes up to it; a comment between the two goes above both.
            above = [tail.strip(), *(line.text for line in lines)] if lines else []
            owner, _ = self._owner(before)
            gaps.leading[owner] = (*gaps.leading.get(owner, ()), *filter(None, above))
            gaps.tail[before.pointer] = "" if lines else tail
            return
        owner, column = self._owner(after)
        if before.is_key:
            gaps.tail[before.pointer] = tail
            gaps.leading[owner] = tuple(line.text for line in lines)
        else:
            gaps.tail[before.pointer] = gaps.tail.get(before.pointer) or tail
            gaps.trailing[before.pointer], gaps.leading[owner] = _apart(lines, column)

    def _gap(self, gap: str, before: _Thing) -> tuple[str, list[_Line]]:
        """The comment behind `before`, and the lines of their own in the gap after it."""
        line = gap.partition("\n")[0]
        tail = line.removeprefix(":") if before.is_key else line
        if not before.is_key and self.source.startswith(("|", ">"), before.start):
            header = self.source[before.start : before.end].partition("\n")[0]
            match = _BLOCK_HEADER.match(header)
            tail = (match and match["tail"]) or tail
        return (tail.rstrip() if tail.lstrip().startswith("#") else ""), list(_own_lines(gap))

    def _owner(self, thing: _Thing) -> tuple[Pointer, int]:
        """The outermost entry that begins with `thing`, and the column it begins in."""
        pointer = thing.pointer
        column = thing.start - self.source.rfind("\n", 0, thing.start) - 1
        while pointer:
            around = pointer[:-1]
            if isinstance(pointer[-1], int):
                column = self.document.values[around].start_mark.column
            if not self._is_first(pointer) or not around or not isinstance(around[-1], int):
                break
            pointer = around
        return pointer, column

    def _is_first(self, pointer: Pointer) -> bool:
        value: object = self.document.data
        for name in pointer[:-1]:
            value = value[name]  # type: ignore[index]
        return next(name for name, _ in _below(value)) == pointer[-1]

    # --- the tree -----------------------------------------------------------------------------------------------------

    def _branch(self, pointer: Pointer, value: object) -> Branch:
        entries = tuple(self._entry((*pointer, name), below) for name, below in _below(value))
        return Branch(pointer, entries, isinstance(value, list))

    def _entry(self, pointer: Pointer, value: object) -> Entry:
        key = self.document.keys.get(pointer)
        event = self.document.values[pointer]
        below: Leaf | Branch
        if not self._is_leaf(pointer, value):
            below = self._branch(pointer, value)
        else:
            thing = self._leaf_thing(pointer)
            below = Leaf(pointer, self.source[thing.start : thing.end], event.start_mark.column)
        gaps = self.gaps
        return Entry(
            key=str(pointer[-1]) if key is not None else None,
            written=self.source[key.start_mark.index : key.end_mark.index] if key is not None else "",
            value=below,
            leading=gaps.leading.get(pointer, ()),
            tail=gaps.tail.get(pointer, ""),
            trailing=gaps.trailing.get(pointer, ()),
        )


def _below(value: object) -> tuple[tuple[str | int, object], ...]:
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(enumerate(value)) if isinstance(value, list) else ()


def _text_column(lines: list[str]) -> int:
    """The column at which the text of a folded block begins."""
    return min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")), default=0)


def _own_lines(gap: str) -> Iterator[_Line]:
    """The blank lines and comments of a gap, without the line it begins on and the one it ends on."""
    for line in gap.split("\n")[1:-1]:
        bare = line.strip()
        punctuation = _PUNCTUATION.match(bare)
        text = bare[punctuation.end() :] if punctuation else bare
        if text or not bare:
            yield _Line(text, len(line) - len(line.lstrip()))


def _apart(lines: list[_Line], column: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines that close what went before, and those that belong to what begins at `column`."""
    inner = next((n for n, line in enumerate(lines) if line.text and line.column <= column), len(lines))
    while inner and not lines[inner - 1].text:
        inner -= 1
    return tuple(line.text for line in lines[:inner]), tuple(line.text for line in lines[inner:])
