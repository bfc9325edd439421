"""Where the bytes of a state meet the disk: whole or not at all, and still there after a power cut.

Tiny on purpose: everything that can go wrong with a disk goes wrong in here, through the calls of `Disk`, which
tests replace to make them fail at any step.
"""

import errno
import glob
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from publisher.errors import NotAllowed, PublisherError, Refused, TryAgain
from publisher.state_backends.checks import LARGEST

_UNFINISHED = ".part"


class Disk(Protocol):
    """The calls that may fail. `OS` makes them for real."""

    def write(self, handle: int, data: bytes) -> None: ...

    def fsync(self, handle: int) -> None: ...

    def replace(self, source: Path, target: Path) -> None: ...


class OS:
    """The operating system's own answers."""

    def write(self, handle: int, data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # write(2) may take only a part, on a full disk for instance
            rest = rest[os.write(handle, rest) :]

    def fsync(self, handle: int) -> None:
        os.fsync(handle)

    def replace(self, source: Path, target: Path) -> None:
        os.replace(source, target)


@dataclass(frozen=True, slots=True)
class Durable:
    """Replaces and extends files so that a crash leaves the old content or the new, never a mixture."""

    disk: Disk = field(default_factory=OS)

    def replace(self, path: Path, data: bytes) -> None:
        """Make `path` hold `data`: temporary file, fsync, rename, fsync of the folder.

        Raises `TryAgain` or `NotAllowed`, with the old content still in place, for what the system answers.
        """
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}{_UNFINISHED}")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise explained(error, path) from None
        try:
            try:
                _copy_mode(path, handle)
                self.disk.write(handle, data)
                self.disk.fsync(handle)
            finally:
                os.close(handle)
            self.disk.replace(temporary, path)
            self._fsync_folder(path.parent)
        except OSError as error:
            raise explained(error, path) from None
        finally:
            with suppress(OSError):  # a disk that has failed may refuse this as well: what it said first is told
                temporary.unlink(missing_ok=True)

    def sweep(self, path: Path) -> None:
        """Remove what writers of `path` left when they were killed; the caller knows that none is at work."""
        with suppress(OSError):
            for left in path.parent.glob(f".{glob.escape(path.name)}.*{_UNFINISHED}"):
                left.unlink()

    def append(self, path: Path, keep: int, data: bytes) -> None:
        """Make `data` follow the first `keep` bytes of `path`, which is made when it is not there.

        When it fails, the file is cut back to `keep` bytes if that can be done; else its torn end is the reader's.
        """
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(path, flags, 0o666)
        except OSError as error:
            raise explained(error, path) from None
        try:
            made = os.fstat(handle).st_size == 0
            os.ftruncate(handle, keep)
            os.lseek(handle, keep, os.SEEK_SET)
            try:
                self.disk.write(handle, data)
                self.disk.fsync(handle)
            except OSError:
                os.ftruncate(handle, keep)
                raise
            if made:
                self._fsync_folder(path.parent)
        except OSError as error:
            raise explained(error, path) from None
        finally:
            with suppress(OSError):  # it is on disk already, or has failed already
                os.close(handle)

    def _fsync_folder(self, folder: Path) -> None:
        """A rename is on disk only when its folder is."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.disk.fsync(handle)
        finally:
            os.close(handle)


def _copy_mode(path: Path, handle: int) -> None:
    """A file that was shared with a group stays shared."""
    with suppress(FileNotFoundError):
        os.fchmod(handle, stat.S_IMODE(path.stat().st_mode))


def read(path: Path) -> bytes | None:
    """All of a regular file; None when there is nothing of that name.

    Raises `Refused` E401 for a link, a folder, a pipe or a file over 100 MB, and for one that may not be read: a state
    that cannot be read is not an empty one.
    """
    try:
        # O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise unreadable(path, "it is a symbolic link", "a regular file") from None
        mend = f"let this user read {path}" if error.errno in _FORBIDDEN else None
        raise unreadable(path, error.strerror or str(error), "a file this user may read", mend=mend) from None
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "no regular file"
            raise unreadable(path, f"it is {kind}", "a regular file")
        if facts.st_size > LARGEST:
            raise unreadable(path, f"it has {facts.st_size:,} bytes", f"at most {LARGEST:,} bytes")
        with os.fdopen(handle, "rb", closefd=False) as stream:
            return stream.read(LARGEST)
    except OSError as error:
        raise unreadable(path, error.strerror or str(error), "a disk that can be read") from None
    finally:
        os.close(handle)


def unreadable(path: Path, seen: str, expected: str, *, mend: str | None = None) -> Refused:
    """E401; `mend` is what helps where the file itself may well be sound."""
    return Refused(
        f"{path.name} cannot be read as a state: {seen}; expected {expected}",
        code="E401",
        why="a state that cannot be read is not an empty one: publishing now could post everything again",
        fix=f"{mend or f'put the last good {path.name} in its place'}, then: publisher state verify",
    )


_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_MISPLACED = frozenset({errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP})


def explained(error: OSError, path: Path) -> PublisherError:
    """What the system said, as something a person can act on."""
    said = error.strerror or str(error)
    if error.errno in _FORBIDDEN:
        return NotAllowed(
            f"{path.name} cannot be written: {said}",
            code="E410",
            why="what was on disk before is still there, whole",
            fix=f"let this user write to {path.parent}, then run again",
        )
    if error.errno in _MISPLACED:
        return Refused(
            f"{path} cannot be made: {said}",
            code="E412",
            why="without a place for it nothing that goes out could be recorded",
            fix="shorten the name in state.path"
            if error.errno == errno.ENAMETOOLONG
            else f"take away what is in the way, {_in_the_way(path)}, or give state.path another place",
        )
    return TryAgain(
        f"{path.name} could not be written: {said}",
        code="E411",
        why="what was on disk before is still there, whole",
        fix="free some space or repair the disk, then run again",
    )


def obstacle(path: Path) -> PublisherError | None:
    """E412 where nothing can be at `path`, which is another thing than nothing being there."""
    try:
        path.lstat()
    except OSError as error:
        if error.errno in _MISPLACED:
            return explained(error, path)
    return None


def _in_the_way(path: Path) -> Path:
    """The topmost part of `path` that is there and no folder; else `path`, which is one."""
    return next((part for part in (*reversed(path.parents), path) if os.path.lexists(part) and not part.is_dir()), path)
