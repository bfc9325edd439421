"""What leaves the repository: a JPEG or PNG, an MP4 or MOV, without a word about who took it where.

Deterministic: the same source gives the same bytes, so the same key in the store. `pictures` and `videos` say what is
done; here it is done once for each source and kept under a name made of the source's digest and the recipe.
"""

import hashlib
import mmap
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from publisher.content.look import MediaFacts
from publisher.errors import InvalidContent, Refused
from publisher.media import pictures, videos
from publisher.media.boxes import BROKEN
from publisher.repository import NotUsable, Repository

RECIPE = "2"  # part of the names: another recipe prepares anew
EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "video/quicktime": ".mov"}
_PIECE = 1024 * 1024
_OURS = 0o400  # no checkout makes a file that its owner may not write: one that is so was written here


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as it will be stored."""

    file: Path
    sha256: str
    content_type: str
    extension: str  # ".jpg"


def prepare(repository: Repository, path: str, facts: MediaFacts, workdir: Path) -> Prepared:
    """Make `path` ready under `workdir`, which may lie in the repository.

    Raises `InvalidContent` when its bytes are not those that were planned (E333) or cannot be prepared (E314), and
    `Refused` when `workdir` is a link, which would lead what we write somewhere else.
    """
    if workdir.is_symlink() or workdir.parent.is_symlink():
        raise Refused(f"{workdir} is, or lies behind, a link", code="E301", fix="remove the link")
    stem = f"{facts.sha256}-{RECIPE}"
    for content_type, extension in EXTENSIONS.items():
        known = workdir / f"{stem}{extension}"
        if _written_here(known):
            return Prepared(known, _sha256(known), content_type, extension)
    workdir.mkdir(parents=True, exist_ok=True)
    make = _video if facts.kind == "video" else _picture
    with _draft(workdir) as draft:
        content_type = make(repository, path, facts, draft)
        target = workdir / f"{stem}{EXTENSIONS[content_type]}"
        draft.chmod(_OURS)
        draft.replace(target)
    return Prepared(target, _sha256(target), content_type, EXTENSIONS[content_type])


def _picture(repository: Repository, path: str, facts: MediaFacts, draft: Path) -> str:
    with _source(repository, path) as source:
        data = b"".join(_pieces(source, facts.size))
    if hashlib.sha256(data).hexdigest() != facts.sha256:
        raise _changed(path)
    try:
        content_type, ready = pictures.as_sent(data, facts.content_type)
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise _damaged(path) from error
    with draft.open("wb") as file:
        file.write(ready)
        _flush(file)
    return content_type


def _video(repository: Repository, path: str, facts: MediaFacts, draft: Path) -> str:
    """Copied piece by piece, for it may have a gigabyte, and blanked in the copy."""
    digest = hashlib.sha256()
    with _source(repository, path) as source, draft.open("r+b") as file:
        for piece in _pieces(source, facts.size):
            digest.update(piece)
            file.write(piece)
        file.flush()
        if digest.hexdigest() != facts.sha256:
            raise _changed(path)
        with mmap.mmap(file.fileno(), 0) as mapped:
            try:
                videos.blank_private(mapped)
            except BROKEN as error:
                raise _damaged(path) from error
            mapped.flush()
        _flush(file)
    return facts.content_type


# --- files ------------------------------------------------------------------------------------------------------


@contextmanager
def _source(repository: Repository, path: str) -> Iterator[BinaryIO]:
    try:
        file = repository.open(path)
    except NotUsable as error:
        raise InvalidContent(f"{path} {error.reason}", code="E301", fix="put the file back") from None
    with file:
        yield file


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The planned `size` and one byte more, so that a file that has grown does not go unnoticed."""
    left = size + 1
    while left and (piece := file.read(min(left, _PIECE))):
        left -= len(piece)
        yield piece


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A file of its own for each that prepares, gone if it comes to nothing."""
    number, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".draft")
    os.close(number)
    draft = Path(name)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _written_here(file: Path) -> bool:
    """Whether an earlier run left it. A file that a commit brought along would be sent without having been seen."""
    try:
        found = file.lstat()
    except OSError:
        return False
    ours = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    return stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) == _OURS and found.st_nlink == 1 and ours


def _flush(file: BinaryIO) -> None:
    """To the disk: after a power cut a later run would take an empty file for a prepared one."""
    file.flush()
    os.fsync(file.fileno())


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _changed(path: str) -> InvalidContent:
    return InvalidContent(
        f"{path} has changed since it was planned",
        code="E333",
        why="only what was reviewed is published",
        fix="run again",
    )


def _damaged(path: str) -> InvalidContent:
    return InvalidContent(
        f"{path} cannot be prepared: its parts do not fit together",
        code="E314",
        why="what cannot be taken apart cannot be freed of private data",
        fix="export it again",
    )
