"""The document of a file that holds nothing unusual, which is nearly every one: one pass, no question asked twice.

Whatever could need a word to the author, an alias, a second document, a value over several lines without `|` or `>`, a
`true` in quotes, makes this give up. `building` then reads the file again, slowly, and explains.
"""

from collections.abc import Callable, Iterator
from typing import Any

import yaml

from publisher.content.marks import InOrder

MAX_DEPTH = 20
MAX_NODES = 2_000

try:
    from yaml._yaml import CParser as CParser
except ImportError:  # PyYAML was built without libyaml: the same events, slower
    CParser = None  # type: ignore[assignment,misc]

_Event = Callable[[], Any]
_Keep = Callable[[Any], None]
_SCALAR, _MAPPING, _SEQUENCE = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
NOTHING = frozenset(("null", "Null", "NULL", "~"))
FLAGS = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))


class _Unusual(Exception):
    """Something that a closer look must decide about."""


def read_straight(data: bytes, source: str) -> tuple[dict[str, Any], InOrder] | None:
    """What a file says and its events, or None: it is to be looked at closely. `source` is `data` in characters."""
    if CParser is None:
        return None
    try:
        parser = CParser(data)
        event = parser.get_event
        event()  # the start of the stream
        start: Any = event()
        root: Any = event()
        if root.__class__ is not _MAPPING or start.tags or root.anchor is not None or root.tag is not None:
            return None
        kept = [root]
        read = _mapping(event, kept.append, 1)
        event()  # the end of the document
        if event().__class__ is not yaml.StreamEndEvent or len(kept) > MAX_NODES:
            return None
    except (_Unusual, yaml.YAMLError):
        return None
    except AttributeError:  # an event without what was asked of it: an alias, the end of the stream
        return None
    if ("\\" in source and _escapes(kept, source)) or ((" #" in source or "\t#" in source) and _swallows(kept, source)):
        return None
    return read, InOrder(kept)


def events_of(source: str) -> InOrder:
    """The events of a file that is known to be straight."""
    read = read_straight(source.encode(), source)
    assert read is not None
    return read[1]


def _mapping(event: _Event, keep: _Keep, depth: int) -> dict[str, Any]:
    read: dict[str, Any] = {}
    while (key := event()).__class__ is _SCALAR:
        name = key.value
        if name in read or name == "<<" or key.anchor is not None or key.tag is not None:
            raise _Unusual
        keep(key)
        value = event()
        keep(value)
        read[name] = _text(value) if value.__class__ is _SCALAR else _collection(value, event, keep, depth + 1)
    if key.__class__ is not yaml.MappingEndEvent:
        raise _Unusual
    return read


def _sequence(event: _Event, keep: _Keep, depth: int) -> list[Any]:
    read: list[Any] = []
    while (value := event()).__class__ is not yaml.SequenceEndEvent:
        keep(value)
        read.append(_text(value) if value.__class__ is _SCALAR else _collection(value, event, keep, depth + 1))
    return read


def _collection(start: Any, event: _Event, keep: _Keep, depth: int) -> Any:
    if start.anchor is not None or start.tag is not None or depth > MAX_DEPTH:
        raise _Unusual
    if start.__class__ is _MAPPING:
        return _mapping(event, keep, depth)
    if start.__class__ is _SEQUENCE:
        return _sequence(event, keep, depth)
    raise _Unusual


def _text(event: Any) -> Any:
    value, style = event.value, event.style
    if style != "|" and style != ">":
        if event.start_mark.line != event.end_mark.line or value in (FLAGS if style else NOTHING):
            raise _Unusual
    elif value in FLAGS:
        raise _Unusual
    if event.anchor is not None or event.tag is not None:
        raise _Unusual
    return value


def _escapes(events: list[Any], source: str) -> bool:
    """Whether a text is written with escapes: what it holds does not stand in the file."""
    return any("\\" in source[each.start_mark.index : each.end_mark.index] for each in _scalars(events, '"'))


def _swallows(events: list[Any], source: str) -> bool:
    """Whether a comment stands behind an unquoted word, where its author may have meant it to be read."""
    return any("#" in source[each.end_mark.index :].partition("\n")[0] for each in _scalars(events, None))


def _scalars(events: list[Any], style: str | None) -> Iterator[Any]:
    return (event for event in events if isinstance(event, _SCALAR) and (event.style or None) == style)
