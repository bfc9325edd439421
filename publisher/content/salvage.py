"""What else can be told of a file that YAML refuses, so that nobody mends one mistake only to meet the next.

An alias or a second `text:` hides nothing: the rest of the document is there. A character that may not be, or a byte
that is no UTF-8, is one character of one text. And a line that is no YAML spoils the value it stands in: with the lines
of that key left empty, the keys around it can be read. Only a file that was refused comes here; what it finds is never
taken for a post.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publisher.content.building import build_anyway
from publisher.content.characters import without_forbidden
from publisher.content.document import Document
from publisher.content.findings import Finding
from publisher.content.parsing import MAX_BYTES

# What only says that a key is missing, or missed by another one: it may be the one that could not be read.
MISSED = frozenset({"E111", "E202", "E216", "W219"})
_HOPELESS = frozenset({"E107", "E108", "E110"})  # nested or filled to break readers; not read at all
_ATTEMPTS = 10  # keys that are no YAML, each of which takes one reading of the file
_KEY = re.compile(r"""["']?[A-Za-z_][\w-]*["']?\s*:(?:\s|$)""")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could still be read of a file."""

    document: Document | None
    findings: tuple[Finding, ...]  # all that YAML has against it, those known before included
    whole: bool  # False: keys are missing that the author wrote


def salvage(path: str, data: bytes, known: tuple[Finding, ...]) -> Salvaged:
    """The rest of a refused file. `known` is what `parse` had against it; never raises."""
    if len(data) > MAX_BYTES or any(finding.code in _HOPELESS for finding in known):
        return Salvaged(None, known, whole=False)
    source = _ours(without_forbidden(data))
    findings = {finding.place: finding for finding in known}
    whole = True
    for _ in range(_ATTEMPTS):
        document, more = build_anyway(path, source.encode(), source)
        findings |= {finding.place: finding for finding in _news(more, findings.values())}
        if document is not None:
            return Salvaged(document, tuple(findings.values()), whole)
        emptied = _without_key_at(source, max((finding.place.line for finding in more), default=0))
        if emptied is None or any(finding.code in _HOPELESS for finding in more):
            break
        source, whole = emptied, False
    return Salvaged(None, tuple(findings.values()), whole=False)


def unheard(later: tuple[Finding, ...], salvaged: Salvaged) -> Iterator[Finding]:
    """Those findings of the checks that are news: not an echo of what YAML refused on the same line."""
    lines = {finding.place.line for finding in salvaged.findings if finding.severity == "error"}
    for finding in later:
        if finding.place.line not in lines and (salvaged.whole or finding.code not in MISSED):
            yield finding


def _news(found: tuple[Finding, ...], known: Iterable[Finding]) -> Iterator[Finding]:
    lines = {finding.place.line for finding in known}
    return (finding for finding in found if finding.place.line not in lines and finding.code not in MISSED)


def _ours(source: str) -> str:
    """The source with the first side of every merge conflict; the lines of the other, and git's own, left empty."""
    if "\n=======\n" not in source:
        return source
    kept, theirs = [], False
    for text in source.split("\n"):
        theirs = text == "=======" or (theirs and not text.startswith(">>>>>>> "))
        kept.append("" if theirs or text.startswith(("<<<<<<< ", ">>>>>>> ")) else text)
    return "\n".join(kept)


def _without_key_at(source: str, line: int) -> str | None:
    """The source with the lines of one key of the file left empty: the one that holds `line`, counted from 1.

    None where that leaves the source as it was.
    """
    lines = source.split("\n")
    starts = [number for number, text in enumerate(lines) if _KEY.match(text)]
    begin = max((number for number in starts if number < line), default=0)
    end = min((number for number in starts if number >= line), default=len(lines))
    emptied = ["" if begin <= number < end else text for number, text in enumerate(lines)]
    return "\n".join(emptied) if emptied != lines and any(text.strip() for text in emptied) else None
