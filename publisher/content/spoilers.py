"""Pieces of a text that are hidden until somebody taps them: where they stand, in the units that Threads counts. Pure.

The author writes the words; Threads wants offsets. Every place where the words stand is hidden, because a spoiler
that shows once is none. Offsets count UTF-16 units, as Meta's own sample does (docs/threads.md, Text).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

SPOILER_LIMIT = 10  # ranges of one post


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of a text."""

    offset: int  # UTF-16 units from the beginning
    length: int  # UTF-16 units
    piece: str  # the words that stand there


def ranges(text: str, pieces: Iterable[str]) -> tuple[Range, ...]:
    """Where the pieces stand, in order; each as often as it is there, a piece named twice once."""
    found = {place for piece in dict.fromkeys(pieces) for place in places(text, piece)}
    return tuple(
        Range(utf16_units(text[:start]), utf16_units(text[start:end]), text[start:end]) for start, end in sorted(found)
    )


def overlapping(found: tuple[Range, ...]) -> tuple[Range, Range] | None:
    """The first two ranges, in order, that share a character."""
    return next(((one, other) for one, other in pairwise(found) if one.offset + one.length > other.offset), None)


def readings_part(text: str, found: tuple[Range, ...]) -> bool:
    """Whether bytes, code points and UTF-16 units give different offsets: Meta does not say which it counts."""
    if text.isascii() or not found:
        return False
    last = found[-1]
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (last.offset + last.length)]
    return not units.decode("utf-16-le", "surrogatepass").isascii()


def utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def places(text: str, piece: str) -> Iterator[tuple[int, int]]:
    """Where a piece stands, in code points from 0, its end exclusive; none overlaps the one before."""
    start = text.find(piece) if piece else -1
    while start >= 0:
        yield start, start + len(piece)
        start = text.find(piece, start + len(piece))
