"""Replacements at places of a text."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """Instead of what stands from `start` to `end`, in code points from 0, comes `text`."""

    start: int
    end: int
    text: str


def replaced(source: str, replacements: Iterable[Replacement]) -> str:
    """The text with all replacements, which must not overlap."""
    pieces, at = [], 0
    for each in sorted(replacements):
        if each.start < at:
            raise ValueError("two replacements overlap")
        pieces += [source[at : each.start], each.text]
        at = each.end
    return "".join((*pieces, source[at:]))
