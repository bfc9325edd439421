"""A state file that is doubtful in any way is refused, and left as it is."""

import json
import os
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import Refused
from publisher.planning.state_json import head_json, sealed
from publisher.state_backends import checks, durable
from tests.state_backends.files import NAME, backend, with_post
from tests.state_backends.places import BEGUN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


def made_link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def made_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def made_huge(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(checks.LARGEST + 1)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(len(path.read_bytes())))


def made_list(path: Path) -> None:
    path.write_text("[]")


def made_deep(path: Path) -> None:
    path.write_text("[" * 200_000)


def made_binary(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0JFIF")


SPOILED = [made_link, made_folder, made_pipe, made_huge, cut_off, emptied, zeroed, made_list, made_deep, made_binary]


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_f58_a_state_that_cannot_be_read_is_refused_and_left_alone(path: Path, spoil: Callable[[Path], None]) -> None:
    ours = backend(path)
    state = ours.create(BEGUN)
    spoil(path)
    before = os.lstat(path)
    attempts: list[Callable[[], object]] = [
        backend(path).load,
        lambda: ours.save(with_post(state, "new"), ("launch",)),
        lambda: backend(path).create(BEGUN),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "E401"
        assert NAME in caught.value.message
        assert "publisher state verify" in caught.value.fix
    after = os.lstat(path)
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)


def test_a_folder_of_ours_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".publisher").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="symbolic link"):
        backend(tmp_path / NAME).create(BEGUN)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_what_is_to_be_typed_holds_for_any_name(tmp_path: Path) -> None:
    path = tmp_path / "my dir" / "st acme.json"
    backend(path).create(BEGUN)
    path.unlink()
    with pytest.raises(Refused) as caught:
        backend(path).load()
    command = caught.value.fix.split("on purpose: ")[1].split(", then")[0]
    assert shlex.split(command) == ["rm", f"{tmp_path}/my dir/.publisher/st acme.json.mark.json"]
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / ".publisher").symlink_to(tmp_path)
    with pytest.raises(Refused) as caught:
        backend(tmp_path / "a b" / NAME).create(BEGUN)
    assert shlex.split(caught.value.fix) == ["rm", f"{tmp_path}/a b/.publisher"]


def test_looking_for_a_missing_state_makes_nothing(path: Path) -> None:
    with pytest.raises(Refused):
        backend(path).load()
    assert not list(path.parent.iterdir())


def test_a_journal_without_its_file_is_no_missing_state(path: Path) -> None:
    ours = backend(path, small=0)
    ours.save(with_post(ours.create(BEGUN), "new"), ("launch",))
    path.unlink()
    with pytest.raises(Refused) as caught:
        backend(path).load()
    assert caught.value.code == "E401"


def test_a_journal_beside_the_wrong_file_is_refused(path: Path) -> None:
    ours = backend(path, small=0)
    state = ours.create(BEGUN)
    older = path.read_bytes()
    state = ours.save(with_post(state, "one"), ("launch",))
    with ours.lock("1/1"):
        ours.load()
    ours.save(with_post(state, "two"), ("launch",))
    path.write_bytes(older)
    with pytest.raises(Refused) as caught:
        backend(path).load()
    assert caught.value.code == "E402"


def test_a_last_line_cut_off_was_never_acknowledged(path: Path) -> None:
    ours = backend(path, small=0)
    first = ours.save(with_post(ours.create(BEGUN), "one"), ("launch",))
    ours.save(with_post(first, "two"), ("launch",))
    journal = path.with_name(f"{NAME}.journal")
    journal.write_bytes(journal.read_bytes()[:-5])
    (path.parent / ".publisher" / f"{NAME}.mark.json").unlink()
    again = backend(path, "2/1", small=0)
    assert again.load() == first
    third = again.save(with_post(first, "three"), ("launch",))
    assert backend(path).load() == third


def test_a_line_in_the_middle_changed_by_hand_is_refused(path: Path) -> None:
    ours = backend(path, small=0)
    first = ours.save(with_post(ours.create(BEGUN), "one"), ("launch",))
    ours.save(with_post(first, "two"), ("launch",))
    journal = path.with_name(f"{NAME}.journal")
    journal.write_bytes(journal.read_bytes().replace(b'"one"', b'"six"'))
    with pytest.raises(Refused) as caught:
        backend(path).load()
    assert caught.value.code == "E402"


def test_a_line_without_posts_is_refused(path: Path) -> None:
    ours = backend(path, small=0)
    state = ours.save(with_post(ours.create(BEGUN), "one"), ("launch",))
    line = sealed({**head_json(replace(state, serial=3)), "after": state.write_id, "posts": []})
    with path.with_name(f"{NAME}.journal").open("a") as journal:
        journal.write(json.dumps(line) + "\n")
    with pytest.raises(Refused) as caught:
        backend(path).load()
    assert caught.value.code == "E401"


def test_f56_a_state_that_vanishes_under_a_run_is_refused(path: Path) -> None:
    ours = backend(path)
    state = ours.create(BEGUN)
    path.unlink()
    with pytest.raises(Refused) as caught:
        ours.save(with_post(state, "new"), ("launch",))
    assert caught.value.code == "E400"
    assert not path.exists()


def test_a_path_through_a_file_is_refused(path: Path) -> None:
    path.write_text("")
    with pytest.raises(Refused, match="Not a directory"):
        durable.read(path / NAME)


def test_a_disk_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refused, match="Input/output error"):
        durable.read(Path("/proc/self/mem"))
