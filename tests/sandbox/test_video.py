"""What a video says of itself decides whether its container finishes."""

import random
import struct
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.sandbox import tracks, video
from publisher.sandbox.fetching import Fetched
from tests.sandbox.clips import CLIP, CLIPS, clip
from tests.sandbox.worlds import Caller


def box(kind: bytes, body: bytes, *, wide: bool = False) -> bytes:
    if wide:
        return struct.pack(">I4sQ", 1, kind, 16 + len(body)) + body
    return struct.pack(">I4s", 8 + len(body), kind) + body


def movie(seconds: float = 2, width: int = 640, height: int = 360, *, late: bool = False, wide: bool = False) -> bytes:
    length = int(seconds * 1000)
    header = bytes([1, 0, 0, 0]) + bytes(16) + struct.pack(">IQ", 1000, length)
    if not wide:
        header = bytes(12) + struct.pack(">II", 1000, length)
    track = box(b"trak", box(b"tkhd", bytes(76) + struct.pack(">II", width << 16, height << 16)))
    about = box(b"moov", box(b"mvhd", header) + track, wide=wide)
    content = box(b"mdat", bytes(64))
    return box(b"ftyp", b"isom") + (content + about if late else about + content)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (movie(), None),
        (movie(wide=True), None),
        (movie(300), None),
        (movie(300.1), "INVALID_DURATION"),
        (movie(301, wide=True), "INVALID_DURATION"),
        (movie(0), "INVALID_DURATION"),
        (movie(width=1921, height=1080), "INVALID_ASPEC_RATIO"),
        (movie(width=1000, height=99), "INVALID_ASPEC_RATIO"),
        (movie(width=99, height=1000), None),
        (movie(late=True), "FAILED_PROCESSING_VIDEO"),
        (b"<html>", "FAILED_PROCESSING_VIDEO"),
        (b"", "FAILED_PROCESSING_VIDEO"),
        (box(b"ftyp", b"isom"), None),
    ],
)
def test_a_video_out_of_spec_has_its_reason(data: bytes, reason: str | None) -> None:
    assert video.refusal(data) == reason


@given(st.binary(max_size=80), st.integers(0, 200))
def test_broken_boxes_are_no_trouble(noise: bytes, at: int) -> None:
    data = movie()
    video.refusal(data[:at] + noise + data[at:])
    video.refusal(data[:at] + noise)


@pytest.mark.parametrize("name", CLIPS)
def test_every_rule_that_can_be_measured_has_a_video_that_breaks_it(name: str) -> None:
    assert video.refusal(clip(name)) == CLIPS[name][1]


@pytest.mark.parametrize("name", ["AV1", "22 frames a second", "Opus"])
def test_its_container_ends_in_error_with_the_reason(name: str) -> None:
    acme = Caller()
    acme.world.fetch = lambda _: Fetched(200, "video/mp4", clip(name))
    container = acme.create(media_type="VIDEO", video_url="https://m.test/clip.mp4")
    assert acme.get(f"/{container}", fields="status")["status"] == "IN_PROGRESS"
    acme.wait(seconds=2)
    told = acme.get(f"/{container}", fields="status,error_message")
    assert told == {"id": container, "status": "ERROR", "error_message": CLIPS[name][1]}


def test_without_the_library_only_what_its_boxes_say_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Mapping[str, object]:
        raise OSError("Failed to load library from libmediainfo.so.0")

    monkeypatch.setattr("pymediainfo.MediaInfo.parse", refuse)
    assert tracks.tracks(CLIP) is None
    assert video.refusal(clip("AV1")) is None
    assert video.refusal(clip("300.1 s")) == "INVALID_DURATION"


def test_broken_videos_end_in_an_answer() -> None:
    chance = random.Random(17)
    index = CLIP.index(b"mdat")
    answers = set()
    for _ in range(60):
        data = bytearray(CLIP)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(index)] = chance.randrange(256)
        answers.add(video.refusal(bytes(data)))
    assert None in answers
    assert len(answers) > 2
