"""The files of a content repository, found and opened so that nothing leads out of it.

A pull request may bring any file. No component of a path may be a link, only ordinary files are opened, and `.git` is
out of bounds: `media/cat.jpg -> /proc/self/environ` would publish the runner's secrets (protocol.md, B27).
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from publisher.content.findings import START, Finding, found
from publisher.content.validate import Source
from publisher.errors import InvalidContent

CONFIG = "publisher.yaml"
_NEAR = "publisher.yml"  # not read: of two files nobody could tell which one counts
MAX_POST_FILE = 64 * 1024
MAX_POST_FILES = 100_000
_ENDINGS = (".yaml", ".yml")
_WRITTEN_LARGE = "has an ending in capitals; that of a post file is .yaml"
_PIECE = 1 << 20  # bytes of a copy at a time: a video may have a billion
_READINGS = 3  # of a file that something writes to meanwhile
_NO_DETOUR = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # never along a link, nor waiting for a FIFO's writer

PostFile = tuple[str, str | None]  # its path, and why it cannot be one, or None


class NotUsable(Exception):
    """A path of the repository that must not, or cannot, be opened; says why in one clause."""

    def __init__(self, reason: str, *, missing: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.missing = missing


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, that holds publisher.yaml, whatever that is: who reads it says so."""
    here = Path(os.path.abspath(start))
    for folder in (here, *here.parents):
        if os.path.lexists(folder / CONFIG):
            return folder
    message = f"there is no {CONFIG} in {start} or above it"
    fix = "publisher init   begins one here; -C DIR names another folder"
    if any((folder / _NEAR).is_file() for folder in (here, *here.parents)):
        message, fix = f"{message}, only a {_NEAR}, which is not read", f"rename {_NEAR} to {CONFIG}"
    raise InvalidContent(message, code="E500", fix=fix)


class Repository:
    """One content repository; paths are from its root, with "/"."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, path: str) -> BinaryIO:
        """An ordinary file, opened without following any link. Raises `NotUsable`."""
        folder, name = self._folder_of(path)
        try:
            return _ordinary_at(folder, name)
        finally:
            os.close(folder)

    def _folder_of(self, path: str, *, make: bool = False) -> tuple[int, str]:
        """The folder of a file, open, and the file's name in it; `make` makes what is missing. Raises `NotUsable`."""
        steps = path.split("/")
        if any(step in ("", ".", "..") or "\x00" in step for step in steps):
            raise NotUsable("is not a plain path of this repository")
        if any(step.casefold() == ".git" for step in steps):
            raise NotUsable("lies in .git")
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for step in steps[:-1]:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(step, dir_fd=folder)
                inner = _open_at(folder, step, os.O_RDONLY | os.O_DIRECTORY)
                os.close(folder)
                folder = inner
        except (NotUsable, OSError):
            os.close(folder)
            raise
        return folder, steps[-1]

    def make_folder(self, folder: str) -> None:
        """A folder that is there afterwards, and no link. Raises `NotUsable`."""
        os.close(self._folder_of(f"{folder}/-", make=True)[0])

    def create(self, path: str, data: bytes) -> None:
        """A new file, its folder made where it is missing. Raises `NotUsable`, and `FileExistsError`."""
        folder, name = self._folder_of(path, make=True)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC  # what is there is not opened, nor a link
            with os.fdopen(os.open(name, flags, 0o666, dir_fd=folder), "wb") as file:
                file.write(data)
        finally:
            os.close(folder)

    def take_in(self, path: str, given: BinaryIO) -> None:
        """A copy of `given` in the place of `path`, in one step, its folder made. Raises `NotUsable`."""
        folder, name = self._folder_of(path, make=True)
        try:
            _replace_at(folder, name, given, 0o644)
        finally:
            os.close(folder)

    def rewrite(self, path: str, before: bytes, after: bytes) -> None:
        """Put `after` in the place of a file that holds `before`, in one step; its mode stays.

        Raises `NotUsable` for a link, and when the file has been changed since it was read; `OSError` for a full disk.
        """
        with self.open(path) as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if _read_up_to(file.fileno(), len(before) + 1) != before:
                raise NotUsable("has been changed in the meantime")
        folder, name = self._folder_of(path)
        try:
            _replace_at(folder, name, BytesIO(after), mode)
        finally:
            os.close(folder)

    def read(self, path: str, limit: int) -> bytes:
        """At most `limit` bytes of a file and one more, so that a longer one can be told. Raises `NotUsable`."""
        folder, name = self._folder_of(path)
        try:
            return _bytes_at(folder, name, limit + 1)
        finally:
            os.close(folder)

    def twins(self) -> tuple[Finding, ...]:
        """What is wrong when a second file could be taken for the settings."""
        if not os.path.lexists(self.root / _NEAR):
            return ()
        return (found("E529", CONFIG, START, f"{_NEAR} stands beside {CONFIG}, and is not read"),)

    def sources(self, folder: str) -> Iterator[Source]:
        """Every post file under `folder`, in order and read when it is asked for.

        What cannot be read is a finding, never silence.
        """
        yield from self.sources_of(folder, self.post_files(folder))

    def post_files(self, folder: str) -> list[PostFile]:
        """What there is to read under `folder`, in order."""
        return sorted(self._walk(folder), key=itemgetter(0))

    def sources_of(self, folder: str, found: list[PostFile]) -> Iterator[Source]:
        """All or some of the `post_files` of `folder`."""
        if len(found) > MAX_POST_FILES:
            many = f"{folder} holds more than {MAX_POST_FILES:,} files"
            yield Source(folder, Finding("E108", folder, START, many, fix="name a smaller folder under posts:"))
            return
        # In order of their paths the files of a folder are neighbours: one way down from the root serves them all.
        for here, files in groupby(found, key=lambda item: item[0].rpartition("/")[0]):
            yield from self._sources_in(here, list(files))

    def _sources_in(self, here: str, files: list[PostFile]) -> Iterator[Source]:
        """The files of one folder, which stays open meanwhile: whoever moves it moves us along, and never elsewhere."""
        try:
            folder, _ = self._folder_of(f"{here}/-")
        except (NotUsable, OSError) as error:
            reason = _reason(error)
            yield from (Source(path, _unreadable(path, problem or reason)) for path, problem in files)
            return
        try:
            begin = len(here) + 1
            for path, problem in files:
                yield (
                    _source(folder, path, path[begin:]) if problem is None else Source(path, _unreadable(path, problem))
                )
        finally:
            os.close(folder)

    def _walk(self, folder: str) -> Iterator[PostFile]:
        """Down from `folder`, depth first: each folder is opened from the one around it, which stays open meanwhile."""
        try:
            around, name = self._folder_of(folder)
        except (NotUsable, OSError) as error:
            if not (isinstance(error, NotUsable) and error.missing):
                yield folder, _reason(error)
            return
        # The open folders, from the outermost in: what their paths begin with, and those in them still to be opened.
        way: list[tuple[int, str, list[str]]] = [(around, folder.removesuffix(name), [name])]
        try:
            while way:
                around, before, names = way[-1]
                if not names:
                    os.close(around)
                    way.pop()
                    continue
                name = names.pop()
                try:
                    inner = _open_at(around, name, os.O_RDONLY | os.O_DIRECTORY)
                except NotUsable as error:
                    if not error.missing:
                        yield before + name, error.reason
                    continue
                below = f"{before}{name}/", list[str]()
                way.append((inner, *below))
                yield from _entries(inner, *below)
        finally:
            for around, _, _ in way:
                os.close(around)


def _entries(folder: int, before: str, folders: list[str]) -> Iterator[PostFile]:
    """The post files of an open folder; the names of the `folders` in it are added to those."""
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        yield before.removesuffix("/"), _reason(error)
        return
    for entry in entries:
        name = entry.name
        if name.endswith(".yaml") and name.isascii() and entry.is_file(follow_symlinks=False):
            yield before + name, None  # as nearly all are
            continue
        problem = _problem(entry)
        if problem is not None:
            yield before + _shown(name), problem
        elif entry.is_dir(follow_symlinks=False):
            if name != ".git":
                folders.append(name)
        elif name.endswith(_ENDINGS) and not entry.is_symlink():
            yield before + name, None


def _source(folder: int, path: str, name: str) -> Source:
    """The file `name` of an open folder."""
    try:
        return Source(path, _bytes_at(folder, name, MAX_POST_FILE + 1))
    except (NotUsable, OSError) as error:
        return Source(path, _unreadable(path, _reason(error)))


def _problem(entry: os.DirEntry[str]) -> str | None:
    """Why an entry that could hold posts, or be one, is neither; None also for what is none of our business."""
    named = entry.name.endswith(_ENDINGS)
    if entry.is_symlink():
        return "is a link; links are not followed" if named or _leads_to_folder(entry) else None
    folder = entry.is_dir(follow_symlinks=False)
    if not (folder or named):
        return _WRITTEN_LARGE if entry.name.lower().endswith(_ENDINGS) else None
    if _shown(entry.name) != entry.name:
        return "has a name that is not UTF-8"
    return "is a folder" if folder and named else None


def _leads_to_folder(link: os.DirEntry[str]) -> bool:
    try:
        return link.is_dir()
    except OSError:  # a link to itself
        return False


def _open_at(folder: int, name: str, flags: int) -> int:
    """One step down, never along a link; a FIFO without a writer must not hang us."""
    try:
        return os.open(name, flags | _NO_DETOUR, dir_fd=folder)
    except FileNotFoundError:
        raise NotUsable("does not exist", missing=True) from None
    except UnicodeEncodeError:  # a locale of one script, as LC_ALL may ask for
        raise NotUsable("has a name that cannot be written in this locale; set LC_ALL=C.UTF-8") from None
    except OSError as error:
        try:
            linked = stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            linked = False
        reason = "is, or lies behind, a link; links are not followed" if linked else (error.strerror or "").lower()
        raise NotUsable(reason or "cannot be opened") from None


def _ordinary_at(folder: int, name: str) -> BinaryIO:
    """A file of an open folder, and nothing else that has a name. Raises `NotUsable`."""
    file = _open_at(folder, name, os.O_RDONLY)
    try:
        _check_ordinary(os.fstat(file))
    except NotUsable:
        os.close(file)
        raise
    return os.fdopen(file, "rb", buffering=0)


def _check_ordinary(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise NotUsable("is no ordinary file")


def _replace_at(folder: int, name: str, given: BinaryIO, mode: int) -> None:
    """Write beside the file and rename: whoever reads it sees the old bytes or the new ones."""
    beside = f".publisher-{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.fdopen(os.open(beside, flags, 0o600, dir_fd=folder), "wb")
    try:
        with file:
            while piece := given.read(_PIECE):
                file.write(piece)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside, dir_fd=folder)
        raise


def _bytes_at(folder: int, name: str, limit: int) -> bytes:
    """At most `limit` bytes of an ordinary file. Raises `NotUsable`."""
    file = _open_at(folder, name, os.O_RDONLY)
    try:
        return _read_at_rest(file, limit)
    finally:
        os.close(file)


def _read_at_rest(file: int, limit: int) -> bytes:
    """At most `limit` bytes, all of one moment: half of one text and half of another would be nobody's post."""
    for _ in range(_READINGS):
        before = os.fstat(file)
        _check_ordinary(before)
        data = _read_up_to(file, limit, before.st_size)
        after = os.fstat(file)
        if before.st_mtime_ns == after.st_mtime_ns and before.st_size == after.st_size:
            return data
        os.lseek(file, 0, os.SEEK_SET)
    raise NotUsable("changes while it is read")


def _read_up_to(file: int, limit: int, size: int = -1) -> bytes:
    """At most `limit` bytes; nobody asks what comes behind `size`, the whole of a file, where that is known."""
    data = os.read(file, limit)
    while len(data) < limit and len(data) != size and (more := os.read(file, limit - len(data))):
        data += more
    return data


def _shown(name: str) -> str:
    """The name, with bytes that are no UTF-8 made visible."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _reason(error: NotUsable | OSError) -> str:
    return error.reason if isinstance(error, NotUsable) else (error.strerror or "cannot be read").lower()


def _unreadable(path: str, reason: str) -> Finding:
    name = path.rsplit("/", 1)[-1]
    why, fix = (
        "only ordinary files and folders of the repository are read",
        "put the file or the folder itself there, readable and at rest, under a plain name",
    )
    if reason == _WRITTEN_LARGE:
        why = "it would be left out without a word"
        fix = f"rename it to {name.rpartition('.')[0]}.yaml, or move it out of the posts folder"
    return Finding("E110", path, START, f"{name} {reason}", why=why, fix=fix)
