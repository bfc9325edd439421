"""What a video says of itself: duration, size, and whether it can be shown while it loads. Pure.

Reads the boxes of MP4 and MOV as far as the rules need them; what is not there is not judged.
"""

from collections.abc import Iterator

_HOLDERS = (b"moov", b"trak", b"mdia", b"edts")
MAX_SECONDS = 300
MAX_COLUMNS = 1920
MAX_RATIO = 10
MAX_BYTES = 1024**3


def is_video(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def refusal(data: bytes) -> str | None:
    """The `error_message` that a container of this video ends with; None for one that is taken."""
    if not is_video(data) or len(data) > MAX_BYTES:
        return "FAILED_PROCESSING_VIDEO"
    kinds = [kind for kind, _ in _boxes(data, 0, len(data), depth=0)]
    if b"moov" in kinds and b"mdat" in kinds and kinds.index(b"mdat") < kinds.index(b"moov"):
        return "FAILED_PROCESSING_VIDEO"
    for kind, body in _boxes(data, 0, len(data), depth=len(_HOLDERS)):
        if kind == b"mvhd" and (seconds := _duration(body)) is not None and not 0 < seconds <= MAX_SECONDS:
            return "INVALID_DURATION"
        if kind == b"tkhd" and len(body) >= 8:
            width, height = (int.from_bytes(body[end - 4 : end], "big") >> 16 for end in (len(body) - 4, len(body)))
            if width and height and (width > MAX_COLUMNS or width > MAX_RATIO * height):
                return "INVALID_ASPEC_RATIO"
    return None


def _boxes(data: bytes, start: int, end: int, *, depth: int) -> Iterator[tuple[bytes, bytes]]:
    """(kind, body) of each box, and of those within it, `depth` levels down; a broken length ends the list."""
    while start + 8 <= end:
        size, kind, head = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            return
        yield kind, b"" if kind == b"mdat" else data[start + head : start + size]
        if depth and kind in _HOLDERS:
            yield from _boxes(data, start + head, start + size, depth=depth - 1)
        start += size


def _duration(body: bytes) -> float | None:
    """Seconds, from a movie header of either version."""
    wide = body[:1] == b"\x01"
    scale, length = (body[20:24], body[24:32]) if wide else (body[12:16], body[16:20])
    if len(length) < (8 if wide else 4) or not int.from_bytes(scale, "big"):
        return None
    return int.from_bytes(length, "big") / int.from_bytes(scale, "big")
