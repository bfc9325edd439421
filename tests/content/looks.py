"""A look at media that are not there: facts by name, so that a case needs no bytes.

It behaves like the real one: what it does not know is missing. Checks of real bytes are tested with the probe.
"""

from dataclasses import replace

from publisher.content.look import MediaFacts, MediaProblem

PICTURE = MediaFacts("image", "image/jpeg", "a" * 64, 200_000, 1200, 800)
VIDEO = MediaFacts(
    "video",
    "video/mp4",
    "b" * 64,
    4_000_000,
    1080,
    1920,
    duration_s=12.0,
    frame_rate=30.0,
    video_codec="h264",
    audio_codec="aac",
    bit_rate=2_600_000,
    moov_first=True,
    edit_list=False,
    full_range=False,
)
MISSING = MediaProblem("E301", "there is no such file", "it would be missing from the post", "add the file")

_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "avif": "image/avif",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
}

_BY_ENDING: dict[str, MediaFacts | MediaProblem] = {
    **{ending: replace(PICTURE, content_type=name) for ending, name in _TYPES.items()},
    "mp4": VIDEO,
    "mov": replace(VIDEO, content_type="video/quicktime"),
}

# The names that cases use for files with something special about them.
_SPECIAL = {
    "really-a-png.jpg": replace(PICTURE, content_type="image/png"),
    "no-ending": PICTURE,
    "huge.png": replace(PICTURE, content_type="image/png", size=9_000_000),
    "huge-but-wide.jpg": replace(PICTURE, size=12_000_000, width=6000, height=4000),
    "limit.jpg": replace(PICTURE, size=8 * 1024 * 1024),
    "ribbon.png": replace(PICTURE, content_type="image/png", width=2001, height=200),
    "ten-to-one.png": replace(PICTURE, content_type="image/png", width=2000, height=200),
    "column.png": replace(PICTURE, content_type="image/png", width=100, height=1001),
    "dance.gif": replace(PICTURE, content_type="image/gif", animated=True),
    "wide.mp4": replace(VIDEO, width=2560, height=1440),
    "full-hd.mp4": replace(VIDEO, width=1920, height=1080),
    "full-hd-and-one.mp4": replace(VIDEO, width=1921, height=1080),
    "band.mp4": replace(VIDEO, width=1920, height=192),
    "band-and-one.mp4": replace(VIDEO, width=1911, height=191),
    "fast.mp4": replace(VIDEO, bit_rate=100_000_000),
    "fast-and-one.mp4": replace(VIDEO, bit_rate=100_000_001),
    "gigabyte.mp4": replace(VIDEO, size=1024 * 1024 * 1024),
    "gigabyte-and-one.mp4": replace(VIDEO, size=1024 * 1024 * 1024 + 1),
    "limit-and-one.jpg": replace(PICTURE, size=8 * 1024 * 1024 + 1),
    "av1.mp4": replace(VIDEO, video_codec="av1"),
    "hevc.mp4": replace(VIDEO, video_codec="hevc"),
    "silent.mp4": replace(VIDEO, audio_codec=None),
    "opus.mp4": replace(VIDEO, audio_codec="opus"),
    "film.mp4": replace(VIDEO, duration_s=300.1),
    "five-minutes.mp4": replace(VIDEO, duration_s=300.0),
    "empty.mp4": replace(VIDEO, duration_s=0.0),
    "slow.mp4": replace(VIDEO, frame_rate=15.0),
    "ntsc.mp4": replace(VIDEO, frame_rate=24000 / 1001),
    "raw.mp4": replace(VIDEO, bit_rate=140_000_000),
    "large.mp4": replace(VIDEO, size=1_100_000_000),
    "moov-last.mp4": replace(VIDEO, moov_first=False),
    "edited.mp4": replace(VIDEO, edit_list=True),
    "full-range.mp4": replace(VIDEO, full_range=True),
    "tower.mp4": replace(VIDEO, width=10, height=1001),
}


_TEXTS = {
    "notes.md": b"**2.0** brings dark mode.\n",
    "windows.md": b"\xef\xbb\xbf**2.0**\r\n\r\nbrings dark mode.\r\n",
    "latin-1.md": "Grüße".encode("latin-1"),
    "bell.md": b"ring \x07",
    "empty.md": b" \n",
    "heading.md": b"First\n\n## Second\n",
    "pointer.md": b"version https://git-lfs.github.com/spec/v1\n",
    "hidden.md": "zero\u200bwidth".encode(),
    "limit.md": b"**" + b"a" * 10_000 + b"**\n",
    "limit-and-one.md": b"**" + b"a" * 10_001 + b"**\n",
    "long.md": b"a" * 200_000,
    "key.md": b"our key is AKIA" + b"Z" * 16,
}


def read(path: str) -> bytes | MediaProblem:
    """A text by the last piece of the path."""
    return _TEXTS.get(path.rpartition("/")[2], MISSING)


def look(path: str) -> MediaFacts | MediaProblem:
    """Facts by the last piece of the path."""
    name = path.rpartition("/")[2]
    if name in _SPECIAL:
        return _SPECIAL[name]
    ending = name.rpartition(".")[2].lower()
    if "missing" in name:
        return MISSING
    return _BY_ENDING.get(ending, MISSING)
