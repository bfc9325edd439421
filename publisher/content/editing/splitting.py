"""Where a text that is longer than a post is cut.

It is cut where a sentence or a paragraph ends; only where a sentence alone is too long at a line's end, between two
words, and at last between two characters as readers see them. Never in a link, a mention, a hashtag or a piece that is
hidden. The white space at a cut is dropped, all else is kept: the parts joined are the text but for that.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any

import regex

from publisher.content.spoilers import places
from publisher.content.text_rules import TEXT_LIMIT, characters, graphemes, links

Measure = Callable[[str], int]

# What ends a sentence in any script (the danda of Hindi, the full stop of Urdu, …), with the quotes and brackets that
# close behind it; Chinese and Japanese need no space after it. A single letter, as in "e.g." and "J. R.", and a title
# have a full stop of their own. A row of full stops is looked at once, from its beginning.
_SHORT = r"(?<!\b(?:\p{L}|Dr|Mr|Mrs|Ms|Mme|Prof|St|Sr|Sra|vs|Nr|bzw|ca|vgl)\.)"
_STOPS = r"(?<![\p{Sentence_Terminal}…])[\p{Sentence_Terminal}…]++"
_SENTENCE = regex.compile(rf"{_STOPS}{_SHORT}[\"'”’»)\]]*+(?=\s)|[。！？]+[」』）]*|\n(?=[ \t]*+\n)")
_LINE = re.compile(r"(?=\n)")
_WORD = re.compile(r"(?<=\S)(?=\s)")
_MENTION = re.compile(r"[@#][\w.]+")


class CannotSplit(Exception):
    """Why a file stays as it is, in one clause; `fix` where `validate` would not tell what to do."""

    def __init__(self, reason: str, *, fix: str = "") -> None:
        super().__init__(reason)
        self.fix = fix


def split_text(
    text: str, limit: int = TEXT_LIMIT, measure: Measure = characters, hidden: Iterable[str] = ()
) -> list[str]:
    """The parts of a text, each of at most `limit` by `measure`; the pieces that are `hidden` stay whole.

    Raises `CannotSplit` for a link or a piece that is longer.

    >>> split_text("One is here. Two is there.", limit=15)
    ['One is here.', 'Two is there.']
    """
    kept = _never_cut(text) | _hiding(text, hidden)
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
    raise CannotSplit(f"a link, or what may not be cut, is longer than {limit} characters")


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


def _hiding(text: str, pieces: Iterable[str]) -> set[int]:
    """The places inside hidden pieces, and those where a cut would drop white space that begins or ends one."""
    changes = [0] * (len(text) + 2)  # how many pieces begin at a place, less those that have ended there
    words = _Words(text)
    for piece in dict.fromkeys(pieces):
        for start, end in places(text, piece):
            changes[words.end_before(start) if piece[0].isspace() else start + 1] += 1
            changes[(words.start_after(end) if piece[-1].isspace() else end - 1) + 1] -= 1
    return {place for place, around in enumerate(accumulate(changes)) if around > 0}


class _Words:
    """Where the white space around a place of a text begins and ends; found once for all places."""

    def __init__(self, text: str) -> None:
        places = range(len(text))
        self._ends = [0, *accumulate((0 if text[at].isspace() else at + 1 for at in places), max)]
        starts = accumulate((len(text) if text[at].isspace() else at for at in reversed(places)), min)
        self._starts = [len(text), *starts][::-1]

    def end_before(self, place: int) -> int:
        return self._ends[place]

    def start_after(self, place: int) -> int:
        return self._starts[place]
