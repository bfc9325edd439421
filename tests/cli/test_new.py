"""`publisher new`: a post file that reads as a person would write it."""

import os
from pathlib import Path

import pytest

from tests.cli.calling import repository
from tests.flow.desk import png


def test_a_text_becomes_a_file_that_is_valid(tmp_path: Path) -> None:
    call = repository(tmp_path)
    called = call("new", "Acme 2.0: it's out #now 🎉", "--now", "2026-12-01T09:00")
    assert called.out == "posts/2026-12-01-acme-2-0-its-out-now.yaml\n"
    assert (tmp_path / called.out.strip()).read_text() == "text: |-\n  Acme 2.0: it's out #now 🎉\n"
    assert call("validate").code == 0


def test_a_picture_is_not_published_until_it_is_described(tmp_path: Path) -> None:
    call = repository(tmp_path)
    (tmp_path / "dash board.png").write_bytes(png(1))
    file = tmp_path / call("new", "A picture", "--image", "dash board.png").out.strip()
    assert "file: '../dash board.png'" in file.read_text()
    called = call("validate", "--format", "json")
    assert [finding["code"] for finding in called.document["findings"]] == ["E308"]
    file.write_text(file.read_text().replace("TODO", "A dark square"))
    assert call("validate").code == 0


def test_a_picture_from_elsewhere_is_copied_beside_the_post(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(png(1))
    call = repository(tmp_path / "social")
    call("new", "A picture", "--image", "../elsewhere.png")
    assert (tmp_path / "social" / "posts" / "media" / "elsewhere.png").read_bytes() == png(1)


def test_another_file_of_the_same_name_is_not_overwritten_by_a_copy(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(png(1))
    call = repository(tmp_path / "social")
    call("new", "A picture", "--image", "../elsewhere.png")
    assert call("new", "The same picture", "--image", "../elsewhere.png").code == 0
    (tmp_path / "elsewhere.png").write_bytes(png(2))
    called = call("new", "Another picture", "--image", "../elsewhere.png")
    assert (called.code, "posts/media/elsewhere.png is there already" in called.err) == (8, True)
    assert (tmp_path / "social" / "posts" / "media" / "elsewhere.png").read_bytes() == png(1)


@pytest.mark.parametrize("name", ["a\nb.png", "a\x1b[2J.png", os.fsdecode(b"a\xff.png")])
def test_a_name_that_no_post_file_can_hold_is_told_and_nothing_is_copied(tmp_path: Path, name: str) -> None:
    try:
        (tmp_path / name).write_bytes(png(1))
    except OSError:
        pytest.skip("this file system has no such names")
    call = repository(tmp_path / "social")
    called = call("new", "A picture", "--image", f"../{name}")
    assert (called.code, "[E109]" in called.err) == (3, True)
    assert not (tmp_path / "social" / "posts" / "media").exists()


@pytest.mark.parametrize("text", ["a\udc80b", "a\x1b[2Jb"])
def test_a_text_that_no_post_may_hold_is_told_and_not_written(tmp_path: Path, text: str) -> None:
    called = repository(tmp_path)("new", text)
    assert (called.code, "[E109]" in called.err) == (3, True)
    assert not list((tmp_path / "posts").glob("*.yaml"))


def test_a_fifo_in_the_place_of_a_picture_is_not_waited_for(tmp_path: Path) -> None:
    call = repository(tmp_path)
    os.mkfifo(tmp_path / "a.png")
    assert call("new", "A picture", "--image", "a.png").code == 2


def test_a_local_time_is_the_name_s_day_and_the_post_s_time(tmp_path: Path) -> None:
    call = repository(tmp_path, "version: 1\naccount: acme\ntimezone: Europe/Berlin\n")
    called = call("new", "Doors open", "--at", "2026-12-01 00:30")
    assert called.out == "posts/2026-12-01-doors-open.yaml\n"
    assert "publish_at: 2026-12-01T00:30\n" in (tmp_path / called.out.strip()).read_text()


@pytest.mark.parametrize("at", ["2027-01-01 9:00", "2027/1/1 09:00", "2027-01-01, 9:00 am"])
def test_a_time_is_taken_as_validate_would_mend_it(tmp_path: Path, at: str) -> None:
    call = repository(tmp_path)
    called = call("new", "Happy new year", "--at", at)
    assert called.out == "posts/2027-01-01-happy-new-year.yaml\n"
    assert "publish_at: 2027-01-01T09:00\n" in (tmp_path / called.out.strip()).read_text()
    assert call("validate").code == 0


def test_a_time_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    call = repository(tmp_path, "version: 1\naccount: acme\ntimezone: Europe/Berlin\n")
    assert call("new", "Spring", "--at", "2026-03-29 02:30").code == 3


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    call = repository(tmp_path)
    call("new", "Hello", "--now", "2026-12-01")
    called = call("new", "Hello", "--now", "2026-12-01")
    assert called.code == 8
    assert "error[E229]: posts/2026-12-01-hello.yaml is there already" in called.err
    assert "a file that is there already" in call("explain", "E229").out


@pytest.mark.parametrize("config", ["posts: posts\n", "posts: posts/social\n"])
@pytest.mark.parametrize("picture", [(), ("--image", "../elsewhere.png")])
def test_nothing_is_written_along_a_link(tmp_path: Path, config: str, picture: tuple[str, ...]) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "elsewhere.png").write_bytes(png(1))
    call = repository(tmp_path / "social", f"version: 1\naccount: acme\n{config}")
    (tmp_path / "social" / "posts").symlink_to(tmp_path / "outside")
    called = call("new", "Hello", *picture)
    assert called.code == 3
    assert "E110" in called.err
    assert "link" in called.err
    assert list((tmp_path / "outside").iterdir()) == []


def test_nothing_is_written_along_a_link_in_the_place_of_the_post_or_of_its_pictures(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "elsewhere.png").write_bytes(png(1))
    call = repository(tmp_path / "social")
    posts = tmp_path / "social" / "posts"
    posts.mkdir()
    (posts / "2026-12-01-hello.yaml").symlink_to(outside / "hello.yaml")
    (posts / "media").symlink_to(outside)
    assert call("new", "Hello", "--now", "2026-12-01").code == 8
    assert call("new", "A picture", "--image", "../elsewhere.png").code == 3
    assert list(outside.iterdir()) == []
    assert [file.name for file in posts.glob("*picture*")] == []
