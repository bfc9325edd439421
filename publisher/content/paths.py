"""Paths that a post file names: relative to it, inside the repository, the same on every machine."""

import re
from posixpath import dirname, join, normpath

# Names that Windows gives to devices, whatever their ending.
_DEVICES = r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?"


def beside(post_path: str, written: str) -> str:
    """`written`, relative to the post file, from the repository's root: "posts/a.yaml", "../b.jpg" -> "b.jpg"."""
    return normpath(join(dirname(post_path), written))


def path_problem(post_path: str, written: str) -> str | None:
    """Why a path cannot be used, whatever lies there; None when it can be looked at."""
    if written.startswith(("/", "~")):
        return "the path is not relative to the post file"
    if "\\" in written:
        return "the path has a backslash; folders are separated by /"
    if re.match(r"[A-Za-z]:", written):
        return "the path names a drive"
    if written.startswith("file:") or "://" in written:
        return "this is an address, not a path"
    parts = beside(post_path, written).split("/")
    if parts[0] == "..":
        return "the path leaves the repository"
    if written.endswith("/") or parts[-1] in (".", ""):
        return "the path names a folder"
    # Every piece as it is written counts: `.git/../a.jpg` would be opened through `.git`.
    pieces = [*parts, *written.split("/")]
    if any(piece.rstrip(". ").lower() in (".git", "git~1") for piece in pieces):
        return "nothing inside .git can be posted"
    if any(re.fullmatch(_DEVICES, piece) for piece in pieces):
        return "the path names a device of Windows"
    return None
