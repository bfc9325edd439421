"""A text longer than a post becomes a chain: the file's own text, and the rest as parts under `thread:`.

A text is cut where a sentence or a paragraph ends; only where a sentence alone is too long at a line's end, between two
words, and at last between two characters as readers see them. Never in a link, a mention or a hashtag. The white space
at a cut is dropped, all else is kept: the parts joined are the text but for that.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

import regex

from publisher.content.document import Document, parse
from publisher.content.editing.formatting import ended_as
from publisher.content.editing.layout import Leaf, layout
from publisher.content.editing.replacing import Replacement, replaced
from publisher.content.editing.scalars import escaped, literal
from publisher.content.text_rules import TEXT_LIMIT, characters, graphemes, links

Measure = Callable[[str], int]

# What ends a sentence in any script (the danda of Hindi, the full stop of Urdu, …), with the quotes and brackets that
# close behind it; Chinese and Japanese need no space after it.
_SENTENCE = regex.compile(r"[\p{Sentence_Terminal}…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』）]*|\n(?=[ \t]*\n)")
_LINE = re.compile(r"(?=\n)")
_WORD = re.compile(r"(?<=\S)(?=\s)")
_MENTION = re.compile(r"[@#][\w.]+")


class CannotSplit(Exception):
    """Why a file stays as it is, in one clause."""


def split_text(text: str, limit: int = TEXT_LIMIT, measure: Measure = characters) -> list[str]:
    """The parts of a text, each of at most `limit` by `measure`. Raises `CannotSplit` for a link that is longer.

    >>> split_text("One is here. Two is there.", limit=15)
    ['One is here.', 'Two is there.']
    """
    kept = _never_cut(text)
    ranks = [_allowed(_ends(pattern, text), kept) for pattern in (_SENTENCE, _LINE, _WORD)]
    ranks.append(_allowed(_grapheme_ends(text), kept))
    parts, at = [], 0
    while at < len(text):
        end = _cut(text, at, ranks, limit, measure)
        part = text[at:end].rstrip()
        if part:
            parts.append(part)
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return parts


def _cut(text: str, at: int, ranks: list[list[int]], limit: int, measure: Measure) -> int:
    """Where the part that begins at `at` ends: the last place of the best rank that still fits."""
    if measure(text[at:].rstrip()) <= limit:
        return len(text)
    for ends in ranks:
        best = None
        for end in ends[bisect_left(ends, at + 1) :]:
            if measure(text[at:end].rstrip()) > limit:
                break
            if text[at:end].strip():
                best = end
        if best is not None:
            return best
    raise CannotSplit(f"a link or a word that may not be cut is longer than {limit} characters")


def _ends(pattern: Any, text: str) -> Iterator[int]:
    return (match.end() for match in pattern.finditer(text))


def _grapheme_ends(text: str) -> Iterator[int]:
    at = 0
    for grapheme in graphemes(text):
        at += len(grapheme)
        yield at


def _allowed(ends: Iterator[int], kept: set[int]) -> list[int]:
    return [end for end in ends if end not in kept]


def _never_cut(text: str) -> set[int]:
    """The places inside links, mentions, hashtags and characters as readers see them."""
    inside: set[int] = set()
    at = 0
    for link in links(text):
        at = text.index(link, at)
        inside.update(range(at + 1, at + len(link)))
        at += len(link)
    for match in _MENTION.finditer(text):
        end = match.start() + len(match[0].rstrip("."))
        inside.update(range(match.start() + 1, end))
    boundaries = set(_grapheme_ends(text))
    return inside | {place for place in range(1, len(text)) if place not in boundaries}


def split_post(path: str, data: bytes, limit: int = TEXT_LIMIT, measure: Measure = characters) -> tuple[bytes, int]:
    """The file with its text as a chain, and of how many parts the text is now. One: the file is as it was.

    Raises `CannotSplit`; a file that is not YAML is one such, and `validate` tells what is wrong with it.
    """
    unix = parse(path, data.replace(b"\r\n", b"\n"))
    found = layout(unix) if isinstance(unix, Document) else None
    if not isinstance(unix, Document) or found is None:
        raise CannotSplit("it is not YAML, or its keys are in brackets")
    text = unix.data.get("text")
    entry = next((entry for entry in found.root.entries if entry.key == "text"), None)
    if not isinstance(text, str) or entry is None or not isinstance(entry.value, Leaf):
        raise CannotSplit("it has no text")
    first, *rest = split_text(text, limit, measure) or [""]
    if not rest:
        return data, 1
    source = replaced(unix.source, _replacements(unix, entry.value, first, rest, entry.tail))
    new = ended_as(data, source)
    if _said(path, new) != [first, *rest, *_thread(unix)]:
        raise CannotSplit("a part would change on the way into the file")
    return new, 1 + len(rest)


def _replacements(document: Document, leaf: Leaf, first: str, rest: list[str], tail: str) -> Iterator[Replacement]:
    start = document.values[("text",)].start_mark.index
    end = start + len(leaf.written)
    block = literal(first, 2) or [escaped(first)]
    # A comment behind the text, or behind its header, stands behind the header of the new block.
    moves = leaf.is_block or len(block) > 1
    yield Replacement(start, end, "\n".join((block[0] + (tail if moves else ""), *block[1:])))
    if moves and tail and not leaf.is_block:
        line = document.source.find("\n", end)
        yield Replacement(end, line if line >= 0 else len(document.source), "")
    thread = document.values.get(("thread",))
    margin = thread.start_mark.column if thread is not None else 2
    lines = [line for part in rest for line in _item(part, margin)]
    if thread is None:
        below = document.source.find("\n", end)
        at = below if below >= 0 else len(document.source)
        yield Replacement(at, at, "\n" + "\n".join(("thread:", *lines)))
        return
    if thread.__class__.__name__ != "SequenceStartEvent" or thread.flow_style:
        raise CannotSplit("its thread is not a list with an item on each line")
    at = document.source.rfind("\n", 0, thread.start_mark.index) + 1
    yield Replacement(at, at, "\n".join(lines) + "\n")


def _item(part: str, margin: int) -> list[str]:
    first, *rest = literal(part, margin + 4) or [escaped(part)]
    return [f"{' ' * margin}- text: {first}", *rest]


def _said(path: str, data: bytes) -> list[str]:
    document = parse(path, data)
    return [str(document.data.get("text")), *_thread(document)] if isinstance(document, Document) else []


def _thread(document: Document) -> list[str]:
    parts = document.data.get("thread", [])
    return [str(part.get("text")) if isinstance(part, dict) else str(part) for part in parts]
