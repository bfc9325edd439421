"""What leaves the repository: a JPEG or PNG, an MP4 or MOV, without a word about who took it where.

Deterministic: the same source gives the same bytes, so the same key in the store. A picture that is fine already is
copied segment by segment, its pixels untouched; everything else is decoded and written again. Videos are never
re-encoded; boxes that tell a place or a person are blanked in place, so that every offset stays right.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.content.look import MediaFacts
from publisher.errors import InvalidContent
from publisher.media import boxes, jpeg
from publisher.repository import NotUsable, Repository

if TYPE_CHECKING:
    from PIL import Image

RECIPE = "1"  # part of the cache's names: another recipe prepares anew
MAX_WIDTH = 1440
MAX_SIZE = 8 * 1024 * 1024
_QUALITIES = (90, 80, 70, 60)
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "video/quicktime": ".mov"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as it will be stored."""

    file: Path
    sha256: str
    content_type: str
    extension: str  # ".jpg"


def prepare(repository: Repository, path: str, facts: MediaFacts, workdir: Path) -> Prepared:
    """Make `path` ready under `workdir`. Raises `InvalidContent` when its bytes are not those that were planned."""
    data = _read(repository, path, facts)
    stem = f"{facts.sha256}-{RECIPE}"
    for content_type, extension in _EXTENSIONS.items():
        known = workdir / f"{stem}{extension}"
        if known.is_file():
            return Prepared(known, _sha256(known), content_type, extension)
    content_type, ready = _video(data, facts) if facts.kind == "video" else _picture(data, facts)
    extension = _EXTENSIONS[content_type]
    workdir.mkdir(parents=True, exist_ok=True)
    target = workdir / f"{stem}{extension}"
    temporary = workdir / f".{stem}.tmp"
    temporary.write_bytes(ready)
    temporary.replace(target)
    return Prepared(target, hashlib.sha256(ready).hexdigest(), content_type, extension)


def _read(repository: Repository, path: str, facts: MediaFacts) -> bytes:
    try:
        data = repository.read(path, facts.size)
    except NotUsable as error:
        raise InvalidContent(f"{path} {error.reason}", code="E301", fix="put the file back") from None
    if hashlib.sha256(data).hexdigest() != facts.sha256:
        raise InvalidContent(
            f"{path} has changed since it was planned",
            code="E333",
            why="only what was reviewed is published",
            fix="run again",
        )
    return data


# --- pictures ---------------------------------------------------------------------------------------------------


def _picture(data: bytes, facts: MediaFacts) -> tuple[str, bytes]:
    if facts.content_type == "image/jpeg" and facts.width <= MAX_WIDTH and len(data) <= MAX_SIZE:
        plain = jpeg.without_metadata(data)
        if plain is not None:
            return "image/jpeg", plain
    return _again(data, facts)


def _again(data: bytes, facts: MediaFacts) -> tuple[str, bytes]:
    """Decoded, upright, sRGB, no wider than Threads keeps it, and written without any metadata."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data)) as opened:
        picture = _srgb(ImageOps.exif_transpose(opened))
    if picture.width > MAX_WIDTH:
        height = max(1, round(picture.height * MAX_WIDTH / picture.width))
        picture = picture.resize((MAX_WIDTH, height), Image.Resampling.LANCZOS)
    picture.info.clear()
    if facts.content_type == "image/png":
        written = _written(picture, "PNG")
        if len(written) <= MAX_SIZE:
            return "image/png", written
    flat = _flattened(picture)
    for quality in _QUALITIES:
        written = _written(flat, "JPEG", quality=quality)
        if len(written) <= MAX_SIZE:
            break
    return "image/jpeg", written


def _srgb(picture: "Image.Image") -> "Image.Image":
    """In sRGB: a wide-gamut picture taken for sRGB would look pale."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except ImageCms.PyCMSError:
            pass  # a profile that cannot be read is as good as none
    if picture.mode in ("RGB", "RGBA", "L"):
        return picture
    transparent = picture.mode in ("LA", "PA") or "transparency" in picture.info
    return picture.convert("RGBA" if transparent else "RGB")


def _flattened(picture: "Image.Image") -> "Image.Image":
    """On white: JPEG knows no transparency."""
    from PIL import Image

    if picture.mode != "RGBA":
        return picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _written(picture: "Image.Image", kind: str, **options: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


# --- videos -----------------------------------------------------------------------------------------------------


def _video(data: bytes, facts: MediaFacts) -> tuple[str, bytes]:
    """Boxes of user data and metadata become `free` of the same length: positions and names leave with them."""
    blank = bytearray(data)
    for box in boxes.boxes(data):
        private = box.type == b"udta" or (box.type in (b"meta", b"uuid") and box.parents[:1] in ((), (b"moov",)))
        if private:
            blank[box.start + 4 : box.start + 8] = b"free"
            blank[box.start + box.header : box.start + box.length] = bytes(box.length - box.header)
    return facts.content_type, bytes(blank)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
