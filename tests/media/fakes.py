"""A store in memory that behaves, and pictures made on the spot."""

import io
from pathlib import Path
from typing import Any

from PIL import Image

from publisher.media.stores.store import Stored

GPS = {0x8825: {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}}


class MemoryStore:
    """Implements `MediaStore`."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}

    def put(self, file: Path, *, sha256: str, content_type: str) -> Stored:
        extension = {"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "video/quicktime": ".mov"}
        key = f"threads/{sha256}{extension[content_type]}"
        uploaded = key not in self.objects
        self.objects.setdefault(key, (file.read_bytes(), content_type))
        return Stored(key, f"https://media.test/{key}", uploaded)


def picture(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Something with detail: upper left red, so that turning it shows."""
    image = Image.radial_gradient("L").resize((width, height)).convert(mode)
    image.paste("red" if mode in ("RGB", "RGBA") else 120, (0, 0, width // 4, height // 4))
    return image


def encoded(
    image: Image.Image, kind: str = "JPEG", *, orientation: int = 1, private: bool = False, **options: Any
) -> bytes:
    """The picture as a file; `private` adds where and by whom it was taken."""
    exif = Image.Exif()
    if orientation != 1:
        exif[0x0112] = orientation
    if private:
        exif[0x010F] = "CANARY Camera"
        exif[0x9C9D] = "CANARY Person".encode("utf-16-le")
        exif.get_ifd(0x8825).update(GPS[0x8825])
    if kind in ("JPEG", "PNG", "WEBP", "TIFF") and len(exif):
        options["exif"] = exif
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()
