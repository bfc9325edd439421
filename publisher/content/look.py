"""The facts of a media file that checks need, and the seam through which pure code asks for them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from publisher.content.paths import locate, way_to


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What the bytes of a file say, read by `media.probe`."""

    kind: Literal["image", "video"]
    content_type: str  # "image/jpeg", "image/png", "video/mp4", "video/quicktime", also convertible ones: "image/webp"
    sha256: str  # of the file's bytes
    size: int  # bytes
    width: int  # pixels, after the EXIF orientation is applied
    height: int
    animated: bool = False
    duration_s: float | None = None  # videos, from here on
    frame_rate: float | None = None
    video_codec: str | None = None  # "h264", "hevc", …
    audio_codec: str | None = None
    bit_rate: int | None = None  # bits a second
    moov_first: bool | None = None
    edit_list: bool | None = None
    full_range: bool | None = None


@dataclass(frozen=True, slots=True)
class MediaProblem:
    """Why a file cannot be used at all, as a finding without its place."""

    code: str  # "E301"
    message: str
    why: str = ""
    fix: str = ""
    missing: bool = False  # nothing is there at all


class Look(Protocol):
    """Looks at one file of the repository; opens it without following any link.

    `path` is from the repository's root, with "/". Never raises for what is wrong with the file.
    """

    def __call__(self, path: str) -> MediaFacts | MediaProblem: ...


# The bytes of a text file of the repository, opened as carefully; or why there are none.
ReadBytes = Callable[[str], bytes | MediaProblem]


def nothing_to_read(path: str) -> MediaProblem:
    """A repository without files: for checks of posts that stand by themselves."""
    return unusable(path, "does not exist", missing=True)


def unusable(path: str, reason: str, *, missing: bool) -> MediaProblem:
    """What there is at `path`, if anything, is no file to read: `reason` says why, as "is a folder"."""
    shown, fix = path.rpartition("/")[2], "put the file itself there"
    if missing:
        shown, fix = path, "put the file there, or write its path relative to the post file"
    return MediaProblem("E301", f"{shown} {reason}", fix=fix, missing=missing)


def pointed_out(problem: MediaProblem, post_path: str, written: str, ask: Callable[[str], object]) -> MediaProblem:
    """The problem; with the way to the file where `written` leads to one from the repository's root."""
    from_root = locate("", written.lstrip("/"))
    if not problem.missing or not isinstance(from_root, str) or isinstance(ask(from_root), MediaProblem):
        return problem
    way = way_to(from_root, post_path)
    return replace(problem, fix=f"did you mean {way}? A path is relative to the file that it stands in")


@dataclass(frozen=True, slots=True)
class Files:
    """All that checks may ask of the repository's other files."""

    look: Look
    read: ReadBytes = nothing_to_read
