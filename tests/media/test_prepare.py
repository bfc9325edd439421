"""What leaves the repository: right way up, small enough, and without a word about who took it where."""

import hashlib
import io
import struct
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from publisher.content.look import MediaFacts
from publisher.errors import InvalidContent
from publisher.media import boxes
from publisher.media.prepare import Prepared, prepare
from publisher.media.probe import Probe
from publisher.repository import Repository
from tests.media.fakes import encoded, picture


def prepared(tmp_path: Path, name: str, data: bytes) -> tuple[Prepared, bytes]:
    (tmp_path / name).write_bytes(data)
    repository = Repository(tmp_path)
    facts = Probe(repository)(name)
    assert isinstance(facts, MediaFacts), facts
    ready = prepare(repository, name, facts, tmp_path / "work")
    written = ready.file.read_bytes()
    assert hashlib.sha256(written).hexdigest() == ready.sha256
    return ready, written


def nothing_private(data: bytes) -> None:
    assert b"CANARY" not in data
    assert "CANARY".encode("utf-16-le") not in data
    assert b"Exif\x00" not in data
    assert b"eXIf" not in data
    assert b"http://ns.adobe.com/xap" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert not image.getexif()
        assert not {"comment", "exif", "xmp", "photoshop"} & set(image.info)


def test_a_fine_jpeg_keeps_its_pixels_and_loses_everything_else(tmp_path: Path) -> None:
    plain = encoded(picture(), quality=85)
    private = encoded(picture(), quality=85, private=True, comment=b"CANARY", dpi=(72, 72))
    ready, written = prepared(tmp_path, "a.jpg", private + b"CANARY after the end")
    nothing_private(written)
    assert ready.content_type == "image/jpeg"
    assert written.endswith(b"\xff\xd9"), "no bytes after the picture"
    with Image.open(io.BytesIO(plain)) as one, Image.open(io.BytesIO(written)) as two:
        assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("orientation", [2, 3, 4, 5, 6, 7, 8])
def test_a_turned_picture_is_turned_for_good(tmp_path: Path, orientation: int) -> None:
    ready, written = prepared(tmp_path, "a.jpg", encoded(picture(), orientation=orientation, private=True))
    nothing_private(written)
    with Image.open(io.BytesIO(written)) as image:
        assert image.size == ((480, 640) if orientation >= 5 else (640, 480))
        corner = {2: "ur", 3: "lr", 4: "ll", 5: "ul", 6: "ur", 7: "lr", 8: "ll"}[orientation]
        at = (10 if corner[1] == "l" else image.width - 10, 10 if corner[0] == "u" else image.height - 10)
        red, green, blue = image.convert("RGB").getpixel(at)  # type: ignore[misc]
        assert red > 180 > 90 > max(green, blue), corner
    assert ready.extension == ".jpg"


@pytest.mark.parametrize(
    ("name", "kind", "sent"),
    [
        ("a.png", "PNG", "image/png"),
        ("a.webp", "WEBP", "image/jpeg"),
        ("a.gif", "GIF", "image/jpeg"),
        ("a.tiff", "TIFF", "image/jpeg"),
    ],
)
def test_what_leaves_is_jpeg_or_png(tmp_path: Path, name: str, kind: str, sent: str) -> None:
    ready, written = prepared(tmp_path, name, encoded(picture(), kind, private=kind != "GIF"))
    nothing_private(written)
    assert ready.content_type == sent


def test_text_chunks_of_a_png_stay_at_home(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Author", "CANARY")
    said.add_itxt("XML:com.adobe.xmp", "<x>CANARY</x>")
    _, written = prepared(tmp_path, "a.png", encoded(picture(), "PNG", pnginfo=said))
    nothing_private(written)
    assert b"tEXt" not in written
    assert b"iTXt" not in written


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "L", "CMYK"])
def test_every_way_of_keeping_colours_is_taken(tmp_path: Path, mode: str) -> None:
    image = picture(mode="RGBA" if mode == "LA" else "RGB").convert(mode)
    name, kind = ("a.jpg", "JPEG") if mode == "CMYK" else ("a.png", "PNG")
    ready, written = prepared(tmp_path, name, encoded(image, kind))
    with Image.open(io.BytesIO(written)) as read:
        assert read.mode in ("RGB", "RGBA", "L") or ready.content_type == "image/jpeg"


def test_a_wide_gamut_picture_is_converted_not_relabelled(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, written = prepared(tmp_path, "a.jpg", encoded(picture(), icc_profile=srgb.replace(b"sRGB", b"xxxx")))
    with Image.open(io.BytesIO(written)) as read:
        assert "icc_profile" not in read.info


def test_a_wide_picture_becomes_as_wide_as_threads_keeps_it(tmp_path: Path) -> None:
    _, written = prepared(tmp_path, "a.jpg", encoded(picture(3000, 2000)))
    with Image.open(io.BytesIO(written)) as image:
        assert image.size == (1440, 960)


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    one = tmp_path / "one"
    two = tmp_path / "two"
    one.mkdir()
    two.mkdir()
    data = encoded(picture(2000, 1000), "WEBP", private=True)
    assert prepared(one, "a.webp", data)[1] == prepared(two, "b.webp", data)[1]


def test_a_file_is_prepared_once(tmp_path: Path) -> None:
    ready, _ = prepared(tmp_path, "a.jpg", encoded(picture(), private=True))
    ready.file.write_bytes(ready.file.read_bytes())
    before = ready.file.stat().st_mtime_ns
    again, _ = prepared(tmp_path, "a.jpg", (tmp_path / "a.jpg").read_bytes())
    assert again.file.stat().st_mtime_ns == before


def test_a_file_that_changed_since_it_was_planned_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(picture()))
    repository = Repository(tmp_path)
    facts = Probe(repository)("a.jpg")
    assert isinstance(facts, MediaFacts)
    (tmp_path / "a.jpg").write_bytes(encoded(picture(), quality=20))
    with pytest.raises(InvalidContent, match="changed since"):
        prepare(repository, "a.jpg", facts, tmp_path / "work")


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_places_and_names_leave_a_video_and_no_offset_moves(tmp_path: Path) -> None:
    clip = (Path(__file__).parents[2] / "example-posts" / "posts" / "media" / "clouds.mp4").read_bytes()
    told = box(b"udta", box(b"\xa9xyz", b"\x00\x12CANARY+52.5200+013.4050/"))
    (moov,) = [item for item in boxes.boxes(clip) if item.type == b"moov" and not item.parents]
    grown = struct.pack(">I4s", moov.length + len(told), b"moov")
    data = (
        clip[: moov.start]
        + grown
        + clip[moov.start + 8 : moov.start + moov.length]
        + told
        + clip[moov.start + moov.length :]
    )
    ready, written = prepared(tmp_path, "clip.mp4", data)
    assert ready.content_type == "video/mp4"
    assert len(written) == len(data)
    assert b"CANARY" not in written
    assert b"udta" not in written
    (before,) = [item.start for item in boxes.boxes(data) if item.type == b"mdat"]
    assert [item.start for item in boxes.boxes(written) if item.type == b"mdat"] == [before]
