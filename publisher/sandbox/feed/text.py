"""A post's text cut where a link, a mention, a tag, a spoiler or a style begins or ends. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import urlsplit

_FOUND = re.compile(
    r"(?P<link>(?:https?://|\bwww\.)[^\s<>\"'\u2028\u2029\u202a-\u202e\u2066-\u2069]*"
    r"[^\s<>\"'.,;:!?)\]\u2028\u2029\u202a-\u202e\u2066-\u2069])"
    r"|(?P<mention>(?<![\w@])@[A-Za-z0-9_.]*[A-Za-z0-9_])"
    r"|(?P<tag>(?<![\w#&])#[^\s.&@!?,;:#<>\"']{1,50})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
# Names of the API's styles, and the element that says the same.
_TAGS = {"bold": "strong", "italic": "em", "underline": "u", "strikethrough": "s", "highlight": "mark"}
_ORDER = tuple(_TAGS.values())


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text with a quality; `start` and `end` in code points."""

    start: int
    end: int
    tag: str  # an element's name, or "spoiler"


@dataclass(frozen=True, slots=True)
class Piece:
    """The longest stretch in which nothing begins or ends."""

    text: str
    kind: str = "text"  # "text" | "link" | "mention" | "tag"
    href: str | None = None  # of a link, whole even where a mark cuts its text
    tags: tuple[str, ...] = ()  # elements around it, outermost first: ("strong", "em")


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that share one veil, or none."""

    pieces: tuple[Piece, ...]
    veiled: bool = False


def runs(text: str, marks: Iterable[Mark] = ()) -> tuple[Run, ...]:
    """The whole text, in order; put together again it is what it was."""
    marks = tuple(marks)
    found = list(_FOUND.finditer(text))
    edges = {0, len(text)}
    edges.update(edge for match in found for edge in match.span())
    edges.update(min(edge, len(text)) for mark in marks for edge in (mark.start, mark.end))
    cut = [_piece(text, start, end, found, marks) for start, end in pairwise(sorted(edges))]
    return tuple(
        Run(tuple(piece for _, piece in group), veiled=veil is not None)
        for veil, group in groupby(cut, key=lambda item: item[0])
    )


def _piece(
    text: str, start: int, end: int, found: Sequence[re.Match[str]], marks: Sequence[Mark]
) -> tuple[Mark | None, Piece]:
    """The piece, and the veil it is under."""
    over = [mark for mark in marks if mark.start <= start and end <= mark.end]
    tags = {mark.tag for mark in over}
    veil = next((mark for mark in over if mark.tag == "spoiler"), None)
    match = next((match for match in found if match.start() <= start and end <= match.end()), None)
    kind = str(match.lastgroup) if match else "text"
    href = web_address(match.group()) if match and kind == "link" else None
    if kind == "link" and href is None:
        kind = "text"
    return veil, Piece(text[start:end], kind, href, tuple(tag for tag in _ORDER if tag in tags))


def first_link(text: str) -> str | None:
    """Where the first link of a text leads."""
    found = (web_address(match["link"]) for match in _FOUND.finditer(text) if match["link"])
    return next((address for address in found if address), None)


def web_address(written: object) -> str | None:
    """An address that a browser may be sent to, or None: no other scheme than http and https, and a host."""
    if not isinstance(written, str):
        return None
    address = f"https://{written}" if written.lower().startswith("www.") else written
    if not _ADDRESS.fullmatch(address):
        return None
    try:
        return address if urlsplit(address).hostname else None
    except ValueError:
        return None


def spoiler_marks(text: str, entities: object) -> tuple[Mark, ...]:
    """`entities` as read from the API: a list of ranges, or that list under `data`."""
    items = entities.get("data") if isinstance(entities, Mapping) else entities
    return tuple(mark for item in _mappings(items) for mark in _marks(text, item, ("spoiler",)))


def style_marks(text: str, styles: object) -> tuple[Mark, ...]:
    """`styles`: the attachment's `text_with_styling_info`."""
    return tuple(
        mark
        for item in _mappings(styles)
        for mark in _marks(text, item, [_TAGS[name] for name in item.get("styling_info") or () if name in _TAGS])
    )


def _mappings(items: object) -> list[Mapping[str, Any]]:
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _marks(text: str, item: Mapping[str, Any], tags: Iterable[str]) -> list[Mark]:
    """The API counts in UTF-16 units, and sends numbers as strings now and then (docs/threads.md, Text)."""
    try:
        offset, length = int(item["offset"]), int(item["length"])
    except (KeyError, TypeError, ValueError):
        return []
    units = text.encode("utf-16-le", "surrogatepass")
    start, end = (len(units[: 2 * max(0, at)].decode("utf-16-le", "ignore")) for at in (offset, offset + length))
    return [Mark(start, end, tag) for tag in tags] if start < end else []
