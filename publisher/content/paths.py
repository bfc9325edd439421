"""Paths that a post file names: relative to it, inside the repository, the same on every machine."""

import re
from dataclasses import dataclass
from functools import cache
from posixpath import dirname, join, normpath, relpath
from typing import Any

# Names that Windows gives to devices, whatever their ending.
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10)))
)
_GIT = (".git", "git~1")  # its name on every file system, and the short one of Windows


@dataclass(frozen=True, slots=True)
class PathProblem:
    """Why a path cannot be used, whatever lies there."""

    message: str


def beside(post_path: str, written: str) -> str:
    """`written`, relative to the post file, from the repository's root: "posts/a.yaml", "../b.jpg" -> "b.jpg"."""
    return normpath(join(dirname(post_path), written))


def way_to(path: str, post_path: str) -> str:
    """`path`, which is from the repository's root, as the post file has to name it.

    >>> way_to("posts/en/one.yaml", "posts/de/two.yaml")
    '../en/one.yaml'
    """
    return relpath(f"/{path}", f"/{dirname(post_path)}")


@cache
def _below() -> Any:
    """A path that only goes down, as nearly all do, by folders and to a file whose names nobody could take for more."""
    name = "(?!(?:con|prn|aux|nul|com|lpt|git)(?![a-z_]))[a-z0-9_-]+"
    return re.compile(rf"(?:{name}/)*{name}\.[a-z0-9]+", re.IGNORECASE | re.ASCII)


def locate(post_path: str, written: str) -> str | PathProblem:
    """The path of a file from the repository's root, or why it cannot be looked at."""
    if _below().fullmatch(written) is not None:
        return f"{dirname(post_path)}/{written}" if "/" in post_path else written
    if written.startswith(("/", "~")):
        return PathProblem("the path is not relative to the post file")
    if "\\" in written:
        return PathProblem("the path has a backslash; folders are separated by /")
    if ":" in written:
        if "://" in written or written.startswith("file:"):
            return PathProblem("this is an address, not a path")
        if written[1:2] == ":":
            return PathProblem("the path names a drive")
    path = beside(post_path, written)
    if path == ".." or path.startswith(("../", "~")):
        return PathProblem("the path leaves the repository")
    # Every piece as it is written counts: `.git/../a.jpg` would be opened through `.git`.
    pieces = [piece.lower() for piece in (*written.split("/"), *path.split("/"))]
    if pieces[-1] == "." or written.endswith(("/", "/.", "/..")) or written in (".", ".."):
        return PathProblem("the path names a folder")
    if any(piece.rstrip(". ") in _GIT for piece in pieces):
        return PathProblem("nothing inside .git can be posted")
    if any(piece.partition(".")[0].rstrip(" ") in _DEVICES for piece in pieces):
        return PathProblem("the path names a device of Windows")
    return path
