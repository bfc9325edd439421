"""Which kinds of pictures are decoded at all. Everything that Pillow could open besides is an attack surface."""

import importlib
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000
# What is held whole and more than once while it is decoded may have fewer; 150 MB are needed for each of these.
FEWER_PIXELS = {
    "a WebP picture": 10_000_000,
    "an AVIF picture": 14_000_000,
    "a TIFF": 14_000_000,
    "a progressive JPEG": 20_000_000,
}
_WANTED = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP", "HEIF")
# What Threads takes, by the first bytes: to open these Pillow need not load all it has.
_USUAL = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")


@contextmanager
def open_picture(data: bytes) -> "Iterator[Image.Image]":
    """The picture, its header read and nothing decoded yet; for as long as the context Pillow says nothing on stderr.

    Raises what Pillow raises: `UnidentifiedImageError`, `DecompressionBombError` from twice `MAX_PIXELS` on; up to
    there it opens, and the caller looks at the size before it decodes.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    log = logging.getLogger("PIL")
    if not log.handlers:  # without any, Python itself prints what Pillow logs about a spoiled file
        log.addHandler(logging.NullHandler())
    formats = [name for head, name in _USUAL.items() if data.startswith(head)]
    if not formats:
        Image.init()
        formats = [name for name in _WANTED if name in Image.OPEN]  # a build of Pillow may lack some
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=formats) as picture:
            yield picture


def learn_heic() -> bool:
    """Whether HEIC can be read: by pillow-heif, which is optional and loaded only for such a file."""
    try:
        importlib.import_module("pillow_heif").register_heif_opener()
    except ImportError:
        return False
    return True
