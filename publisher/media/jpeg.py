"""A JPEG without its metadata, pixels untouched. Knows segments (ITU-T T.81, annex B), not pictures."""

from collections.abc import Iterator

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOS, _JFIF, _ADOBE = 0xDA, 0xE0, 0xEE
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive: what every decoder reads
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = (0xC4, 0xDB, 0xDC, 0xDD)  # Huffman, quantisation, number of lines, restart interval


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
