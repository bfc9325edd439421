"""The boxes of an MP4 or MOV (ISO/IEC 14496-12): what the media-info library does not show, and where things lie.

Everything here raises ValueError, IndexError or struct.error on a broken tree; `BROKEN` names them for callers.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

BROKEN = (ValueError, IndexError, struct.error)
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts")
_DEEPEST = 5  # moov/trak/mdia/minf/stbl
_MOST_BOXES = 10_000  # in one container
_MOST_SAMPLES = 1_000_000


class Data(Protocol):
    """A file's bytes, in memory or mapped."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: slice, /) -> bytes | bytearray: ...


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it begins, how long it is with its header; numbers are bytes."""

    type: bytes
    start: int
    length: int
    header: int
    parents: tuple[bytes, ...] = ()

    @property
    def body(self) -> int:
        """Where its content begins."""
        return self.start + self.header

    @property
    def end(self) -> int:
        return self.start + self.length


def boxes(data: Data, start: int = 0, end: int | None = None, parents: tuple[bytes, ...] = ()) -> Iterator[Box]:
    """All boxes in order, those inside containers after their container."""
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
        if kind in _CONTAINERS and len(parents) < _DEEPEST:
            yield from inside(data, box)
        start = box.end


def inside(data: Data, box: Box) -> Iterator[Box]:
    """The boxes in a container, at any depth."""
    return boxes(data, box.body, box.end, (*box.parents, box.type))


def moov_first(data: Data) -> bool | None:
    """Whether the index comes before the media; None when there is no telling."""
    order = [box.type for box in boxes(data) if box.type in (b"moov", b"mdat") and not box.parents]
    return None if b"moov" not in order else order[0] == b"moov"


def has_edit_list(data: Data) -> bool:
    """An edit list that does more than state the whole length from the beginning."""
    for box in boxes(data):
        if box.type != b"elst":
            continue
        body = data[box.body : min(box.end, box.body + 24)]
        version, entries = body[0], struct.unpack(">I", body[4:8])[0]
        if entries != 1:
            return True
        media_time = struct.unpack(">q", body[16:24])[0] if version == 1 else struct.unpack(">i", body[12:16])[0]
        if media_time != 0:
            return True
    return False


def track_type(data: Data, track: Box) -> bytes:
    """What a `trak` holds, as its media handler says: b"vide", b"soun", b"meta", b"text"…"""
    handlers = (box for box in inside(data, track) if box.type == b"hdlr" and box.parents[-1] == b"mdia")
    handler = next(handlers, None)
    if handler is None:
        raise ValueError("a track without a handler")
    return bytes(data[handler.body + 8 : handler.body + 12])


def sample_ranges(data: Data, track: Box) -> Iterator[tuple[int, int]]:
    """Where a track's samples lie: first byte and the byte after the last, chunk by chunk.

    From the tables of 8.7: `stsz` (sizes), `stsc` (samples in a chunk), `stco` or `co64` (where chunks begin).
    """
    found = {box.type: box for box in inside(data, track) if box.parents[-1] == b"stbl"}
    wide = b"co64" in found
    chunks = found.get(b"co64" if wide else b"stco")
    offsets = _column(data, chunks, "Q" if wide else "I") if chunks is not None else ()
    if not offsets:
        return
    if not {b"stsz", b"stsc"} <= found.keys():
        raise ValueError("samples without tables")
    runs = _column(data, found[b"stsc"], "III")
    (same,) = struct.unpack(">I", data[found[b"stsz"].body + 4 : found[b"stsz"].body + 8])
    sizes = () if same else _column(data, found[b"stsz"], "I", skip=4)
    sample, run = 0, 0
    for number, start in enumerate(offsets, 1):
        while 3 * (run + 1) < len(runs) and runs[3 * (run + 1)] <= number:
            run += 1
        count = runs[3 * run + 1]
        length = same * count if same else sum(sizes[sample : sample + count])
        sample += count
        yield start, start + length


def _column(data: Data, box: Box, row: str, skip: int = 0) -> tuple[int, ...]:
    """The numbers of a table: version and flags, `skip` bytes, a count, and so many rows."""
    at = box.body + 4 + skip
    (count,) = struct.unpack(">I", data[at : at + 4])
    if count > _MOST_SAMPLES:
        raise ValueError("a table too long to be one")
    size = struct.calcsize(f">{row}")
    rows = data[at + 4 : min(box.end, at + 4 + size * count)]
    return struct.unpack(f">{(row * count) if len(row) > 1 else f'{count}{row}'}", rows)
