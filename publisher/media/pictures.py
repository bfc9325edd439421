"""A picture as it leaves: JPEG or PNG, upright, in sRGB, no wider than Threads keeps it, and silent about its origin.

A JPEG that is fine already is copied segment by segment, its pixels untouched; everything else is decoded and written
again, from the pixels alone.
"""

import io
from typing import TYPE_CHECKING

from publisher.media import jpeg
from publisher.media.formats import open_picture

if TYPE_CHECKING:
    from PIL import Image

MAX_WIDTH = 1440  # pixels; Threads scales wider pictures down itself (docs/threads.md, Media)
MAX_SIZE = 8 * 1024 * 1024  # bytes
_QUALITIES = (90, 80, 70, 60)
_ORIENTATION = 0x0112
_SMALL = ("1", "L", "P")  # what a PNG may stay: as RGB it would only be larger


def as_sent(data: bytes, content_type: str) -> tuple[str, bytes]:
    """The type and the bytes that are sent for a picture of `content_type`, which `media.probe` has decoded before.

    Raises whatever Pillow raises when it cannot be decoded after all.
    """
    with open_picture(data) as opened:
        upright = opened.getexif().get(_ORIENTATION, 1) not in range(2, 9)
        fine = upright and opened.width <= MAX_WIDTH and _says_srgb(opened.info.get("icc_profile"))
        if fine and content_type == "image/jpeg" and opened.mode in ("L", "RGB") and len(data) <= MAX_SIZE:
            plain = jpeg.without_metadata(data)
            if plain is not None:
                return "image/jpeg", plain
        small = fine and content_type == "image/png" and opened.mode in _SMALL
        ready = opened.copy() if small else _upright(opened)
    if content_type == "image/png":
        written = _written(ready, "PNG")
        if len(written) <= MAX_SIZE:
            return "image/png", written
    return "image/jpeg", _as_jpeg(_flattened(ready))


def _upright(opened: "Image.Image") -> "Image.Image":
    """Decoded, turned, in sRGB with 8 bits a channel, as wide as it is sent."""
    from PIL import Image, ImageOps

    turned = opened.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    scale = MAX_WIDTH / (opened.height if turned else opened.width)
    if scale < 0.5:
        # A JPEG is decoded at a fraction of its size; twice what is needed keeps the scaling below sharp.
        opened.draft(None, (round(2 * scale * opened.width), round(2 * scale * opened.height)))
    picture = _in_srgb(ImageOps.exif_transpose(opened))
    if picture.width > MAX_WIDTH:
        height = max(1, round(picture.height * MAX_WIDTH / picture.width))
        picture = picture.resize((MAX_WIDTH, height), Image.Resampling.LANCZOS)
    return picture


# --- colours ----------------------------------------------------------------------------------------------------


def _in_srgb(picture: "Image.Image") -> "Image.Image":
    """RGB, or RGBA when something is transparent. A wide-gamut picture taken for sRGB would look pale."""
    profile = picture.info.get("icc_profile")
    transparent = "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA", "La", "RGBa")
    picture = _eight_bits(picture)
    alpha = picture.convert("RGBA").getchannel("A") if transparent else None
    colours = picture if picture.mode in ("L", "RGB", "CMYK") and alpha is None else picture.convert("RGB")
    colours = _converted(colours, profile)
    if alpha is not None:
        colours.putalpha(alpha)
    return colours


def _converted(colours: "Image.Image", profile: bytes | None) -> "Image.Image":
    from PIL import ImageCms

    if profile and not _says_srgb(profile):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(colours, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read, or is for another kind of colours, is as good as none
    return colours.convert("RGB")


def _says_srgb(profile: bytes | None) -> bool:
    """Without a profile a picture is in sRGB by convention."""
    from PIL import ImageCms

    if not profile:
        return True
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    return name.strip().lower().startswith("srgb") or name.strip() == "c2"  # "c2": a very small sRGB profile


def _eight_bits(picture: "Image.Image") -> "Image.Image":
    """Deeper greys brought down to 8 bits; converting them as they are would make nearly everything white."""
    if picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode in ("I", "F"):
        low, high = (float(value) for value in picture.getextrema())  # type: ignore[arg-type]
        factor = 255 / ((high - low) or 1)
        return picture.convert("F").point(lambda value: value * factor - low * factor).convert("L")
    return picture


def _flattened(picture: "Image.Image") -> "Image.Image":
    """On white: JPEG knows no transparency."""
    from PIL import Image

    if "transparency" not in picture.info and picture.mode != "RGBA":
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


# --- files ------------------------------------------------------------------------------------------------------


def _as_jpeg(picture: "Image.Image") -> bytes:
    """As good as fits."""
    written = b""
    for quality in _QUALITIES:
        written = _written(picture, "JPEG", quality=quality)
        if len(written) <= MAX_SIZE:
            break
    return written


def _written(picture: "Image.Image", kind: str, **options: int) -> bytes:
    """The pixels, and which of a palette's colours are transparent; nothing else that the source said."""
    bare = picture.copy()
    bare.info = {key: value for key, value in picture.info.items() if key == "transparency" and kind == "PNG"}
    target = io.BytesIO()
    bare.save(target, kind, **options)
    return target.getvalue()
