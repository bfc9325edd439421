"""What a camera told of itself and its owner leaves a video; nothing else moves or changes."""

import struct
from pathlib import Path

import pytest

from publisher.content.look import MediaFacts
from publisher.errors import InvalidContent
from publisher.media.boxes import boxes, has_edit_list, moov_first
from publisher.media.prepare import prepare
from publisher.media.probe import Probe
from publisher.media.videos import blank_private
from publisher.repository import Repository

CLIP = (Path(__file__).parents[2] / "example-posts" / "posts" / "media" / "clouds.mp4").read_bytes()


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, *numbers: int, tail: bytes = b"") -> bytes:
    return box(kind, struct.pack(f">{1 + len(numbers)}I", 0, *numbers) + tail)


def track(handler: bytes, samples: bytes = b"") -> bytes:
    return box(b"trak", box(b"mdia", full(b"hdlr", 0, tail=handler + bytes(12) + b"CANARY\x00") + samples))


def table(sizes: list[int], offsets: list[int], per_chunk: int) -> bytes:
    tables = (
        full(b"stsz", 0, len(sizes), *sizes) + full(b"stsc", 1, 1, per_chunk, 1) + full(b"stco", len(offsets), *offsets)
    )
    return box(b"minf", box(b"stbl", tables))


def blanked(data: bytes) -> bytes:
    canvas = bytearray(data)
    blank_private(canvas)
    assert len(canvas) == len(data)
    return bytes(canvas)


@pytest.mark.parametrize(
    "private",
    [
        box(b"udta", box(b"\xa9xyz", b"\x00\x12CANARY+52.5200+013.4050/")),
        box(b"meta", b"com.apple.quicktime.location.ISO6709 CANARY"),
        box(b"uuid", b"0123456789abcdefCANARY"),
        box(b"GPS ", b"CANARY"),
        box(b"free", b"CANARY"),
    ],
)
def test_private_boxes_go_wherever_they_are(private: bytes) -> None:
    head, rest = box(b"ftyp", b"mp42"), box(b"mdat", b"pictures")
    in_moov = blanked(head + box(b"moov", full(b"mvhd", 0, 0) + private) + rest)
    on_top = blanked(head + private + box(b"moov", full(b"mvhd", 0, 0)) + rest + private)
    for data in (in_moov, on_top):
        assert b"CANARY" not in data
        assert b"pictures" in data
        assert not {b"udta", b"meta", b"uuid", b"GPS "} & {found.type for found in boxes(data)}


def test_private_boxes_of_a_track_go_too() -> None:
    inner = box(b"mdia", full(b"hdlr", 0, tail=b"vide" + bytes(12))) + box(b"udta", b"CANARY") + box(b"meta", b"CANARY")
    assert b"CANARY" not in blanked(box(b"moov", box(b"trak", inner)) + box(b"mdat"))


def test_when_and_by_which_maker_it_was_recorded_goes() -> None:
    dates = struct.pack(">II", 0xCAFECAFE, 0xCAFECAFE)
    data = blanked(box(b"moov", full(b"mvhd", tail=dates + b"rest") + track(b"vide")) + box(b"mdat"))
    assert b"\xca\xfe" not in data
    assert b"CANARY" not in data
    assert b"rest" in data
    assert b"vide" in data


@pytest.mark.parametrize("handler", [b"meta", b"text", b"sbtl", b"camm"])
def test_a_track_that_logs_positions_goes_with_its_samples_and_the_picture_stays(handler: bytes) -> None:
    head = box(b"ftyp", b"mp42")
    body = b"PICTURE1" + b"CANARY-1" + b"CANARY-22" + b"PICTURE2" + b"CANARY-333" + b"PICTURE3"

    def whole(at: int) -> bytes:
        log = track(handler, table([8, 9, 10], [at + 8, at + 33], 2))
        return head + box(b"moov", track(b"vide") + log) + box(b"mdat", body)

    data = whole(len(whole(0)) - len(body))
    left = blanked(data)
    assert b"CANARY" not in left
    assert left[-len(body) :] == b"PICTURE1" + bytes(17) + b"PICTURE2" + bytes(10) + b"PICTURE3"
    assert [found.type for found in boxes(left) if found.parents == (b"moov",)] == [b"trak", b"free"]


def test_a_table_that_points_outside_the_media_writes_nothing_there() -> None:
    log = track(b"meta", table([4000], [0], 1))
    data = box(b"ftyp", b"mp42") + box(b"moov", track(b"vide") + log) + box(b"mdat", b"xx") + box(b"mfra", b"index")
    left = blanked(data)
    assert left.startswith(box(b"ftyp", b"mp42"))
    assert left.endswith(box(b"mfra", b"index"))


@pytest.mark.parametrize(
    "moov",
    [
        box(b"trak", b"no handler"),
        track(b"meta", table([1] * 3, [0], 1)[:-20]),
        track(b"meta", box(b"minf", box(b"stbl", full(b"stco", 1, 0)))),
        track(b"meta", box(b"minf", box(b"stbl", full(b"stco", 0xFFFFFFFF)))),
        box(b"cmov", b"compressed"),
    ],
)
def test_what_cannot_be_taken_apart_is_not_sent(moov: bytes) -> None:
    with pytest.raises((ValueError, IndexError, struct.error)):
        blank_private(bytearray(box(b"moov", moov) + box(b"mdat", bytes(64))))


def test_a_real_clip_keeps_every_offset_and_still_plays(tmp_path: Path) -> None:
    (moov,) = [found for found in boxes(CLIP) if found.type == b"moov"]
    told = box(b"udta", box(b"\xa9xyz", b"CANARY+52.5200+013.4050/"))
    grown = struct.pack(">I4s", moov.length + len(told), b"moov") + CLIP[moov.body : moov.end] + told
    data = CLIP[: moov.start] + grown + CLIP[moov.end :]
    (tmp_path / "clip.mp4").write_bytes(data)
    repository = Repository(tmp_path)
    facts = Probe(repository)("clip.mp4")
    assert isinstance(facts, MediaFacts)
    ready = prepare(repository, "clip.mp4", facts, tmp_path / "work")
    written = ready.file.read_bytes()
    assert (ready.content_type, len(written)) == ("video/mp4", len(data))
    assert b"CANARY" not in written
    (before,) = [found for found in boxes(data) if found.type == b"mdat"]
    assert written[before.start : before.end] == data[before.start : before.end]
    (tmp_path / "out.mp4").write_bytes(written)
    after = Probe(Repository(tmp_path))("out.mp4")
    assert isinstance(after, MediaFacts)
    assert (after.duration_s, after.frame_rate, after.video_codec) == (
        facts.duration_s,
        facts.frame_rate,
        facts.video_codec,
    )


def test_a_video_that_changed_since_it_was_planned_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(CLIP)
    repository = Repository(tmp_path)
    facts = Probe(repository)("clip.mp4")
    assert isinstance(facts, MediaFacts)
    (tmp_path / "clip.mp4").write_bytes(CLIP[:-1] + b"x")
    with pytest.raises(InvalidContent, match="changed since"):
        prepare(repository, "clip.mp4", facts, tmp_path / "work")
    assert not list((tmp_path / "work").iterdir())


def test_where_the_index_stands_is_seen() -> None:
    assert moov_first(box(b"moov") + box(b"mdat")) is True
    assert moov_first(box(b"mdat") + box(b"moov")) is False
    assert moov_first(box(b"mdat")) is None


@pytest.mark.parametrize(("media_time", "edited"), [(0, False), (1024, True), (-1, True)])
def test_an_edit_list_counts_when_it_edits(media_time: int, edited: bool) -> None:
    edits = box(b"elst", struct.pack(">IIIiI", 0, 1, 1000, media_time, 0x10000))
    assert has_edit_list(box(b"moov", box(b"trak", box(b"edts", edits)))) is edited
