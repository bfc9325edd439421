"""Where everything in a YAML file stands: the parser's events, by pointer.

Nearly every file is sound and asked for no place at all. So a file that was read straight through keeps its events in
the order they came in, and they are sorted by pointer when the first place is asked for. Of a file that was read
without a parser there are no events at all, until then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Pointer = tuple[str | int, ...]  # keys and indexes from the root: ("media", 0, "alt")


class Marks(NamedTuple):
    """Every value and every key of a file, in their order, with the parser's event of each."""

    values: Mapping[Pointer, Any]
    keys: Mapping[Pointer, Any]


@dataclass(frozen=True, slots=True)
class InOrder:
    """The events of a mapping without anything unusual in it, from its start on; the ends of collections left out."""

    events: Sequence[Any] = field(repr=False)

    def of(self, data: dict[str, Any]) -> Marks:
        """The events by pointer. `data` is what they gave."""
        events = iter(self.events)
        values: dict[Pointer, Any] = {(): next(events)}
        keys: dict[Pointer, Any] = {}
        _sort(data, (), events, values, keys)
        return Marks(values, keys)


def _sort(data: Any, at: Pointer, events: Iterator[Any], values: dict[Pointer, Any], keys: dict[Pointer, Any]) -> None:
    if isinstance(data, dict):
        for key, below in data.items():
            pointer = (*at, key)
            keys[pointer] = next(events)
            values[pointer] = next(events)
            _sort(below, pointer, events, values, keys)
    elif isinstance(data, list):
        for number, below in enumerate(data):
            values[(*at, number)] = next(events)
            _sort(below, (*at, number), events, values, keys)
