"""The texts of a post file that are longer than a post takes, as parts of its chain: its own text and those of parts.

The rest of a text that is cut follows as parts of their own. What else belongs to it (media, a link, …) stays with its
beginning; a piece under `spoilers:` goes with the words that it hides. Only what changes is written anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from publisher.content.document import Document
from publisher.content.editing.formatting import ended_as
from publisher.content.editing.layout import Branch, Entry, Leaf, layout
from publisher.content.editing.replacing import Replacement, replaced
from publisher.content.editing.scalars import escaped, literal
from publisher.content.editing.splitting import CannotSplit, Measure, split_text
from publisher.content.kinds.chain import RULES
from publisher.content.parsing import parse
from publisher.content.schema import conform
from publisher.content.text_rules import TEXT_LIMIT, characters
from publisher.content.view import View

_NO_LIST = "its thread is not a list with an item on each line"


@dataclass(frozen=True, slots=True)
class Split:
    """What became of one file."""

    data: bytes
    added: int  # parts that are new; 0: the file is as it was
    total: int  # parts of the chain, the file's own text among them


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    hidden: tuple[int, ...]  # which of the pieces under `spoilers:` stand in it

    def said(self, pieces: list[str]) -> dict[str, Any]:
        own = {"text": self.text}
        return {**own, "spoilers": [pieces[n] for n in self.hidden]} if self.hidden else own


@dataclass(frozen=True, slots=True)
class _Cut:
    """The file itself, or a part of its thread, and what its text comes to."""

    holder: Branch
    pieces: list[str]
    parts: list[_Part]


def split_post(path: str, data: bytes, limit: int = TEXT_LIMIT, measure: Measure = characters) -> Split:
    """The file with every text that is longer than `limit` by `measure` as a chain.

    Raises `CannotSplit`; a file that is not YAML is one such, and `validate` tells what is wrong with it.
    """
    before = parse(path, data.replace(b"\r\n", b"\n"))
    found = layout(before) if isinstance(before, Document) else None
    if not isinstance(before, Document) or found is None:
        raise CannotSplit("it is not YAML, or its keys are in brackets")
    thread = before.data.get("thread")
    thread = thread if isinstance(thread, list) else []
    holders = [before.data, *(part for part in thread if isinstance(part, dict))]
    if not any(isinstance(holder.get("text"), str) for holder in holders):
        raise CannotSplit("it has no text")
    cuts = list(_cuts(before, found.root, limit, measure))
    added = sum(len(cut.parts) - 1 for cut in cuts)
    if not cuts:
        return Split(data, 0, 1 + len(thread))
    said = View(before, (), conform(before, "post").data)
    for key, why in RULES.forbids.items():
        if said.has(key):
            raise CannotSplit(f"a chain cannot have {key}: {why}", fix=f"shorten the text, or remove {key}")
    source = replaced(before.source, (each for cut in cuts for each in _replacements(before, cut)))
    new = ended_as(data, source)
    after = parse(path, new)
    if not isinstance(after, Document) or after.data != _expected(before, cuts):
        raise CannotSplit("a part would change on the way into the file")
    if after.source.count("#") < before.source.count("#"):
        raise CannotSplit("a comment would be lost")
    return Split(new, added, 1 + len(thread) + added)


# --- what is cut ------------------------------------------------------------------------------------------------------


def _cuts(document: Document, root: Branch, limit: int, measure: Measure) -> Iterator[_Cut]:
    if (cut := _cut(document.data, root, limit, measure)) is not None:
        yield cut
    thread = _entry(root, "thread")
    parts = document.data.get("thread")
    for number, part in enumerate(parts if isinstance(parts, list) else ()):
        holder = thread.value.entries[number].value if thread and isinstance(thread.value, Branch) else None
        if isinstance(part, dict) and (cut := _cut(part, holder, limit, measure)) is not None:
            yield cut


def _cut(said: dict[str, Any], holder: Branch | Leaf | None, limit: int, measure: Measure) -> _Cut | None:
    """None for a text that fits, and for what has none."""
    text, pieces = said.get("text"), said.get("spoilers", [])
    if not isinstance(text, str) or measure(text) <= limit:
        return None
    if not isinstance(holder, Branch):
        raise CannotSplit("a part of its thread is in brackets" if holder is not None else _NO_LIST)
    pieces = [piece for piece in pieces if isinstance(piece, str)] if isinstance(pieces, list) else []
    texts = split_text(text, limit, measure, pieces)
    if len(texts) < 2:
        return None
    everywhere = range(len(pieces))
    hidden = [[n for n in everywhere if pieces[n] and pieces[n] in each] for each in texts]
    # What stands nowhere stays where it was: `validate` tells of it.
    lost = set(everywhere).difference(*hidden)
    hidden[0] = sorted({*hidden[0], *lost})
    return _Cut(holder, pieces, [_Part(*each) for each in zip(texts, map(tuple, hidden), strict=True)])


def _entry(branch: Branch, key: str) -> Entry | None:
    return next((entry for entry in branch.entries if entry.key == key), None)


def _expected(document: Document, cuts: list[_Cut]) -> dict[str, Any]:
    """What the file must say afterwards."""
    by_holder = {cut.holder.pointer: cut for cut in cuts}
    root, *thread = _chain(document.data, by_holder.get(()))
    for number, part in enumerate(document.data.get("thread", [])):
        thread += _chain(part, by_holder.get(("thread", number)))
    return {**root, "thread": thread}


def _chain(said: Any, cut: _Cut | None) -> list[Any]:
    if cut is None:
        return [said]
    first, *rest = (part.said(cut.pieces) for part in cut.parts)
    return [{**{key: value for key, value in said.items() if key != "spoilers"}, **first}, *rest]


# --- how it is written ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece under `spoilers:`, with the comments that belong to it."""

    written: str
    above: tuple[str, ...] = ()
    tail: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spoilers:
    """The key `spoilers:` as it stands in the file."""

    start: int
    end: int
    column: int
    tail: str
    pieces: tuple[_Piece, ...]


def _replacements(document: Document, cut: _Cut) -> Iterator[Replacement]:
    text, key = _entry(cut.holder, "text"), _entry(cut.holder, "spoilers")
    if text is None or not isinstance(text.value, Leaf):
        raise CannotSplit("it has no text")
    yield _shorter_text(document, text, text.value, cut.parts[0].text)
    spoilers = _spoilers(document, key) if key is not None and cut.pieces else None
    if spoilers is not None and len(cut.parts[0].hidden) < len(cut.pieces):
        yield _fewer_pieces(document.source, spoilers, cut.parts)
    yield _longer_chain(document, cut, text.value, spoilers)


def _shorter_text(document: Document, entry: Entry, leaf: Leaf, value: str) -> Replacement:
    column = document.keys[leaf.pointer].start_mark.column
    end, comments = _end(document, leaf, column)
    # A comment behind the text goes behind the header of the block; one below it must not become the block's last line.
    first, *rest = literal(value, column + 2) or [escaped(value)]
    lines = (first + entry.tail, *rest, *_indented(comments, column))
    return Replacement(document.values[leaf.pointer].start_mark.index, end, "\n".join(lines))


def _fewer_pieces(source: str, spoilers: _Spoilers, parts: list[_Part]) -> Replacement:
    if parts[0].hidden:
        lines = _spoiler_lines(spoilers, parts, 0, spoilers.column)
        return Replacement(spoilers.start, spoilers.end, "\n".join(lines).lstrip())
    line = source.rfind("\n", 0, spoilers.start) + 1
    before = source[line : spoilers.start].rstrip()
    if before:  # the hyphen of a part
        return Replacement(line + len(before), spoilers.end, "")
    return Replacement(line - 1, spoilers.end, "") if line else Replacement(0, spoilers.end + 1, "")


def _longer_chain(document: Document, cut: _Cut, text: Leaf, spoilers: _Spoilers | None) -> Replacement:
    if cut.holder.pointer:
        margin = document.values[cut.holder.pointer[:-1]].start_mark.column
        at, _ = _end(document, cut.holder, margin)
        return Replacement(at, at, "\n" + _items(cut, margin, spoilers))
    thread = document.values.get(("thread",))
    if thread is None:
        at, _ = _end(document, text, 0)
        return Replacement(at, at, "\nthread:\n" + _items(cut, 2, spoilers))
    if not isinstance(document.data["thread"], list) or thread.flow_style:
        raise CannotSplit(_NO_LIST)
    at = document.source.rfind("\n", 0, thread.start_mark.index) + 1
    return Replacement(at, at, _items(cut, thread.start_mark.column, spoilers) + "\n")


def _items(cut: _Cut, margin: int, spoilers: _Spoilers | None) -> str:
    lines: list[str] = []
    for number, part in enumerate(cut.parts[1:], start=1):
        first, *rest = literal(part.text, margin + 4) or [escaped(part.text)]
        lines += [f"{' ' * margin}- text: {first}", *rest]
        if spoilers is not None and part.hidden:
            lines += _spoiler_lines(spoilers, cut.parts, number, margin + 2)
    return "\n".join(lines)


def _spoilers(document: Document, entry: Entry) -> _Spoilers:
    key = document.keys[entry.value.pointer].start_mark
    end, below = _end(document, entry.value, key.column)
    if isinstance(entry.value, Branch):
        pieces = [_piece(document, each) for each in entry.value.entries]
    else:
        events = (document.values[pointer] for pointer in document.values if pointer[:-1] == entry.value.pointer)
        written = ((event, document.source[event.start_mark.index : event.end_mark.index]) for event in events)
        pieces = [_Piece(_on_one_line(each, event.value)) for event, each in written]
    pieces[-1] = replace(pieces[-1], below=below)
    return _Spoilers(key.index, end, key.column, entry.tail, tuple(pieces))


def _piece(document: Document, entry: Entry) -> _Piece:
    written = entry.value.written if isinstance(entry.value, Leaf) else ""
    value = document.values[entry.value.pointer].value
    return _Piece(_on_one_line(written, value), entry.leading, entry.tail, entry.trailing)


def _on_one_line(written: str, value: str) -> str:
    return escaped(value) if "\n" in written else written


def _spoiler_lines(spoilers: _Spoilers, parts: list[_Part], number: int, column: int) -> list[str]:
    """The key with the pieces of one part; a comment goes with the first part that has its piece."""
    told = {n for part in parts[:number] for n in part.hidden}
    lines = [f"{' ' * column}spoilers:{'' if told else spoilers.tail}"]
    for n in parts[number].hidden:
        piece = spoilers.pieces[n] if n not in told else _Piece(spoilers.pieces[n].written)
        lines += _indented(piece.above, column + 2)
        lines.append(f"{' ' * (column + 2)}- {piece.written}{piece.tail}")
        lines += _indented(piece.below, column + 2)
    return lines


def _indented(comments: tuple[str, ...], column: int) -> list[str]:
    return [" " * column + line if line else "" for line in comments]


def _end(document: Document, value: Leaf | Branch, column: int) -> tuple[int, tuple[str, ...]]:
    """Where an entry ends that stands at `column`, and its last lines: the comments below it that are deeper."""
    last = value
    while isinstance(last, Branch):
        last = last.entries[-1].value
    source = document.source
    end = at = _line_end(source, document.values[last.pointer].start_mark.index + len(last.written))
    lines: list[str] = []
    comments = 0
    while at < len(source):
        line = source[at + 1 : (below := _line_end(source, at + 1))]
        if line.strip():
            if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) <= column:
                break
            end, comments = below, len(lines) + 1
        lines.append(line.strip())
        at = below
    return end, tuple(lines[:comments])


def _line_end(source: str, at: int) -> int:
    end = source.find("\n", at)
    return len(source) if end < 0 else end
