"""A warning that somebody has looked at and accepts: `# publisher: allow W210 the customer's own words`.

Such a comment stands behind the line of the finding, above it, or, before the first key, for the whole file. It names
codes of warnings and a reason; an error is never waived. One that waives nothing is a warning of its own, so that none
outlives its cause.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.content.document import Document
from publisher.content.findings import Finding, Place, found
from publisher.content.parsing import parse

_WAIVER = re.compile(r"(?<!\S)#[ \t]*publisher: allow\b[ \t]*(?P<codes>(?:[A-Za-z]\d+[ \t,]*)*)(?P<reason>[^#\r\n]*)")


@dataclass(frozen=True, slots=True)
class _Waiver:
    """One comment: which codes, for which lines, both ends included."""

    codes: tuple[str, ...]
    reason: str
    place: Place
    first: int
    last: int

    def covers(self, finding: Finding) -> bool:
        return finding.code in self.codes and self.first <= finding.place.line <= self.last


def waive(path: str, data: bytes, findings: Sequence[Finding]) -> list[Finding]:
    """What is left of a file's findings, with those about its waivers. A file that is no YAML has none that count."""
    document = parse(path, data)
    if not isinstance(document, Document):
        return list(findings)
    waivers = list(_waivers(document))
    wrong = [problem for waiver in waivers if (problem := _problem(path, waiver))]
    sound = [waiver for waiver in waivers if _problem(path, waiver) is None]
    left = [finding for finding in findings if not any(waiver.covers(finding) for waiver in sound)]
    for waiver in sound:
        for code in waiver.codes:
            if not any(finding.code == code and waiver.covers(finding) for finding in findings):
                wrong.append(found("W268", path, waiver.place, f"nothing here is {code}; the waiver waives nothing"))
    return [*left, *wrong]


def _problem(path: str, waiver: _Waiver) -> Finding | None:
    error = next((code for code in waiver.codes if not code.startswith("W")), None)
    if error is not None:
        message = f"{error} cannot be waived: only warnings can"
    elif not waiver.codes:
        message = "the waiver names no code"
    elif not any(character.isalnum() for character in waiver.reason):
        message = "the waiver gives no reason"
    else:
        return None
    return found("W269", path, waiver.place, message)


def _waivers(document: Document) -> Iterator[_Waiver]:
    source = document.source
    texts = list(_texts(document))
    begin = min((event.start_mark.index for event in document.keys.values()), default=0)
    for match in _WAIVER.finditer(source):
        if any(start <= match.start() < end for start, end in texts):
            continue  # a part of a text
        line = source.count("\n", 0, match.start()) + 1
        margin = source.rfind("\n", 0, match.start()) + 1
        place = Place(line, match.start() - margin + 1, line, match.start() - margin + 1 + len(match[0].rstrip()))
        codes = tuple(re.findall(r"[A-Z]\d+", match["codes"].upper()))
        if match.start() < begin:
            first, last = 1, len(document.lines) + 1
        else:
            alone = not source[margin : match.start()].strip()
            first = _below(document, line) if alone else line
            last = _last_line(document, first)
        yield _Waiver(codes, match["reason"].strip(), place, first, last)


def _texts(document: Document) -> Iterator[tuple[int, int]]:
    """Where values and keys stand; of a block, without its header, behind which a comment may stand."""
    for event in (*document.values.values(), *document.keys.values()):
        if hasattr(event, "value"):
            start, end = event.start_mark.index, event.end_mark.index
            if event.style in ("|", ">"):
                start = document.source.find("\n", start, end) % (end + 1)
            yield start, end


def _below(document: Document, line: int) -> int:
    """The line, from 1, that a comment on a line of its own stands above."""
    rest = enumerate(document.lines[line:], line + 1)
    return next((number for number, text in rest if text.strip() and not text.strip().startswith("#")), line)


def _last_line(document: Document, first: int) -> int:
    """Where what begins on line `first` ends."""
    begins = [pointer for pointer, event in document.keys.items() if event.start_mark.line + 1 == first]
    ends = [
        document.place_of(pointer).end_line
        for pointer in document.values
        if any(pointer[: len(begin)] == begin for begin in begins)
    ]
    return max((first, *ends))
