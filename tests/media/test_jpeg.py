"""Metadata leave a JPEG; not one pixel changes."""

import io
from typing import Any

import pytest
from PIL import Image

from publisher.media.jpeg import without_metadata
from tests.media.fakes import encoded, picture


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.tobytes()


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (2 + len(body)).to_bytes(2, "big") + body


def with_segment(data: bytes, added: bytes) -> bytes:
    return data[:2] + added + data[2:]


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"optimize": True}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_every_common_build_is_copied_with_its_pixels(mode: str, options: dict[str, Any]) -> None:
    data = encoded(picture(mode=mode), **options)
    bare = without_metadata(data)
    assert bare is not None
    assert pixels(bare) == pixels(data)


@pytest.mark.parametrize(
    "added",
    [
        segment(0xE0, b"JFXX\x00\x10CANARY"),
        segment(0xE1, b"Exif\x00\x00CANARY"),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00CANARY"),
        segment(0xE2, b"MPF\x00CANARY"),
        segment(0xED, b"Photoshop 3.0\x00CANARY"),
        segment(0xEF, b"CANARY"),
        segment(0xFE, b"CANARY"),
        segment(0xF0, b"CANARY"),
        b"\xff\xff" + segment(0xFE, b"CANARY"),
    ],
)
def test_whatever_is_said_beside_the_picture_goes(added: bytes) -> None:
    data = encoded(picture())
    bare = without_metadata(with_segment(data, added) + b"CANARY")
    assert bare is not None
    assert b"CANARY" not in bare
    assert pixels(bare) == pixels(data)


def test_a_thumbnail_that_shows_what_was_cropped_away_goes() -> None:
    data = encoded(picture())
    assert data[2:4] == b"\xff\xe0"
    header = data[6:18] + b"\x02\x02" + b"CANARY123456"
    bare = without_metadata(data[:2] + segment(0xE0, header) + data[20:])
    assert bare is not None
    assert b"CANARY" not in bare
    assert pixels(bare) == pixels(data)


def test_a_table_that_holds_an_end_mark_between_scans_is_not_the_end() -> None:
    data = encoded(picture(), progressive=True)
    second_scan = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    table = segment(0xFE, b"in a comment: \xff\xd9")
    bare = without_metadata(data[:second_scan] + table + data[second_scan:])
    assert bare is not None
    assert pixels(bare) == pixels(data)


@pytest.mark.parametrize("cut", [1, 2, 3, 10, 30, 500])
def test_what_ends_too_early_is_not_copied(cut: int) -> None:
    data = encoded(picture())
    assert without_metadata(data[:-cut]) is None
    assert without_metadata(data[:cut]) is None


def test_what_is_no_plain_jpeg_is_left_to_a_decoder() -> None:
    assert without_metadata(encoded(picture(), "PNG")) is None
    assert without_metadata(b"\xff\xd8no markers here") is None
    assert without_metadata(with_segment(encoded(picture()), segment(0xC9, b"arithmetic"))) is None
