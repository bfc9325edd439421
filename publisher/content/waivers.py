"""A warning that somebody has looked at and accepts: `# publisher: allow W210 the customer's own words`.

Such a comment stands behind the line of the finding, above it, or, before the first key, for the whole file. It names
codes of warnings and a reason; an error is never waived. One that waives nothing is a warning of its own, so that none
outlives its cause.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any

from publisher.content.document import Document
from publisher.content.findings import Finding, Place, found
from publisher.content.marks import Pointer
from publisher.content.parsing import MOST_ALIKE, parse

_WAIVER = re.compile(r"(?<!\S)#[ \t]*publisher: allow\b[ \t]*(?P<codes>(?:[A-Za-z]\d+[ \t,]*)*)(?P<reason>[^#\r\n]*)")


@dataclass(frozen=True, slots=True)
class _Waiver:
    """One comment: which codes, each once, for which lines, both ends included."""

    codes: tuple[str, ...]
    reason: str
    place: Place
    first: int
    last: int


def waive(path: str, data: bytes, findings: Sequence[Finding]) -> list[Finding]:
    """What is left of a file's findings, with those about its waivers. A file that is no YAML has none that count."""
    document = parse(path, data)
    if not isinstance(document, Document):
        return list(findings)
    sound: list[_Waiver] = []
    wrong: list[Finding] = []
    for waiver in _waivers(document):
        problem = _problem(path, waiver)
        if problem is None:
            sound.append(waiver)
        elif len(wrong) < MOST_ALIKE:
            wrong.append(problem)
    waived = _Waived(sound)
    left = [finding for finding in findings if not waived.covers(finding)]
    return [*left, *wrong, *islice(_idle(path, sound, findings), MOST_ALIKE)]


class _Waived:
    """The lines that waivers cover, by code; asked of each finding, so that no question goes through them all."""

    def __init__(self, waivers: Iterable[_Waiver]) -> None:
        spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for waiver in waivers:
            for code in waiver.codes:
                spans[code].append((waiver.first, waiver.last))
        self._spans = {code: _reach(sorted(of_code)) for code, of_code in spans.items()}

    def covers(self, finding: Finding) -> bool:
        firsts, reach = self._spans.get(finding.code, ((), ()))
        before = bisect_right(firsts, finding.place.line)
        return before > 0 and reach[before - 1] >= finding.place.line


def _reach(spans: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Where spans begin, in order, and how far each of them or one before it goes."""
    return [first for first, _ in spans], list(accumulate((last for _, last in spans), max))


def _idle(path: str, waivers: Iterable[_Waiver], findings: Iterable[Finding]) -> Iterator[Finding]:
    """The codes of waivers that no finding has where they hold."""
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for finding in findings:
        lines[finding.code].append(finding.place.line)
    for of_code in lines.values():
        of_code.sort()
    for waiver in waivers:
        for code in waiver.codes:
            of_code = lines.get(code, [])
            next_ = bisect_left(of_code, waiver.first)
            if next_ == len(of_code) or of_code[next_] > waiver.last:
                yield found("W268", path, waiver.place, f"nothing here is {code}; the waiver waives nothing")


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
    """Every comment that is one, in order. What is asked for each is gathered once: a file may hold thousands."""
    source = document.source
    starts, ends = _texts(document)
    begin = min((event.start_mark.index for event in document.keys.values()), default=0)
    below = _below(document.lines)
    last_lines = _last_lines(document)
    line, margin, counted = 1, 0, 0  # of the last comment; and how far lines are counted
    alone = False
    for match in _WAIVER.finditer(source):
        start = match.start()
        text = bisect_right(starts, start) - 1
        if text >= 0 and start < ends[text]:
            continue  # a part of a text
        more = source.count("\n", counted, start)
        if more or not counted:
            line += more
            margin = source.rfind("\n", counted, start) + 1
            alone = not source[margin:start].strip()
        else:
            alone = False  # behind another
        counted = start
        column = start - margin + 1
        place = Place(line, column, line, column + len(match[0].rstrip()))
        codes = tuple(dict.fromkeys(re.findall(r"[A-Z]\d+", match["codes"].upper())))
        if start < begin:
            first, last = 1, len(document.lines) + 1
        else:
            first = below[line] if alone else line
            last = max(first, last_lines.get(first, 0))
        yield _Waiver(codes, match["reason"].strip(), place, first, last)


def _texts(document: Document) -> tuple[list[int], list[int]]:
    """Where values and keys begin, in order, and where they end; of a block without its header.

    Behind a header a comment may stand.
    """
    spans = []
    for event in (*document.values.values(), *document.keys.values()):
        if hasattr(event, "value"):
            start, end = event.start_mark.index, event.end_mark.index
            if event.style in ("|", ">"):
                start = document.source.find("\n", start, end) % (end + 1)
            if start < end:
                spans.append((start, end))
    spans.sort()
    return [start for start, _ in spans], [end for _, end in spans]


def _below(lines: Sequence[str]) -> list[int]:
    """For each line, from 1, the one that a comment on it stands above; itself where none follows."""
    below = [0] * (len(lines) + 1)
    following = 0
    for number in range(len(lines), 0, -1):
        below[number] = following or number
        text = lines[number - 1].strip()
        if text and not text.startswith("#"):
            following = number
    return below


def _last_lines(document: Document) -> dict[int, int]:
    """Where what begins on a line ends, by that line; lines on which no key stands are left out."""
    ends: dict[Pointer, int] = {}
    for pointer, event in (*document.values.items(), *document.keys.items()):
        if event.start_mark.index == event.end_mark.index and pointer in document.keys:
            continue  # nothing is written; the parser puts it where the next thing begins
        end = _last_line(document, event)
        for depth in range(len(pointer) + 1):
            ends[pointer[:depth]] = max(end, ends.get(pointer[:depth], 0))
    last_lines: dict[int, int] = {}
    for pointer, event in document.keys.items():
        line = event.start_mark.line + 1
        last_lines[line] = max(ends.get(pointer, 0), last_lines.get(line, 0))  # of a key that is empty itself, nothing
    return last_lines


def _last_line(document: Document, event: Any) -> int:
    """The last line that something is written on, from 1: a block ends where the next thing begins."""
    line, column = event.end_mark.line, event.end_mark.column
    while column == 0 and line > event.start_mark.line:
        line -= 1
        column = len(document.lines[line].rstrip()) if line < len(document.lines) else 0
    return int(line) + 1
