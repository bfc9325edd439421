"""The token file: whole or not there, its owner's alone, and never somewhere else."""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.auth.storage import TokenFile
from publisher.errors import NotAllowed
from publisher.threads_api import Credentials
from tests.conftest import Canary

ISSUED = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile.of("acme", {"HOME": str(tmp_path)})


@pytest.fixture
def credentials() -> Credentials:
    """Not a canary: this token is meant to be in a file."""
    return Credentials("THSTORED0123456789012345", "17", ("threads_basic",), issued_at=ISSUED, extra={"endpoint": "x"})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_stored_is_loaded_and_is_its_owners_alone(file: TokenFile, credentials: Credentials) -> None:
    before = os.umask(0)
    try:
        file.store(credentials)
    finally:
        os.umask(before)
    assert file.load() == credentials
    assert (mode(file.path), mode(file.path.parent)) == (0o600, 0o700)
    assert mode(file.path.parent.parent) == 0o700, "nor may others put another folder in its place"


def test_the_folder_is_where_the_system_keeps_configuration(tmp_path: Path) -> None:
    assert TokenFile.of("acme", {"HOME": "/home/ada"}).path == Path("/home/ada/.config/threads-publisher/acme.json")
    chosen = TokenFile.of("acme", {"HOME": "/home/ada", "XDG_CONFIG_HOME": "/etc/ada"})
    assert chosen.path == Path("/etc/ada/threads-publisher/acme.json")
    relative = TokenFile.of("acme", {"HOME": "/home/ada", "XDG_CONFIG_HOME": "here"})
    assert relative.path == Path("/home/ada/.config/threads-publisher/acme.json")
    with pytest.raises(NotAllowed, match="HOME"):
        TokenFile.of("acme", {})


@pytest.mark.parametrize("account", ["../../etc/acme", "a/b", "..", "brève"])
def test_no_accounts_name_leads_out_of_the_folder(account: str, tmp_path: Path, credentials: Credentials) -> None:
    file = TokenFile.of(account, {"HOME": str(tmp_path)})
    file.store(credentials)
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [file.path]
    assert file.path.parent == tmp_path / ".config" / "threads-publisher"


def test_a_new_token_replaces_the_old_one_and_leaves_nothing_beside_it(
    file: TokenFile, credentials: Credentials
) -> None:
    file.store(credentials)
    file.store(Credentials("THRENEWED012345678901234"))
    loaded = file.load()
    assert loaded is not None
    assert loaded.access_token == "THRENEWED012345678901234"
    assert list(file.path.parent.iterdir()) == [file.path]


def test_the_old_token_stays_when_the_new_one_cannot_be_written(
    file: TokenFile, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.store(credentials)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotAllowed, match="No space left") as refused:
        file.store(Credentials("THRENEWED012345678901234"))
    assert "is as it was" in (refused.value.why or "")
    assert "room" in refused.value.fix
    assert file.load() == credentials
    assert list(file.path.parent.iterdir()) == [file.path]


def readable_by_others(path: Path) -> None:
    path.chmod(0o640)


def in_a_folder_that_others_can_change(path: Path) -> None:
    """Two of its owner's files can change places there, and the wrong account posts."""
    path.parent.chmod(0o720)


def a_link(path: Path) -> None:
    path.rename(path.with_suffix(".kept"))
    path.symlink_to(path.with_suffix(".kept"))


def a_link_for_a_folder(path: Path) -> None:
    elsewhere = path.parent.parent / "dotfiles" / path.parent.name
    elsewhere.parent.mkdir()
    path.parent.rename(elsewhere)
    path.parent.symlink_to(elsewhere)


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir(0o700)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20] + b"\xff")


SPOILED = (
    readable_by_others,
    in_a_folder_that_others_can_change,
    a_link,
    a_link_for_a_folder,
    a_pipe,
    a_folder,
    empty,
    damaged,
)


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_place_and_a_fix(
    spoil: Callable[[Path], None], file: TokenFile, credentials: Credentials
) -> None:
    file.store(credentials)
    spoil(file.path)
    with pytest.raises(NotAllowed) as refused:
        file.load()
    assert refused.value.code == "E608"
    assert str(file.path) in refused.value.message
    assert refused.value.fix
    assert credentials.access_token not in f"{refused.value.message}{refused.value.fix}{refused.value.__context__}"


@pytest.mark.parametrize("spoil", [a_link, a_link_for_a_folder, a_pipe, a_folder], ids=lambda spoil: spoil.__name__)
def test_nothing_is_written_through_or_over_what_is_no_plain_file(
    spoil: Callable[[Path], None], file: TokenFile, credentials: Credentials
) -> None:
    file.store(credentials)
    spoil(file.path)
    before = {found: found.lstat().st_ino for found in file.path.parent.parent.rglob("*")}
    for act in (file.make_ready, lambda: file.store(Credentials("THRENEWED012345678901234"))):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "E608"
    assert {found: found.lstat().st_ino for found in file.path.parent.parent.rglob("*")} == before


def test_where_nothing_was_stored_there_is_nothing(file: TokenFile, canary: Canary) -> None:
    assert file.load() is None
    assert not file.exists()
    assert not file.remove()
    file.store(Credentials("THSTORED0123456789012345"))
    assert file.exists()
    assert file.remove()
    assert file.load() is None


def test_what_a_killed_run_left_beside_it_goes_with_the_token(
    file: TokenFile, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`os._exit` is what a kill looks like from inside: nothing is tidied up."""
    file.store(credentials)
    if (child := os.fork()) == 0:
        monkeypatch.setattr(os, "replace", lambda *_, **__: os._exit(9))
        try:
            file.store(Credentials("THRENEWED012345678901234"))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert file.load() == credentials
    other = TokenFile(file.path.with_name("acme.json.json"), "acme.json")
    other.store(credentials)
    assert file.remove()
    assert list(file.path.parent.iterdir()) == [other.path]
