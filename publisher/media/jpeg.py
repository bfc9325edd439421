"""A JPEG without its metadata, pixels untouched. Knows segments, not pictures."""

_SOI, _EOI, _SOS = b"\xff\xd8", 0xD9, 0xDA
_KEPT_APPS = (0xE0, 0xEE)  # JFIF, and Adobe's colour transform, without which colours are wrong


def without_metadata(data: bytes) -> bytes | None:
    """The same picture in as many bytes as it needs; None when it must be decoded instead.

    That is when an orientation has to be applied, when a colour profile says more than sRGB, or when the file is not
    built as a plain JPEG is.
    """
    if not data.startswith(_SOI):
        return None
    kept = [_SOI]
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if marker == _SOS:
            end = _end_of_picture(data, at)
            return None if end is None else b"".join([*kept, data[at:end]])
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at : at + 2 + length]
        if length < 2 or len(segment) < 2 + length:
            return None
        body = segment[4:]
        if marker == 0xE1 and body.startswith(b"Exif\x00") and _orientation(body[6:]) not in (None, 1):
            return None
        if marker == 0xE2 and body.startswith(b"ICC_PROFILE\x00") and b"sRGB" not in body:
            return None
        if marker in _KEPT_APPS or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(segment)
        at += 2 + length
    return None


def _end_of_picture(data: bytes, at: int) -> int | None:
    """Just after the end marker: what follows it is no part of the picture."""
    while at + 1 < len(data):
        at = data.find(b"\xff", at + 1)
        if at < 0 or at + 1 >= len(data):
            return None
        marker = data[at + 1]
        if marker == _EOI:
            return at + 2
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            return None  # metadata between scans: decoded instead
    return None


def _orientation(tiff: bytes) -> int | None:
    """The orientation tag of the first directory; None when there is none, 0 when it cannot be read."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 0

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "big" if order == "big" else "little")

    directory = number(4, 4)
    for entry in range(number(directory, 2)):
        at = directory + 2 + 12 * entry
        if at + 12 > len(tiff):
            return 0
        if number(at, 2) == 0x0112:
            return number(at + 8, 2)
    return None
