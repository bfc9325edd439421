"""The boxes of an MP4 or MOV: only what the media-info library does not show, and where private data sit."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_CONTAINERS = (b"moov", b"trak", b"mdia", b"edts", b"udta")
_MOST_BOXES = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it begins, how long it is with its header."""

    type: bytes
    start: int
    length: int
    header: int
    parents: tuple[bytes, ...] = ()


def boxes(
    data: bytes | memoryview, start: int = 0, end: int | None = None, parents: tuple[bytes, ...] = ()
) -> Iterator[Box]:
    """All boxes in order, those inside containers after their container. Raises ValueError on a broken tree."""
    stop = len(data) if end is None else end
    seen = 0
    while start + 8 <= stop:
        seen += 1
        if seen > _MOST_BOXES:
            raise ValueError("too many boxes")
        length, kind = struct.unpack(">I4s", data[start : start + 8])
        header = 8
        if length == 1:
            (length,) = struct.unpack(">Q", data[start + 8 : start + 16])
            header = 16
        elif length == 0:
            length = stop - start
        if length < header or start + length > stop:
            raise ValueError(f"box {kind!r} does not fit")
        box = Box(kind, start, length, header, parents)
        yield box
        if kind in _CONTAINERS and len(parents) < 5:
            yield from boxes(data, start + header, start + length, (*parents, kind))
        start += length


def moov_first(data: bytes | memoryview) -> bool | None:
    """Whether the index comes before the media; None when there is no telling."""
    order = [box.type for box in boxes(data) if box.type in (b"moov", b"mdat") and not box.parents]
    return None if b"moov" not in order else order[0] == b"moov"


def has_edit_list(data: bytes | memoryview) -> bool:
    """An edit list that does more than state the whole length from the beginning."""
    for box in boxes(data):
        if box.type != b"elst":
            continue
        body = bytes(data[box.start + box.header : box.start + box.length])
        version, entries = body[0], struct.unpack(">I", body[4:8])[0]
        if entries != 1:
            return True
        media_time = struct.unpack(">q", body[16:24])[0] if version == 1 else struct.unpack(">i", body[12:16])[0]
        if media_time != 0:
            return True
    return False
