"""One code of the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What `explain` says of a code."""

    code: str  # "E105"
    title: str  # what is wrong, in general: "a key is written twice"
    why: str  # what would happen if nobody said so
    fix: str  # the one thing to do
    bad: str = ""  # a post file that gives the code; empty where no single file can
    good: str = ""  # the same, mended
