"""What a file is, its bytes say; whatever is wrong with it is said, never raised."""

import importlib.util
import io
import os
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from publisher.content.look import MediaFacts, MediaProblem
from publisher.errors import InvalidContent
from publisher.media import boxes, jpeg
from publisher.media.prepare import prepare
from publisher.media.probe import Probe
from publisher.repository import Repository
from tests.media.fakes import encoded, picture

CLIP = Path(__file__).parents[2] / "example-posts" / "posts" / "media" / "clouds.mp4"


def look(tmp_path: Path, data: bytes, name: str = "file.jpg") -> MediaFacts | MediaProblem:
    (tmp_path / name).write_bytes(data)
    return Probe(Repository(tmp_path))(name)


def test_a_picture_is_known_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    facts = look(tmp_path, encoded(picture(), "PNG"), "liar.jpg")
    assert isinstance(facts, MediaFacts)
    assert (facts.kind, facts.content_type, facts.width, facts.height) == ("image", "image/png", 640, 480)


def test_width_and_height_are_those_after_turning(tmp_path: Path) -> None:
    facts = look(tmp_path, encoded(picture(), orientation=6))
    assert isinstance(facts, MediaFacts)
    assert (facts.width, facts.height) == (480, 640)


def test_an_animation_is_told_from_a_still(tmp_path: Path) -> None:
    moving = io.BytesIO()
    picture().save(moving, "GIF", save_all=True, append_images=[Image.new("RGB", (640, 480), "blue")])
    animated = look(tmp_path, moving.getvalue())
    still = look(tmp_path, encoded(picture(), "GIF"), "b.gif")
    assert isinstance(animated, MediaFacts)
    assert isinstance(still, MediaFacts)
    assert (animated.animated, still.animated) == (True, False)


def test_a_video_tells_what_threads_asks(tmp_path: Path) -> None:
    facts = look(tmp_path, CLIP.read_bytes(), "clip.mp4")
    assert isinstance(facts, MediaFacts)
    assert (facts.kind, facts.video_codec, facts.frame_rate, facts.duration_s) == ("video", "h264", 24.0, 4.0)
    assert (facts.moov_first, facts.edit_list, facts.width, facts.height) == (True, False, 640, 800)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E314"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "E302"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "E315"),
        (b"<!DOCTYPE html><script>", "E315"),
        (b"%PDF-1.7", "E315"),
        (b"\x7fELF\x02", "E315"),
        (b"just words", "E315"),
        (b"\xff\xd8\xff\xe0 not really", "E314"),
        (CLIP.read_bytes()[:2000], "E314"),
    ],
)
def test_what_is_no_medium_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    problem = look(tmp_path, data)
    assert isinstance(problem, MediaProblem)
    assert problem.code == code


def test_a_picture_that_ends_too_early_is_damaged(tmp_path: Path) -> None:
    whole = encoded(picture())
    problem = look(tmp_path, whole[: len(whole) // 2])
    assert isinstance(problem, MediaProblem)
    assert problem.code == "E314"


def test_a_pixel_bomb_is_not_decoded(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    problem = look(tmp_path, bomb.getvalue())
    assert isinstance(problem, MediaProblem)
    assert problem.code == "E313"


def test_just_above_the_limit_is_refused_without_a_warning_on_the_screen(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    large = io.BytesIO()
    Image.new("1", (8_000, 6_000)).save(large, "PNG")
    problem = look(tmp_path, large.getvalue())
    assert isinstance(problem, MediaProblem)
    assert (problem.code, len(recwarn)) == ("E313", 0)


@pytest.mark.parametrize(
    ("kind", "megapixels", "options"),
    [
        ("TIFF", 14, {"compression": "tiff_lzw"}),
        ("JPEG", 20, {"progressive": True}),
        ("WEBP", 10, {"lossless": True, "method": 0}),
        ("AVIF", 14, {"speed": 10}),
    ],
)
def test_what_is_held_several_times_to_decode_it_may_have_fewer_pixels(
    tmp_path: Path, kind: str, megapixels: int, options: dict[str, Any]
) -> None:
    Image.init()
    if kind not in Image.SAVE:
        pytest.skip("this build of Pillow cannot write it")
    problem = look(tmp_path, encoded(Image.new("RGB", (1000 * megapixels // 4, 4_004)), kind, **options))
    assert isinstance(problem, MediaProblem)
    assert (problem.code, f"may have {megapixels}" in problem.message, "JPEG" in problem.fix) == ("E313", True, True)


def test_a_plain_jpeg_of_a_phone_may_have_more(tmp_path: Path) -> None:
    facts = look(tmp_path, encoded(Image.new("RGB", (5_712, 4_284))))
    assert isinstance(facts, MediaFacts)
    assert (facts.width, facts.height) == (5_712, 4_284)


def test_a_plain_jpeg_with_a_scan_for_each_colour_is_held_like_a_progressive_one() -> None:
    start = encoded(picture(16, 16)).index(b"\xff\xda")
    one = encoded(picture(16, 16))
    apart = one[: start + 4] + b"\x01" + one[start + 5 :]
    assert [jpeg.build(data, 100).in_one_go for data in (one, apart)] == [True, False]


def scans_over_nothing(scans: int) -> bytes:
    """A progressive JPEG of one grey block; all scans but the first say that nothing is to be added to it."""

    def segment(marker: int, body: bytes) -> bytes:
        return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body

    tables = segment(0xDB, bytes([0] + [1] * 64)) + segment(0xC4, bytes([0x00, 1] + [0] * 16))
    frame = segment(0xC2, bytes([8, 0, 8, 0, 8, 1, 1, 0x11, 0])) + segment(0xC4, bytes([0x10, 1] + [0] * 16))
    first = segment(0xDA, bytes([1, 1, 0x00, 0, 0, 0])) + b"\x7f"
    further = segment(0xDA, bytes([1, 1, 0x00, 1, 63, 0])) + b"\x7f"
    return b"\xff\xd8" + tables + frame + first + further * (scans - 1) + b"\xff\xd9"


def test_a_jpeg_of_very_many_scans_is_not_decoded(tmp_path: Path) -> None:
    assert isinstance(look(tmp_path, scans_over_nothing(100), "a.jpg"), MediaFacts)
    problem = look(tmp_path, scans_over_nothing(101), "b.jpg")
    assert isinstance(problem, MediaProblem)
    assert (problem.code, "100 scans" in problem.message, "baseline" in problem.fix) == ("E314", True, True)


def many_pieces() -> dict[str, bytes]:
    """Pictures that can be decoded, each with more in it than any program writes."""
    photo, drawing = encoded(picture(16, 16)), encoded(picture(16, 16), "PNG")
    empty = (0).to_bytes(4, "big") + b"abCd" + zlib.crc32(b"abCd").to_bytes(4, "big")
    blocks = b"\xff\xed\xff\xff" + (b"Photoshop 3.0\x00" + 5_460 * b"8BIM\x00\x01\x00\x00\x00\x00\x00\x00").ljust(
        65_533
    )
    between = {
        "segments": 20_001 * b"\xff\xe5\x00\x02",
        "EXIF": 101 * b"\xff\xe1\x00\x08Exif\x00\x00",
        "blocks": 4 * blocks,
        "fill bytes": 20_001 * b"\xff",
        "stray bytes": 20_001 * b"\xff\x00",
    }
    moving = encoded(picture(16, 16), "GIF")
    first = moving.index(b"\x2c")
    runs = 600_000 * b"\x01\x00" + b"\x00\x01"
    header = struct.pack("<IiiHHIIiiII", 40, 1000, 600, 1, 8, 1, len(runs), 0, 0, 256, 0)
    return {
        "comments": moving[:first] + 160_000 * b"\x21\xfe\x01A\x00" + moving[first:],
        "frames": moving[:-1] + 300_001 * b"\x00" + moving[first:],
        "runs": b"BM" + struct.pack("<IHHI", 1078 + len(runs), 0, 0, 1078) + header + bytes(1024) + runs,
        **{what: photo[:20] + pieces + photo[20:] for what, pieces in between.items()},
        "chunks": drawing[:33] + 20_001 * empty + drawing[33:],
    }


@pytest.mark.parametrize("what", many_pieces())
def test_a_picture_in_very_many_pieces_is_not_read(tmp_path: Path, what: str) -> None:
    problem = look(tmp_path, many_pieces()[what])
    assert isinstance(problem, MediaProblem)
    assert (problem.code, "pieces" in problem.message) == ("E314", True)


def test_what_comes_behind_a_jpeg_or_lies_in_its_metadata_is_not_counted(tmp_path: Path) -> None:
    """A phone puts a film behind its photo, and in both there is anything."""
    one = encoded(picture(16, 16), private=True)
    noise = b"\xff\xfe\xea\x62" + 15_000 * b"\xff\xda\xff\xe1"
    within = one[:20] + b"\xff\xe7" + noise[2:] + one[20:]
    assert isinstance(look(tmp_path, within + 2 * noise), MediaFacts)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [3, 5, 6, 7, 8])
def test_every_kind_is_turned_once(tmp_path: Path, kind: str, orientation: int) -> None:
    facts = look(tmp_path, encoded(picture(64, 48), kind, orientation=orientation))
    assert isinstance(facts, MediaFacts)
    assert (facts.width, facts.height) == ((64, 48) if orientation == 3 else (48, 64))


def test_a_pillow_that_does_not_load_is_not_told_as_a_damaged_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(picture(16, 16))
    monkeypatch.setitem(sys.modules, "PIL", None)
    problem = look(tmp_path, data)
    assert isinstance(problem, MediaProblem)
    assert (problem.code, "damaged" in problem.message, "Pillow" in problem.fix) == ("E315", False, True)


def test_what_pillow_logs_of_a_spoiled_picture_is_not_on_the_screen(tmp_path: Path) -> None:
    """In a process of its own: pytest listens to what is logged, and then Python prints none of it."""
    written = io.BytesIO()
    Image.new("RGB", (40, 40)).save(written, "TIFF")
    data = bytearray(written.getvalue())
    begin = int.from_bytes(data[4:8], "little") + 2
    samples = next(at for at in range(begin, len(data), 12) if data[at : at + 2] == b"\x15\x01")  # SamplesPerPixel
    data[samples + 8 : samples + 10] = b"\x00\x08"
    (tmp_path / "a.tiff").write_bytes(data)
    script = (
        "import sys; from pathlib import Path; from publisher.media.probe import Probe; "
        "from publisher.repository import Repository; print(Probe(Repository(Path(sys.argv[1])))('a.tiff').code)"
    )
    run = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("E315\n", "")


def test_a_heic_picture_is_read_or_named_for_what_it_is(tmp_path: Path) -> None:
    found = look(tmp_path, b"\x00\x00\x00\x18ftypheic" + bytes(40), "a.heic")
    assert isinstance(found, MediaProblem)
    if importlib.util.find_spec("pillow_heif") is None:
        assert (found.code, "HEIC" in found.message) == ("E318", True)
        assert "pillow-heif" in found.fix
    else:
        assert found.code in ("E314", "E315")


@pytest.mark.parametrize("left", [0, 100])
def test_a_video_that_is_cut_off_while_it_is_looked_at_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    original = boxes.moov_first

    def cut_off(data: boxes.Data) -> bool | None:
        os.truncate(tmp_path / "clip.mp4", left)
        return original(data)

    monkeypatch.setattr(boxes, "moov_first", cut_off)
    found = look(tmp_path, CLIP.read_bytes(), "clip.mp4")
    assert isinstance(found, MediaProblem)
    assert found.code == "E314"


def test_mutated_videos_are_blanked_or_refused_never_an_exception(tmp_path: Path) -> None:
    chance = random.Random(11)
    whole = CLIP.read_bytes()
    index = whole.index(b"mdat")
    for number in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(index)] = chance.randrange(256)
        name = f"{number}.mp4"
        facts = look(tmp_path, bytes(data), name)
        if isinstance(facts, MediaFacts):
            try:
                ready = prepare(Repository(tmp_path), name, facts, tmp_path / "work")
            except InvalidContent:
                continue
            assert ready.file.stat().st_size == len(data)


def test_mutated_pictures_are_prepared_or_refused_never_an_exception(tmp_path: Path) -> None:
    chance = random.Random(13)
    seeds = [encoded(picture(64, 48), kind, private=True) for kind in ("JPEG", "PNG", "WEBP", "TIFF")]
    for number in range(200):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        name = f"{number}.jpg"
        facts = look(tmp_path, bytes(data), name)
        if isinstance(facts, MediaFacts):
            try:
                ready = prepare(Repository(tmp_path), name, facts, tmp_path / "work")
            except InvalidContent:
                continue
            with Image.open(ready.file) as image:
                image.load()


def test_mutated_files_are_never_an_exception(tmp_path: Path) -> None:
    chance = random.Random(7)
    seeds = [encoded(picture(64, 48), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF")] + [
        CLIP.read_bytes()[:8000]
    ]
    for number in range(300):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        found = look(tmp_path, bytes(data[: chance.randint(1, len(data))]), f"{number}.jpg")
        assert isinstance(found, MediaFacts | MediaProblem)
