"""The facts of a picture or video, from its bytes: a `Look` over the repository's files.

The name counts for nothing, and hostile bytes are a normal case: whatever is wrong comes back as a `MediaProblem`.
"""

import hashlib
import io
import math
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from publisher.content.look import MediaFacts, MediaProblem, unusable
from publisher.media import boxes, jpeg
from publisher.media.formats import AVIF_BRANDS, FEWER_PIXELS, HEIC_BRANDS, MAX_PIXELS, learn_heic, open_picture
from publisher.repository import NotUsable, Repository

MAX_IMAGE_FILE = 64 * 1024 * 1024  # more is not even decoded; what is sent is far smaller
MAX_VIDEO_FILE = 1024 * 1024 * 1024
_MOST_SCANS = 100  # libjpeg's own script for a progressive JPEG has 10; the time taken is scans times pixels
_MOST_PARTS = 20_000  # segments or chunks, each read by Python; 64 MB in chunks of 4 KB are 16,000
_MOST_EXIF = 100  # segments of up to 64 KB; cameras write one
_MOST_BLOCKS = 300_000  # 64 MB in blocks of 255 bytes, as a GIF has them, are 260,000
_MOST_RUNS = 1024 * 1024  # bytes of a BMP in runs, of which Pillow decodes each by itself
_PNG = b"\x89PNG\r\n\x1a\n"
_TYPES = {"MPO": "image/jpeg", "JPEG": "image/jpeg", "PNG": "image/png"}
_LFS = b"version https://git-lfs.github.com/spec/"
_OTHER = (
    (b"%PDF", "a PDF"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML file"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"#!", "a script"),
)


class Probe:
    """Looks at files of one repository; facts are remembered for the run."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._known: dict[str, MediaFacts | MediaProblem] = {}

    def __call__(self, path: str) -> MediaFacts | MediaProblem:
        if path not in self._known:
            self._known[path] = self._look(path)
        return self._known[path]

    def _look(self, path: str) -> MediaFacts | MediaProblem:
        name = path.rsplit("/", 1)[-1]
        try:
            with self._repository.open(path) as file:
                return _facts(name, file)
        except NotUsable as error:
            return unusable(path, error.reason, missing=error.missing)
        except OSError as error:
            return MediaProblem("E301", f"{name} {(error.strerror or 'cannot be read').lower()}")


def _facts(name: str, file: BinaryIO) -> MediaFacts | MediaProblem:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    if not size:
        return MediaProblem("E314", f"{name} is empty")
    if head.startswith(_LFS):
        return MediaProblem(
            "E302", f"{name} is a Git LFS pointer, not the file", fix="check out with LFS, or run: git lfs pull"
        )
    if other := next((what for mark, what in _OTHER if head.lstrip().lower().startswith(mark.lower())), None):
        return MediaProblem("E315", f"{name} is {other}, no picture or video")
    brand = head[8:12] if head[4:8] == b"ftyp" else None
    if brand in HEIC_BRANDS and not learn_heic():
        return MediaProblem(
            "E318",
            f"{name} is a HEIC picture, and what reads it is not installed",
            fix="save it as JPEG, or: pip install pillow-heif",
        )
    if brand is None or brand in (*HEIC_BRANDS, *AVIF_BRANDS):
        return _image(name, file, size)
    return _video(name, file, size, brand)


# --- pictures ---------------------------------------------------------------------------------------------------


def _image(name: str, file: BinaryIO, size: int) -> MediaFacts | MediaProblem:
    if size > MAX_IMAGE_FILE:
        return MediaProblem("E304", f"{name} has {size / 1e6:.0f} MB; pictures of up to 8 MB can be sent")
    data = file.read()
    while piece := file.read():  # an unbuffered file may give less than asked for
        data += piece
    try:
        build = jpeg.build(data, _MOST_PARTS) if data.startswith(b"\xff\xd8\xff") else None
        return _laborious(name, data, build) or _decoded(name, data, build)
    except ImportError:
        return MediaProblem(
            "E315",
            f"{name} cannot be looked at: Pillow, which reads pictures, does not load here",
            why="of a picture that is not looked at nobody knows what it is",
            fix="pip install --force-reinstall Pillow",
        )
    except Exception as error:  # a decoder may raise anything on hostile bytes
        if "bomb" in type(error).__name__.lower():
            return MediaProblem("E313", f"{name} has more than {MAX_PIXELS // 1_000_000} megapixels")
        if type(error).__name__ == "UnidentifiedImageError":
            return MediaProblem("E315", f"{name} is no picture or video that can be read")
        return MediaProblem("E314", f"{name} is damaged: it cannot be decoded")


def _laborious(name: str, data: bytes, build: jpeg.Build | None) -> MediaProblem | None:
    """What would keep a decoder busy for long, told before there is one: a file of little else than headers."""
    if build is not None and build.scans > _MOST_SCANS:
        return MediaProblem(
            "E314",
            f"{name} has more than {_MOST_SCANS} scans; a progressive JPEG has about 10",
            why="each scan goes over the whole picture once more",
            fix="save it again as a baseline JPEG",
        )
    if build is not None:
        many = build.segments > _MOST_PARTS or build.exif > _MOST_EXIF
    elif data.startswith(_PNG):
        many = _chunks(data) > _MOST_PARTS
    elif data.startswith(b"GIF8"):
        many = _blocks(data) > _MOST_BLOCKS
    else:
        many = _is_run_length_bmp(data) and len(data) > _MOST_RUNS
    if many:
        return MediaProblem(
            "E314",
            f"{name} is in far too many pieces",
            why="each is read by itself, which takes long; hardly a program writes a picture like that",
            fix="save it again, as JPEG or PNG",
        )
    return None


def _chunks(data: bytes) -> int:
    """How many chunks a PNG has; counted to just above `_MOST_PARTS`."""
    at, count = len(_PNG), 0
    while count <= _MOST_PARTS and at < len(data) and data[at + 4 : at + 8] != b"IEND":
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        count += 1
    return count


def _blocks(data: bytes) -> int:
    """How many blocks a GIF has, and bytes astray between them; counted to just above `_MOST_BLOCKS`."""

    def colours(at: int) -> int:
        flags = data[at]
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    count = 0
    try:
        at = 13 + colours(10)
        while count <= _MOST_BLOCKS and data[at] != 0x3B:
            count += 1
            if data[at] == 0x2C:
                at += 11 + colours(at + 9)
            elif data[at] == 0x21:
                at += 2
            else:
                at += 1
                continue
            while count <= _MOST_BLOCKS and data[at]:
                count += 1
                at += 1 + data[at]
            at += 1
    except IndexError:
        pass  # it ends too early, as will be seen
    return count


def _is_run_length_bmp(data: bytes) -> bool:
    return data.startswith(b"BM") and data[14:15] != b"\x0c" and data[30:31] in (b"\x01", b"\x02")


def _decoded(name: str, data: bytes, build: jpeg.Build | None = None) -> MediaFacts | MediaProblem:
    with open_picture(data) as image:
        kind, animated = str(image.format), bool(getattr(image, "is_animated", False)) and image.format != "MPO"
        if problem := _too_many_pixels(name, image.width * image.height, _costly(kind, build)):
            return problem
        width, height = image.size
        shrunk = image.draft(None, (1, 1))  # of a JPEG all is read, and an eighth of the width and height is made of it
        image.load()  # a file that ends too early shows only now
        if not shrunk:
            width, height = image.size  # Pillow turns a TIFF while it loads it, and forgets the orientation
        if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
            width, height = height, width
    return MediaFacts(
        kind="image",
        content_type=_TYPES.get(kind, f"image/{kind.lower()}"),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        width=width,
        height=height,
        animated=animated,
    )


def _costly(kind: str, build: jpeg.Build | None) -> str | None:
    """Which of `FEWER_PIXELS` it is, if any. A JPEG that comes in parts has to be held as a progressive one has."""
    if build is not None:
        return None if build.in_one_go else "a progressive JPEG"
    return {"WEBP": "a WebP picture", "AVIF": "an AVIF picture", "TIFF": "a TIFF"}.get(kind)


def _too_many_pixels(name: str, pixels: int, costly: str | None) -> MediaProblem | None:
    if pixels > MAX_PIXELS:
        return MediaProblem("E313", f"{name} has more than {MAX_PIXELS // 1_000_000} megapixels")
    if costly is None or pixels <= FEWER_PIXELS[costly]:
        return None
    most = FEWER_PIXELS[costly] // 1_000_000
    plain = "a baseline JPEG" if "JPEG" in costly else "a JPEG"
    return MediaProblem(
        "E313",
        f"{name} has {pixels / 1e6:.1f} megapixels; {costly} may have {most}",
        why="to open it takes several times the memory that a plain JPEG takes",
        fix=f"save it as {plain}, or smaller: Threads keeps 1440 pixels of the width",
    )


# --- videos -----------------------------------------------------------------------------------------------------


def _video(name: str, file: BinaryIO, size: int, brand: bytes) -> MediaFacts | MediaProblem:
    if size > MAX_VIDEO_FILE:
        return MediaProblem("E304", f"{name} has {size / 1e9:.1f} GB; videos of up to 1 GB can be sent")
    damaged = MediaProblem("E314", f"{name} is damaged: its parts do not fit together")
    data = _Pieces(file, size)
    try:
        first, edited = boxes.moov_first(data), boxes.has_edit_list(data)
    except boxes.BROKEN:
        return damaged
    if first is None:
        return damaged
    try:
        tracks = _tracks(file)
    except Exception as error:  # a foreign library on hostile bytes; or there is none for this machine
        if "library" in str(error).lower():
            return MediaProblem("E315", f"{name} cannot be looked at: the media-info library does not load here")
        return damaged
    file.seek(0)
    sha256 = hashlib.file_digest(cast(io.FileIO, file), "sha256").hexdigest()
    return _video_facts(name, tracks, sha256, size, brand, first, edited)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A file's bytes, read where they are asked for; mapped, one that is cut off meanwhile would end the process."""

    file: BinaryIO
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: slice, /) -> bytes:
        start, stop, _ = index.indices(self.size)
        return os.pread(self.file.fileno(), max(0, stop - start), start)


def _video_facts(
    name: str, tracks: list[dict[str, Any]], sha256: str, size: int, brand: bytes, first: bool, edited: bool
) -> MediaFacts | MediaProblem:
    video = next((track for track in tracks if track.get("track_type") == "Video"), None)
    if video is None:
        return MediaProblem("E315", f"{name} holds no video")
    audio = next((track for track in tracks if track.get("track_type") == "Audio"), None)
    general = next((track for track in tracks if track.get("track_type") == "General"), {})
    turned = str(video.get("rotation", "0")).split(".")[0] in ("90", "270")
    width, height = int(_number(video.get("width")) or 0), int(_number(video.get("height")) or 0)
    return MediaFacts(
        kind="video",
        content_type="video/quicktime" if brand == b"qt  " else "video/mp4",
        sha256=sha256,
        size=size,
        width=height if turned else width,
        height=width if turned else height,
        duration_s=_number(general.get("duration"), 1000),
        frame_rate=_number(video.get("frame_rate")),
        video_codec=_codec(video),
        audio_codec=_codec(audio) if audio is not None else None,
        bit_rate=int(_number(general.get("overall_bit_rate")) or 0) or None,
        moov_first=first,
        edit_list=edited,
        full_range=str(video.get("color_range", "")).lower() == "full" or None,
    )


def _tracks(file: BinaryIO) -> list[dict[str, Any]]:
    from pymediainfo import MediaInfo

    file.seek(0)
    return [track.to_data() for track in MediaInfo.parse(file).tracks]


_CODECS = {"avc": "h264", "hevc": "hevc", "aac": "aac"}


def _codec(track: dict[str, Any]) -> str | None:
    name = str(track.get("format") or "").lower()
    return _CODECS.get(name, name) or None


def _number(value: Any, divisor: float = 1) -> float | None:
    try:
        number = float(value) / divisor
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
