"""What a file is, its bytes say; whatever is wrong with it is said, never raised."""

import importlib.util
import io
import random
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from publisher.content.look import MediaFacts, MediaProblem
from publisher.errors import InvalidContent
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
