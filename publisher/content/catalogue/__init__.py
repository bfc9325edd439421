"""Every code once: what it means, why it matters, what to do, and an example of each side of it.

Findings take their reason and remedy from here, `publisher explain` prints it, the reference page is made of it. A code
is a letter (E blocks, W warns) and three digits that never change meaning; the first digit is the area: 1 YAML,
2 content, 3 media, 4 state, 5 configuration, 6 credentials, 7 API. One module for each area.
"""

from functools import cache
from importlib import import_module

from publisher.content.catalogue.entry import Entry

_AREAS = {"1": "yaml", "2": "content", "3": "media", "4": "state", "5": "configuration", "6": "credentials", "7": "api"}


@cache
def _area(digit: str) -> dict[str, Entry]:
    if digit not in _AREAS:
        return {}
    entries: tuple[Entry, ...] = import_module(f"{__name__}.{_AREAS[digit]}").ENTRIES
    return {entry.code: entry for entry in entries}


def entry(code: str) -> Entry | None:
    """What is known of a code; None for one that does not exist.

    >>> entry("E105").title
    'a key is written twice'
    """
    return _area(code[1:2]).get(code)


def all_entries() -> tuple[Entry, ...]:
    """Every code, in the order of its digits."""
    return tuple(
        sorted((entry for digit in _AREAS for entry in _area(digit).values()), key=lambda e: (e.code[1:], e.code))
    )
