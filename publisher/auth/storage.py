"""One token file per account, which nobody else on this machine may read.

`$XDG_CONFIG_HOME/threads-publisher/ACCOUNT.json` (`~/.config` where that is not set): mode 0600 in a folder of mode
0700. A new token replaces the old one in one step, once it is on disk; until then the old one stays. What others could
have read or put there is refused instead of used: a link, a file of another user, one with wider permissions.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from publisher.errors import NotAllowed
from publisher.threads_api import Credentials, InvalidParameter

FOLDER = "threads-publisher"
_LARGEST = 64 * 1024  # bytes; a token file has some hundred
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TRUST = "whoever reads or changes it can post as the account, or have you post as another"
_CHANGED_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class TokenFile:
    """Where the token of one account is kept on this machine."""

    path: Path  # /home/ada/.config/threads-publisher/acme.json
    account: str

    @classmethod
    def of(cls, account: str, environ: Mapping[str, str]) -> "TokenFile":
        """The account's file. Raises `NotAllowed` E608 where there is no folder for it."""
        folder = _config_folder(environ)
        if folder is None:
            fix = "set HOME, or XDG_CONFIG_HOME to a folder of yours"
            raise NotAllowed("neither HOME nor XDG_CONFIG_HOME names a folder for the token", code="E608", fix=fix)
        # An account's name may hold anything, and must not lead out of the folder.
        return cls(folder / FOLDER / f"{quote(account, safe='')}.json", account)

    def exists(self) -> bool:
        """Whether there is something of that name; whether it can be used is told by `load`."""
        return os.path.lexists(self.path)

    def load(self) -> Credentials | None:
        """The stored token; None when there is none. Raises `NotAllowed` E608 for a file that cannot be trusted."""
        try:
            with self._folder() as folder:
                if os.fstat(folder).st_mode & _CHANGED_BY_OTHERS:
                    self._refuse("is in a folder that others can change", f"chmod 700 {self.path.parent}")
                file = os.open(
                    self.path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder
                )
        except FileNotFoundError:
            return None
        except OSError as error:
            self._refuse_os(error)
        try:
            self._check(os.fstat(file))
            text = os.read(file, _LARGEST)
        finally:
            os.close(file)
        try:
            return Credentials.from_json(text.decode())
        except (InvalidParameter, UnicodeDecodeError):
            self._refuse("holds no token that could be read", f"publisher auth login --account {self.account}")

    def store(self, credentials: Credentials) -> None:
        """Put the token in the old one's place. Raises `NotAllowed` E608; the old one is still there then."""
        temporary = f"{self._beside}{secrets.token_hex(8)}"
        try:
            with self._folder(make=True) as folder:
                self._refuse_link(folder)
                try:
                    _write(temporary, credentials.to_json(), folder)
                    os.replace(temporary, self.path.name, src_dir_fd=folder, dst_dir_fd=folder)
                except BaseException:
                    with suppress(FileNotFoundError):
                        os.unlink(temporary, dir_fd=folder)
                    raise
                os.fsync(folder)
        except OSError as error:
            self._refuse_os(error)

    def make_ready(self) -> None:
        """Find out before a person is asked for anything whether a token could be stored. Raises `NotAllowed` E608."""
        try:
            with self._folder(make=True) as folder:
                self._refuse_link(folder)
                if not os.access(self.path.parent, os.W_OK | os.X_OK):
                    self._refuse("cannot be written", f"chmod 700 {self.path.parent}")
        except OSError as error:
            self._refuse_os(error)

    def remove(self) -> bool:
        """Take the file away, whatever it is, and what a killed run left beside it; False when there was no file."""
        try:
            with self._folder() as folder:
                for name in os.listdir(folder):
                    if name.startswith(self._beside) and "." not in name.removeprefix(self._beside):
                        with suppress(FileNotFoundError):
                            os.unlink(name, dir_fd=folder)
                os.unlink(self.path.name, dir_fd=folder)
                os.fsync(folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            self._refuse_os(error)
        return True

    @property
    def _beside(self) -> str:
        """How the name begins of a token that is not yet in its place."""
        return f".{self.path.name[:100]}."

    @contextmanager
    def _folder(self, *, make: bool = False) -> Iterator[int]:
        """The folder, opened: whatever is done to a file in it cannot be led elsewhere meanwhile."""
        parent = self.path.parent
        if make:
            missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
            for made in reversed(missing):  # each by itself: `parents` would make them as wide as the umask allows
                made.mkdir(mode=0o700, exist_ok=True)
        folder = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if os.fstat(folder).st_uid != os.geteuid():
                self._refuse("is in a folder of another user", f"move {parent} out of the way")
            if make:
                os.fchmod(folder, 0o700)
            yield folder
        finally:
            os.close(folder)

    def _refuse_link(self, folder: int) -> None:
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(os.stat(self.path.name, dir_fd=folder, follow_symlinks=False).st_mode):
                self._refuse("is no plain file", f"move {self.path} out of the way")

    def _check(self, facts: os.stat_result) -> None:
        if not stat.S_ISREG(facts.st_mode):
            self._refuse("is no plain file", f"move {self.path} out of the way")
        if facts.st_uid != os.geteuid():
            self._refuse("belongs to another user", f"move {self.path} out of the way")
        if facts.st_mode & _OTHERS:
            fix = f"chmod 600 {self.path}; and if others use this machine, publisher auth login again"
            self._refuse("can be read or changed by others", fix)

    def _refuse_os(self, error: OSError) -> NoReturn:
        # O_NOFOLLOW says ELOOP for a link; with O_DIRECTORY, ENOTDIR.
        if error.errno == errno.ELOOP or self.path.parent.is_symlink():
            self._refuse("is, or is behind, a link", f"put the folder {self.path.parent} itself there")
        fix = f"see to it that {self.path.parent} is a folder of yours"
        if error.errno in _NO_ROOM:
            fix = f"make room on the disk of {self.path.parent}, and run it again"
        self._refuse(f"cannot be used: {error.strerror}", fix, why="what was stored there until now is as it was")

    def _refuse(self, what: str, fix: str, why: str = _TRUST) -> NoReturn:
        raise NotAllowed(f"the token file {self.path} {what}", code="E608", why=why, fix=fix) from None


def has_home(environ: Mapping[str, str]) -> bool:
    """Whether there is a folder where token files could be."""
    return _config_folder(environ) is not None


def _config_folder(environ: Mapping[str, str]) -> Path | None:
    for name, below in (("XDG_CONFIG_HOME", ""), ("HOME", ".config")):
        if (value := environ.get(name, "")).startswith("/"):  # a relative one is to be ignored (XDG base directories)
            return Path(value) / below
    return None


def _write(name: str, text: str, folder: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(name, flags, 0o600, dir_fd=folder)
    with os.fdopen(file, "wb") as opened:
        os.fchmod(file, 0o600)
        opened.write(text.encode())
        opened.flush()
        os.fsync(file)
