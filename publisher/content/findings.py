"""A finding: one thing that is wrong (or doubtful) in a file, with its place, its reason and its fix."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Place(NamedTuple):  # every post has one, and a tuple is made in a quarter of the time
    """Where in a file: lines and columns count from 1, in code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


START = Place(1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, why it matters and how to mend it."""

    code: str  # "E203": a letter (E blocks, W warns) and three digits that never change meaning
    path: str  # from the repository's root, with "/"
    place: Place
    message: str  # one line, without the code
    why: str = ""
    fix: str = ""

    @property
    def severity(self) -> Severity:
        return "error" if self.code.startswith("E") else "warning"

    @property
    def sort_key(self) -> tuple[str, Place, str]:
        return (self.path, self.place, self.code)


def has_errors(findings: "tuple[Finding, ...] | list[Finding]") -> bool:
    return any(finding.severity == "error" for finding in findings)


def found(code: str, path: str, place: Place, message: str, *, why: str = "", fix: str = "") -> Finding:
    """A finding whose reason and remedy are the catalogue's where the place of the mistake knows no better."""
    from publisher.content.catalogue import entry  # only when something is wrong: thousands of posts never need it

    message = message.replace("\n", "\\n")  # it may quote what an author wrote, and is one line
    known = entry(code)
    if known is None:
        return Finding(code, path, place, message, why, fix)
    return Finding(code, path, place, message, why or known.why, fix or known.fix)
