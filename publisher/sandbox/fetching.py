"""Media as Threads takes them: fetched from their URL, looked at, and kept as a copy of its own."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass

from publisher.sandbox import video
from publisher.sandbox.answers import Refusal
from publisher.sandbox.values import Blob

MAX_IMAGE = 8 * 1024 * 1024
MAX_RATIO = 10


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an anonymous GET of a URL gave; status 0 when there was no answer."""

    status: int
    content_type: str = ""
    data: bytes = b""


Fetch = Callable[[str], Fetched]


class Blobs:
    """Copies of what was fetched, by content."""

    def __init__(self) -> None:
        self.bytes: dict[str, bytes] = {}

    def keep(self, data: bytes, content_type: str, width: int, height: int) -> Blob:
        sha256 = hashlib.sha256(data).hexdigest()
        self.bytes.setdefault(sha256, data)
        return Blob(sha256, content_type, width, height)


def take_image(url: str, fetch: Fetch, blobs: Blobs) -> Blob:
    """A picture, fetched while its container is made. Raises the refusal that Threads answers with."""
    fetched = fetch(url)
    if fetched.status != 200:
        raise _not_fetched(url)
    size = _image_size(fetched.data)
    if size is None or len(fetched.data) > MAX_IMAGE:
        raise _not_fetched(url)
    width, height, kind = size
    if max(width, height) > MAX_RATIO * min(width, height):
        raise _not_fetched(url)
    return blobs.keep(fetched.data, kind, width, height)


def take_video(url: str, fetch: Fetch, blobs: Blobs) -> Blob | str:
    """A video, or the `error_message` that its container will end with."""
    fetched = fetch(url)
    if fetched.status != 200:
        return "FAILED_DOWNLOADING_VIDEO"
    if (wrong := video.refusal(fetched.data)) is not None:
        return wrong
    kind = "video/quicktime" if fetched.data[8:12] == b"qt  " else "video/mp4"
    return blobs.keep(fetched.data, kind, 0, 0)


def _image_size(data: bytes) -> tuple[int, int, str] | None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            return image.width, image.height, "image/jpeg" if image.format == "JPEG" else "image/png"
    except Exception:  # a decoder may raise anything on hostile bytes
        return None


def _not_fetched(url: str) -> Refusal:
    return Refusal(
        "Media download has failed.",
        1,
        2207052,
        title="Media download failed",
        said=f"The media could not be fetched from this URI: {url.split('?')[0]}",
    )
