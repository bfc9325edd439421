"""What leaves the repository: right way up, small enough, and without a word about who took it where."""

import hashlib
import io
import struct
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from publisher.content.look import MediaFacts
from publisher.errors import InvalidContent, Refused
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


def test_what_is_transparent_stays_so_in_a_png_and_is_white_in_a_jpeg(tmp_path: Path) -> None:
    glass = Image.new("RGBA", (640, 480), (200, 0, 0, 0))
    _, png = prepared(tmp_path, "a.png", encoded(glass, "PNG"))
    _, jpeg = prepared(tmp_path, "a.webp", encoded(glass, "WEBP"))
    with Image.open(io.BytesIO(png)) as one, Image.open(io.BytesIO(jpeg)) as two:
        assert one.getpixel((9, 9))[3] == 0  # type: ignore[index]
        assert two.getpixel((9, 9)) == (255, 255, 255)


def test_a_palette_keeps_its_colours_its_transparency_and_its_small_size(tmp_path: Path) -> None:
    chart = picture().quantize(16)
    data = encoded(chart, "PNG", transparency=3)
    _, written = prepared(tmp_path, "a.png", data)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(written)) as after:
        assert after.mode == "P"
        assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()
    assert len(written) < 1.1 * len(data)


def test_a_single_transparent_colour_is_not_forgotten(tmp_path: Path) -> None:
    keyed = encoded(Image.new("RGB", (640, 480), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    _, written = prepared(tmp_path, "a.png", keyed)
    with Image.open(io.BytesIO(written)) as read:
        assert read.convert("RGBA").getpixel((9, 9))[3] == 0  # type: ignore[index]


def test_a_picture_for_print_becomes_one_for_screens(tmp_path: Path) -> None:
    _, written = prepared(tmp_path, "a.jpg", encoded(Image.new("CMYK", (640, 480), (0, 255, 255, 0))))
    with Image.open(io.BytesIO(written)) as read:
        assert read.mode == "RGB"
        red, green, blue = read.getpixel((9, 9))  # type: ignore[misc]
        assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_greys_do_not_become_white(tmp_path: Path, mode: str) -> None:
    deep = Image.new("F", (640, 480), 0)
    deep.paste(32768, (0, 0, 320, 480))
    deep.paste(65535, (320, 0, 640, 480))
    deep.putpixel((0, 0), 0)
    name, kind = ("a.png", "PNG") if mode == "I;16" else ("a.tiff", "TIFF")
    _, written = prepared(tmp_path, name, encoded(deep.convert("I").convert(mode), kind))
    with Image.open(io.BytesIO(written)) as read:
        grey = read.convert("L")
        assert 120 <= grey.getpixel((99, 99)) <= 136  # type: ignore[operator]
        assert grey.getpixel((500, 99)) >= 250  # type: ignore[operator]


def wide_gamut() -> bytes:
    """A profile whose red and green have changed places: taken for sRGB, colours would be plainly wrong."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (tags,) = struct.unpack(">I", profile[128:132])
    where = {bytes(profile[at : at + 4]): at + 4 for at in range(132, 132 + 12 * tags, 12)}
    red, green = where[b"rXYZ"], where[b"gXYZ"]
    profile[red : red + 8], profile[green : green + 8] = profile[green : green + 8], profile[red : red + 8]
    return bytes(profile).replace(b"s\x00R\x00G\x00B", b"O\x00t\x00h\x00e")


@pytest.mark.parametrize(("name", "kind", "mode"), [("a.jpg", "JPEG", "RGB"), ("a.png", "PNG", "RGBA")])
def test_another_colour_profile_is_applied_not_dropped(tmp_path: Path, name: str, kind: str, mode: str) -> None:
    green = Image.new("RGB", (640, 480), (0, 255, 0)).convert(mode)
    _, written = prepared(tmp_path, name, encoded(green, kind, icc_profile=wide_gamut()))
    with Image.open(io.BytesIO(written)) as read:
        assert "icc_profile" not in read.info
        assert read.mode == mode
        red, other, *_ = read.getpixel((9, 9))  # type: ignore[misc]
        assert red > 200 > 90 > other


def test_a_profile_that_is_no_profile_changes_nothing(tmp_path: Path) -> None:
    _, written = prepared(tmp_path, "a.jpg", encoded(Image.new("RGB", (640, 480), "red"), icc_profile=b"junk" * 50))
    with Image.open(io.BytesIO(written)) as read:
        assert read.getpixel((9, 9)) == pytest.approx((254, 0, 0), abs=3)


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
    before = ready.file.stat()
    again, _ = prepared(tmp_path, "a.jpg", (tmp_path / "a.jpg").read_bytes())
    assert (again.file.stat().st_ino, again.file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [file.name for file in (tmp_path / "work").iterdir()] == [ready.file.name], "no drafts are left"


def test_a_prepared_file_that_a_commit_brought_along_is_not_believed(tmp_path: Path) -> None:
    data = encoded(picture(), private=True)
    ready, written = prepared(tmp_path, "a.jpg", data)
    ready.file.unlink()
    ready.file.write_bytes(b"another picture, never reviewed")
    ready.file.chmod(0o644)
    assert prepared(tmp_path, "a.jpg", data)[1] == written


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "work").symlink_to("elsewhere")
    with pytest.raises(Refused, match="link"):
        prepared(tmp_path, "a.jpg", encoded(picture()))
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_that_changed_since_it_was_planned_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(picture()))
    repository = Repository(tmp_path)
    facts = Probe(repository)("a.jpg")
    assert isinstance(facts, MediaFacts)
    (tmp_path / "a.jpg").write_bytes(encoded(picture(), quality=20))
    with pytest.raises(InvalidContent, match="changed since") as caught:
        prepare(repository, "a.jpg", facts, tmp_path / "work")
    assert caught.value.code == "E333"
