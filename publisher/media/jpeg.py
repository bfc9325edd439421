"""A JPEG without its metadata, pixels untouched; and what it costs to decode. Knows segments (ITU-T T.81, annex B)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOS, _JFIF, _APP1, _ADOBE = 0xDA, 0xE0, 0xE1, 0xEE
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive: what every decoder reads
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL = (0xC0, 0xC1)
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # neither a stuffed byte nor a restart nor a fill byte
_TABLES = (0xC4, 0xDB, 0xDC, 0xDD)  # Huffman, quantisation, number of lines, restart interval


@dataclass(frozen=True, slots=True)
class Build:
    """How a JPEG is built, as far as it costs whoever decodes it."""

    segments: int  # with what Pillow reads as laboriously: Photoshop's blocks, and bytes astray before the first scan
    exif: int  # of these; Pillow joins them, and copies what it has for each
    scans: int
    in_one_go: bool  # the one scan has all colours: decoded as it is read, and nothing of it is kept


def build(data: bytes, most_segments: int) -> Build:
    """As decoders see it, which forgive what stands between segments; counted to just above `most_segments`."""
    segments = data.count(b"8BIM")
    exif = scans = colours = at = 0
    in_one_go = sequential = False
    while segments <= most_segments:
        found = _MARKER.search(data, at, len(data) if scans else at + most_segments)
        if found is None:
            segments += 0 if scans else len(data) - at
            break
        marker, body = found[1][0], found.end() + 2
        if marker == _EOI[1]:
            break
        segments += 1 if scans else 1 + found.start() - at
        exif += marker == _APP1 and data.startswith(b"Exif\x00\x00", body)
        if marker in (*_FRAMES, *_OTHER_FRAMES):
            sequential, colours = marker in _SEQUENTIAL, _number(data[body + 5 : body + 6])
        if marker == _SOS:
            scans += 1
            in_one_go = scans == 1 and sequential and _number(data[body : body + 1]) >= colours
        at = found.end() if marker == _SOI[1] else found.end() + _number(data[found.end() : body])
    return Build(segments, exif, scans, in_one_go)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def without_metadata(data: bytes) -> bytes | None:
    """The same picture in no more bytes than it needs; None when the file is not built as a plain JPEG is.

    What stays: frame, tables, scans, a JFIF header without its thumbnail, and Adobe's note on colours, without which
    they are wrong. What goes: EXIF, XMP, IPTC, colour profiles, comments, thumbnails, further pictures, and all that
    follows the end. The orientation and the profile go too: whoever calls has seen that neither says anything.
    """
    if not data.startswith(_SOI):
        return None
    kept = [_SOI]
    try:
        for marker, piece in _pieces(data):
            if marker in _OTHER_FRAMES:
                return None
            kept.append(_kept(marker, piece))
    except (IndexError, ValueError):
        return None
    return b"".join([*kept, _EOI])


def _kept(marker: int, segment: bytes) -> bytes:
    """What of a segment stays: all, a part, or nothing."""
    if marker in (*_FRAMES, *_TABLES, _SOS):
        return segment
    body = segment[4:]
    if marker == _JFIF and body.startswith(b"JFIF\x00") and len(body) >= 14:
        # Version and density; the thumbnail may show what was cropped away.
        return b"\xff\xe0\x00\x10" + body[:12] + b"\x00\x00"
    if marker == _ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
        return b"\xff\xee\x00\x0e" + body[:12]
    return b""


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every segment up to the end of the picture, a scan with the coded data behind it.

    Raises ValueError or IndexError where the file is broken or ends before its picture does.
    """
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == _EOI[1]:
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data) or not (0xC0 <= marker <= 0xFE) or 0xD0 <= marker <= 0xD8:
            raise ValueError("no segment")
        if marker == _SOS:
            end = _end_of_scan(data, end)
        yield marker, data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        at = data.index(b"\xff", at)
        following = data[at + 1]
        if following != 0x00 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2
