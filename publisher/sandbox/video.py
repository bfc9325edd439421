"""What Threads says of a video, from its bytes: where its parts lie, how long, how large and how coded it is.

Meta's rules as far as they can be measured (docs/threads.md, Media): whether groups of pictures are closed cannot, and
the sound's 128 kbit/s is no limit in Meta's words. What is not there is not judged: a file without an index is taken.
"""

import struct
from collections.abc import Iterator

from publisher.sandbox.tracks import Tracks, tracks

_HOLDERS = (b"moov", b"trak", b"mdia", b"edts")
# Pictures and sound that come in the same kind of file.
_NO_VIDEO = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B ")
MAX_SECONDS = 300
MAX_COLUMNS = 1920
MAX_RATIO, MIN_RATIO = 10, 0.01
MAX_BYTES = 1024**3
FRAME_RATES = (23, 60)
_ROUNDING = 0.1  # of frame rates: 60 frames a second are 59.98 or 60.02 as cameras count
MAX_BIT_RATE = 100_000_000
MAX_SAMPLING_RATE = 48_000
MAX_CHANNELS = 2


def is_video(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] not in _NO_VIDEO


def refusal(data: bytes) -> str | None:
    """The `error_message` that a container of this video ends with; None for one that is taken."""
    if not is_video(data) or len(data) > MAX_BYTES:
        return "FAILED_PROCESSING_VIDEO"
    kinds = [kind for kind, _ in _boxes(data, 0, len(data), depth=0)]
    if b"moov" not in kinds:
        return None
    if b"mdat" in kinds and kinds.index(b"mdat") < kinds.index(b"moov"):
        return "FAILED_PROCESSING_VIDEO"
    return _of_boxes(data) or _of_tracks(tracks(data))


def _of_boxes(data: bytes) -> str | None:
    handlers = set()
    for kind, body in _boxes(data, 0, len(data), depth=len(_HOLDERS)):
        if kind == b"mvhd" and (seconds := _duration(body)) is not None and not 0 < seconds <= MAX_SECONDS:
            return "INVALID_DURATION"
        if kind == b"tkhd" and not _fits(*_shown_size(body)):
            return "INVALID_ASPEC_RATIO"
        if kind == b"elst" and _cuts(body):
            return "FAILED_PROCESSING_VIDEO"
        if kind == b"hdlr" and body[8:12] in (b"vide", b"soun"):
            handlers.add(body[8:12])
    return "FAILED_PROCESSING_VIDEO" if handlers == {b"soun"} else None


def _of_tracks(found: Tracks | None) -> str | None:
    if found is None:
        return None
    if found.video_codec not in (None, "AVC", "HEVC") or found.chroma not in (None, "4:2:0"):
        return "FAILED_PROCESSING_VIDEO"
    if found.scan not in (None, "Progressive"):
        return "FAILED_PROCESSING_VIDEO"
    low, high = FRAME_RATES
    if found.frame_rate is not None and not low - _ROUNDING <= found.frame_rate <= high + _ROUNDING:
        return "INVALID_FRAME_RATE"
    if (found.bit_rate or 0) > MAX_BIT_RATE:
        return "INVALID_BIT_RATE"
    if found.audio_codec not in (None, "AAC") or (found.sampling_rate or 0) > MAX_SAMPLING_RATE:
        return "FAILED_PROCESSING_AUDIO"
    if (found.channels or 0) > MAX_CHANNELS:
        return "INVALID_AUDIO_CHANNELS"
    return "UNKNOWN" if found.full_range else None  # as was seen; Meta's rules do not speak of it


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


def _shown_size(body: bytes) -> tuple[int, int]:
    """Columns and rows as people see them, from a track header: a telephone held upright films lying, and turns."""
    if len(body) < 44:
        return 0, 0
    across, down, _, over, beside = struct.unpack(">5i", body[-44:-24])
    width, height = (size >> 16 for size in struct.unpack(">II", body[-8:]))
    return (height, width) if down and over and not across and not beside else (width, height)


def _fits(width: int, height: int) -> bool:
    if not width or not height:
        return True
    return width <= MAX_COLUMNS and MIN_RATIO <= width / height <= MAX_RATIO


def _cuts(body: bytes) -> bool:
    """Whether an edit list does more than state the whole length from the beginning."""
    if len(body) < 8 or (entries := int.from_bytes(body[4:8], "big")) == 0:
        return False
    return entries > 1 or any(body[16:24] if body[0] == 1 else body[12:16])
