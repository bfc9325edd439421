"""Small videos, each out of Threads' rules in one thing: made of the example's clip, its own bytes turned over.

python -m tests.sandbox.clips FOLDER     writes them, to be looked at with other tools
"""

import struct
import sys
from collections.abc import Callable
from pathlib import Path

CLIP = (Path(__file__).parents[2] / "example-posts" / "posts" / "media" / "clouds.mp4").read_bytes()
_SCALE = 12288  # of the clip's time: 4 s of 24 frames a second, 512 units each

Change = Callable[[bytes], bytes]


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, *bodies: bytes, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", flags), *bodies)


def at(kind: bytes, offset: int, new: bytes) -> Change:
    """`new` in place of what stands `offset` bytes into the body of the first box of this kind."""

    def change(data: bytes) -> bytes:
        start = data.index(kind) + 4 + offset
        return data[:start] + new + data[start + len(new) :]

    return change


def both(*changes: Change) -> Change:
    def change(data: bytes) -> bytes:
        for step in changes:
            data = step(data)
        return data

    return change


def rate(frames: float) -> Change:
    """So many frames a second; the clip gets shorter or longer."""
    unit = round(_SCALE / frames)
    length = struct.pack(">I", 96 * unit)
    seconds = struct.pack(">I", round(96_000 / frames))
    return both(at(b"stts", 12, struct.pack(">I", unit)), at(b"mdhd", 16, length), at(b"mvhd", 16, seconds))


def within_track(new: bytes) -> Change:
    """One more box in the track, after its header."""

    def change(data: bytes) -> bytes:
        tkhd = data.index(b"tkhd") - 4
        place = tkhd + int.from_bytes(data[tkhd : tkhd + 4], "big")
        return _grown(data, place, new, (b"moov", b"trak"))

    return change


def sound(codec: bytes, channels: int, hertz: int) -> Change:
    """A second track, of sound: 4 s of it without a sample."""
    frequencies = (96000, 88200, 64000, 48000, 44100, 32000, 24000)
    settings = struct.pack(">H", 2 << 11 | frequencies.index(hertz) << 7 | channels << 3)  # AudioSpecificConfig, AAC LC
    decoder = b"\x04" + bytes([15 + len(settings)]) + b"\x40\x15" + bytes(11) + b"\x05" + bytes([len(settings)])
    es = b"\x03" + bytes([5 + len(decoder) + len(settings)]) + b"\x00\x02\x00" + decoder + settings
    entry = bytes(6) + b"\x00\x01" + bytes(8) + struct.pack(">HHIHH", channels, 16, 0, hertz % 65536, 0)
    extra = full(b"esds", es) if codec == b"mp4a" else b""
    tables = (full(b"stsd", struct.pack(">I", 1), box(codec, entry, extra)), *(full(k, bytes(n)) for k, n in _EMPTY))
    header = full(b"mdhd", bytes(8), struct.pack(">II", hertz, 4 * hertz), b"\x55\xc4\x00\x00")
    handler = full(b"hdlr", bytes(4), b"soun", bytes(13))
    media = box(b"mdia", header, handler, box(b"minf", full(b"smhd", bytes(4)), box(b"stbl", *tables)))
    track = full(b"tkhd", bytes(8), struct.pack(">III", 2, 0, 4000), bytes(60), flags=3)

    def change(data: bytes) -> bytes:
        place = data.index(b"udta") - 4
        return _grown(data, place, box(b"trak", track, media), (b"moov",))

    return change


_EMPTY = ((b"stts", 4), (b"stsc", 4), (b"stsz", 8), (b"stco", 4))


def _grown(data: bytes, place: int, new: bytes, holders: tuple[bytes, ...]) -> bytes:
    for kind in holders:
        start = data.index(kind) - 4
        length = int.from_bytes(data[start : start + 4], "big") + len(new)
        data = data[:start] + struct.pack(">I", length) + data[start + 4 :]
    return data[:place] + new + data[place:]


def weighing(octets: int) -> Change:
    """A quarter of a second, and a file of so many bytes."""
    units = struct.pack(">I", 6 * 512)
    length = both(at(b"mdhd", 16, units), at(b"tkhd", 20, struct.pack(">I", 250)), seconds(0.25))
    short = both(length, at(b"stts", 8, struct.pack(">I", 6)), at(b"stsz", 8, struct.pack(">I", 6)))

    def change(data: bytes) -> bytes:
        data, start = short(data), data.index(b"mdat") - 4
        return data[:start] + struct.pack(">I", octets - start) + data[start + 4 :] + bytes(octets - len(data))

    return change


def coded(codec: bytes) -> Change:
    """Another name of the codec, and no settings of the old one."""
    return both(at(b"stsd", 12, codec), at(b"avcC", -4, b"free"))


def index_last(data: bytes) -> bytes:
    start, end = data.index(b"moov") - 4, data.index(b"mdat") - 4
    return data[:start] + data[end:] + data[start:end]


def edits(*entries: tuple[int, int]) -> Change:
    """An edit list of (length, beginning), in the movie's and the track's units."""
    rows = b"".join(struct.pack(">iiI", length, beginning, 1 << 16) for length, beginning in entries)
    return within_track(box(b"edts", full(b"elst", struct.pack(">I", len(entries)), rows)))


def size(width: int, height: int, *, turned: bool = False) -> Change:
    matrix = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30) if turned else b""
    sizes = at(b"tkhd", 76, struct.pack(">II", width << 16, height << 16))
    return both(sizes, at(b"tkhd", 40, matrix)) if turned else sizes


def seconds(length: float) -> Change:
    return at(b"mvhd", 16, struct.pack(">I", round(length * 1000)))


FULL_RANGE = at(b"colr", 10, b"\x80")
# One number of the H.264 stream's settings (its SPS, in `avcC`), chroma_format_idc: 2 for 1.
FOUR_TWO_TWO = at(b"avcC", 12, b"\xbc")


def interlaced(data: bytes) -> bytes:
    """Two fields a frame, the upper first, as QuickTime notes it; in place of a note of bit rates."""
    start = data.index(b"btrt") - 4
    return data[:start] + box(b"fiel", b"\x02\x09") + box(b"free", bytes(2)) + data[start + 20 :]


# name -> the clip, and the `error_message` its container ends with; None: it is taken.
CLIPS: dict[str, tuple[Change, str | None]] = {
    "as it is": (lambda data: data, None),
    "a QuickTime film": (at(b"ftyp", 0, b"qt  "), None),
    "no film but a picture": (at(b"ftyp", 0, b"heic"), "FAILED_PROCESSING_VIDEO"),
    "no film but a song": (at(b"ftyp", 0, b"M4A "), "FAILED_PROCESSING_VIDEO"),
    "a Matroska file": (lambda data: b"\x1a\x45\xdf\xa3\x01\x00\x00\x00" + data[8:], "FAILED_PROCESSING_VIDEO"),
    "sound alone": (at(b"hdlr", 8, b"soun"), "FAILED_PROCESSING_VIDEO"),
    "index last": (index_last, "FAILED_PROCESSING_VIDEO"),
    "an edit list that says what is": (edits((4000, 0)), None),
    "an edit list that begins late": (edits((4000, 512)), "FAILED_PROCESSING_VIDEO"),
    "an edit list that waits first": (edits((100, -1), (4000, 0)), "FAILED_PROCESSING_VIDEO"),
    "an edit list of two pieces": (edits((2000, 0), (2000, 0)), "FAILED_PROCESSING_VIDEO"),
    "HEVC": (coded(b"hvc1"), None),
    "AV1": (coded(b"av01"), "FAILED_PROCESSING_VIDEO"),
    "VP9": (coded(b"vp09"), "FAILED_PROCESSING_VIDEO"),
    "ProRes": (coded(b"apcn"), "FAILED_PROCESSING_VIDEO"),
    "4:2:2": (FOUR_TWO_TWO, "FAILED_PROCESSING_VIDEO"),
    "interlaced": (interlaced, "FAILED_PROCESSING_VIDEO"),
    "23.976 frames a second": (rate(24000 / 1001), None),
    "22 frames a second": (rate(22), "INVALID_FRAME_RATE"),
    "60 frames a second": (rate(60), None),
    "62 frames a second": (rate(62), "INVALID_FRAME_RATE"),
    "100 Mbit a second": (weighing(3_125_000), None),
    "more than 100 Mbit a second": (weighing(3_125_100), "INVALID_BIT_RATE"),
    "300 s": (seconds(300), None),
    "300.1 s": (seconds(300.1), "INVALID_DURATION"),
    "no length": (seconds(0), "INVALID_DURATION"),
    "1920 columns": (size(1920, 1080), None),
    "1921 columns": (size(1921, 1080), "INVALID_ASPEC_RATIO"),
    "1440 columns, filmed lying": (size(2560, 1440, turned=True), None),
    "2560 columns": (size(2560, 1440), "INVALID_ASPEC_RATIO"),
    "10 to 1": (size(1000, 100), None),
    "more than 10 to 1": (size(1000, 99), "INVALID_ASPEC_RATIO"),
    "1 to 100": (size(10, 1000), None),
    "more than 1 to 100": (size(10, 1001), "INVALID_ASPEC_RATIO"),
    "AAC": (sound(b"mp4a", 2, 48000), None),
    "one channel": (sound(b"mp4a", 1, 44100), None),
    "Opus": (sound(b"Opus", 2, 48000), "FAILED_PROCESSING_AUDIO"),
    "88.2 kHz": (sound(b"mp4a", 2, 88200), "FAILED_PROCESSING_AUDIO"),
    "6 channels": (sound(b"mp4a", 6, 48000), "INVALID_AUDIO_CHANNELS"),
    "full-range colour": (FULL_RANGE, "UNKNOWN"),
}


def clip(name: str) -> bytes:
    return CLIPS[name][0](CLIP)


if __name__ == "__main__":
    for name in CLIPS:
        (Path(sys.argv[1]) / f"{name}.mp4").write_bytes(clip(name))
