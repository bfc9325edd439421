"""A video as it leaves: the same pictures and sound, byte by byte in the same place, without who, where and when.

Nothing is encoded again. What tells of people, places, devices or times is blanked where it lies: user data, metadata
and unknown boxes become `free` boxes of the same length; tracks besides picture and sound, in which cameras and drones
log where they are, go together with their samples; dates and names are zeroed. So every offset in the file stays right.

Left as it is: what an encoder may have hidden inside the coded pictures themselves.
"""

from collections.abc import Iterator
from typing import Protocol

from publisher.media.boxes import Box, Data, boxes, sample_ranges, track_type

_KEPT_AT_TOP = (b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"sidx", b"ssix", b"mfra")
_KEPT_IN_MOOV = (b"mvhd", b"trak", b"mvex", b"iods")
_DROPPED_IN_TRACKS = (b"udta", b"meta", b"uuid", b"free", b"skip")
_TRACKS = (b"vide", b"soun", b"tmcd")  # a time code says nothing private, and the picture's track refers to it
_DATED = (b"mvhd", b"tkhd", b"mdhd")
_PIECE = 1024 * 1024

Range = tuple[int, int]  # first byte, and the byte after the last


class Canvas(Data, Protocol):
    """Bytes that can be overwritten in place: a bytearray, or a mapped file."""

    def __setitem__(self, index: slice, value: bytes, /) -> None: ...


def blank_private(data: Canvas) -> None:
    """Blank in place what must not leave; the length stays. Raises one of `boxes.BROKEN` on a broken tree."""
    found = tuple(boxes(data))
    dropped = [box for box in found if _is_private(box)]
    tracks = [box for box in found if box.type == b"trak"]
    others = [track for track in tracks if track_type(data, track) not in _TRACKS]
    if others and any(box.type == b"moof" for box in found):
        raise ValueError("a fragmented video with a track besides picture and sound")
    media = [(box.body, box.end) for box in found if box.type == b"mdat" and not box.parents]
    zeroed = [piece for track in others for piece in _within(sample_ranges(data, track), media)]
    zeroed += [piece for box in found for piece in _dates_and_names(data, box)]
    for start, end in zeroed:
        _zero(data, start, end)
    for box in (*dropped, *others):
        data[box.start + 4 : box.start + 8] = b"free"
        _zero(data, box.body, box.end)


def _is_private(box: Box) -> bool:
    """Whether a box is none of those that picture and sound need."""
    match box.parents:
        case ():
            return box.type not in _KEPT_AT_TOP
        case (b"moov",):
            if box.type == b"cmov":
                raise ValueError("a compressed index cannot be looked into")
            return box.type not in _KEPT_IN_MOOV
        case _:
            return box.type in _DROPPED_IN_TRACKS


def _dates_and_names(data: Data, box: Box) -> Iterator[Range]:
    """When it was recorded, and the handler's name, which tells the maker of the camera."""
    if box.type in _DATED:
        eight = data[box.body : box.body + 1] == b"\x01"  # version 1 has dates of 8 bytes
        yield box.body + 4, min(box.end, box.body + (20 if eight else 12))
    elif box.type == b"hdlr":
        yield box.body + 24, box.end


def _within(pieces: Iterator[Range], media: list[Range]) -> Iterator[Range]:
    """What of `pieces` lies in media data: a table that points elsewhere must not make us write there."""
    for start, end in pieces:
        for first, last in media:
            if max(start, first) < min(end, last):
                yield max(start, first), min(end, last)


def _zero(data: Canvas, start: int, end: int) -> None:
    for at in range(start, end, _PIECE):
        data[at : min(end, at + _PIECE)] = bytes(min(end, at + _PIECE) - at)
