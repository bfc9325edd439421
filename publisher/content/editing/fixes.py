"""`validate --fix`: mistakes that have one certain remedy, mended where they stand.

A remedy is tried and the file is checked again. It is kept only when its finding is gone and none about the form of the
file has come instead; so nothing is mended twice, and a second run has nothing to do. What a file says in its texts is
never changed, save for one thing: a text of which YAML took the end for a comment gets it back.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from publisher.content.document import Document
from publisher.content.editing.replacing import Replacement, replaced
from publisher.content.editing.rules import keys_at, rule_at
from publisher.content.editing.scalars import quoted
from publisher.content.editing.slip_fixes import certain_flag, certain_key, certain_time, certain_word, certain_zone
from publisher.content.findings import Finding, Place
from publisher.content.marks import Pointer
from publisher.content.parsing import parse

Check = Callable[[bytes], Sequence[Finding]]

MOST = 200  # remedies in one file, each by itself
_MOST_BYTES = 4_000_000  # that are checked again for them; a file may have 64 KiB, and takes a tenth of a second then
_FINDING = 200  # as many bytes take as long as one finding

_BOM = b"\xef\xbb\xbf"
# Findings about the form of a file: YAML, and what the schema says.
_FORM = re.compile(r"[EW]1\d\d|E20\d|E261")
_KEY_AND_VALUE = re.compile(r"(?P<lead>[ ]*(?:-[ ]+)*(?:[\w-]+:[ ]+|(?<=-[ ])))(?P<value>[^\s'\"\[{|>#&*!?-].*)")
# What of a line that is not YAML may mean something else than text: a comment, another key, quotes that are none.
_TWO_READINGS = re.compile(
    r"\s#|^[“”„‘’«»]|\s(?:text|media|thread|poll|link|topic|alt|file|url|note|id|[a-z]+_[a-z_]+):\s"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was mended."""

    line: int  # from 1
    code: str  # of the finding that is gone: "E203"
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file with all that could be mended, and what that was."""

    data: bytes
    changes: tuple[Change, ...]


def fix_post(path: str, data: bytes, check: Check) -> Fixed:
    """The file with every certain remedy; `check` gives all findings of a file with these bytes."""
    changes: list[Change] = []
    begun_with = findings = check(data)
    checked = 0

    def tried(new: bytes) -> Sequence[Finding]:
        nonlocal checked
        if checked > _MOST_BYTES:
            return begun_with  # no remedy seems to help any more
        after = check(new)
        checked += len(new) + _FINDING * len(after)
        return after

    if (together := _all_at_once(path, data, findings, tried)) is not None:
        data, changes, findings = together
    alone = 0
    while alone < MOST and (step := _step(path, data, findings, tried)) is not None:
        data, change, findings = step
        changes.append(change)
        alone += 1
    return Fixed(data, tuple(changes))


def _all_at_once(
    path: str, data: bytes, findings: Sequence[Finding], check: Check
) -> tuple[bytes, list[Change], Sequence[Finding]] | None:
    """As `_step`, with a remedy for each finding that has one; None where not all of them hold beside each other."""
    parsed = parse(path, data)
    if not isinstance(parsed, Document):
        return None
    mark, source, file = _bom_of(data), data.removeprefix(_BOM).decode(), _File(parsed)
    chosen: list[tuple[Finding, Replacement]] = []
    for finding in findings:
        remedy = next(_remedies(source, file, finding), None)
        if remedy is not None and not any(remedy.start < each.end and each.start < remedy.end for _, each in chosen):
            chosen.append((finding, remedy))
    if len(chosen) < 2:
        return None
    new = mark + replaced(source, [remedy for _, remedy in chosen]).encode()
    after = check(new)
    if not _better([finding for finding, _ in chosen], findings, after):
        return None
    return new, [_change(source, finding, remedy) for finding, remedy in chosen], after


def _step(
    path: str, data: bytes, findings: Sequence[Finding], check: Check
) -> tuple[bytes, Change, Sequence[Finding]] | None:
    """The first remedy that holds: the file with it, what it was, and the findings that are left."""
    try:
        source = data.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return None
    parsed = parse(path, data)
    file = _File(parsed) if isinstance(parsed, Document) else None
    for finding in findings:
        for remedy in _remedies(source, file, finding):
            new = _bom_of(data) + replaced(source, [remedy]).encode()
            after = check(new)
            if _better([finding], findings, after):
                return new, _change(source, finding, remedy), after
    return None


def _bom_of(data: bytes) -> bytes:
    return _BOM if data.startswith(_BOM) else b""


def _change(source: str, finding: Finding, remedy: Replacement) -> Change:
    return Change(finding.place.line, finding.code, source[remedy.start : remedy.end], remedy.text)


def _better(mended: Sequence[Finding], before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Whether the mistakes are gone and no other of their kind has come."""
    gone, old, new = (Counter((f.code, f.place.line) for f in findings) for findings in (mended, before, after))
    if any(new[here] > old[here] - times for here, times in gone.items()):
        return False
    # Where a line was no YAML, what is wrong below it shows only now.
    shown = min((f.place.line for f in mended if f.code.startswith("E1")), default=None)
    return not any(_FORM.match(code) and (shown is None or line <= shown) for code, line in new - old)


@dataclass(frozen=True)
class _File:
    """A file that is sound YAML, and what stands where in it: found once for all of its findings."""

    document: Document

    @cached_property
    def keys(self) -> dict[Place, Pointer]:
        return {self.document.key_place_of(pointer): pointer for pointer in reversed(list(self.document.keys))}

    @cached_property
    def scalars(self) -> dict[Place, Pointer]:
        values = reversed(list(self.document.values.items()))
        return {self.document.place_of(pointer): pointer for pointer, event in values if hasattr(event, "value")}

    @cached_property
    def plain(self) -> dict[int, list[Pointer]]:
        """By the line they end on, from 1: values without quotes, on one line, and not in brackets."""
        values = self.document.values
        lines: dict[int, list[Pointer]] = {}
        for pointer, event in values.items():
            if not hasattr(event, "value") or event.style or event.start_mark.line != event.end_mark.line:
                continue
            if not any(values[pointer[:n]].flow_style for n in range(len(pointer))):
                lines.setdefault(event.end_mark.line + 1, []).append(pointer)
        return lines


# --- remedies ---------------------------------------------------------------------------------------------------------


def _remedies(source: str, file: _File | None, finding: Finding) -> Iterator[Replacement]:
    """What would mend a finding, if it has one certain remedy."""
    if file is None:
        yield from _of_yaml(source, finding)
    elif finding.code == "W101":
        yield from _lost_end(file, finding)
    elif finding.code == "E203":
        yield from _key(file, finding)
    elif (pointer := file.scalars.get(finding.place)) is not None:
        event = file.document.values[pointer]
        now = _value(finding.code, event.value, rule_at(pointer))
        if now is not None and event.start_mark.line == event.end_mark.line:
            yield Replacement(event.start_mark.index, event.end_mark.index, now)


def _value(code: str, written: str, rule: dict[str, Any]) -> str | None:
    """What must stand in the place of a value."""
    match code:
        case "E200" if "boolean" in _types(rule):
            return certain_flag(written)
        case "E200" if _types(rule) == ("array",) and "string" in _types(rule.get("items", {})):
            return f"[{written}]" if re.fullmatch(r"[\w.-]+", written) else None
        case "E204":
            return certain_word(written, [word for word in rule.get("enum", ()) if isinstance(word, str)])
        case "E206" if re.fullmatch(rule.get("pattern", "-"), written.upper()):
            return written.upper() if len(written) == 2 else None  # a country
        case "E222" | "E224":
            return certain_time(written)
        case "E225":
            return certain_zone(written)
        case "E246":
            return "GB" if written == "UK" else None
    return None


def _types(rule: dict[str, Any]) -> tuple[str, ...]:
    types = rule.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def _key(file: _File, finding: Finding) -> Iterator[Replacement]:
    document, pointer = file.document, file.keys.get(finding.place)
    if pointer is not None:
        others = [key for key in keys_at(pointer[:-1]) if (*pointer[:-1], key) not in document.keys]
        if (key := certain_key(str(pointer[-1]), others)) is not None:
            yield _renamed(document, pointer, key)


def _renamed(document: Document, pointer: Pointer, key: str) -> Replacement:
    """Another key; with it the value, where that is a word for true or false that the key does not take."""
    name, value = document.keys[pointer], document.values[pointer]
    start, end = name.start_mark.index, value.end_mark.index
    flag = certain_flag(getattr(value, "value", ""))
    plain = re.fullmatch(r"[^\n#]*", document.source[start:end])
    if flag is not None and plain and "boolean" in _types(rule_at((*pointer[:-1], key))):
        return Replacement(start, end, f"{key}: {flag}")
    return Replacement(start, name.end_mark.index, key)


def _lost_end(file: _File, finding: Finding) -> Iterator[Replacement]:
    """The value with the end that became a comment, in quotes; not in brackets, where a comment swallows more."""
    source = file.document.source
    for pointer in file.plain.get(finding.place.line, ()):
        event = file.document.values[pointer]
        end = source.find("\n", event.end_mark.index)
        start = event.start_mark.index
        whole = source[start : end if end >= 0 else None].rstrip()
        yield Replacement(start, start + len(whole), quoted(whole))


def _of_yaml(source: str, finding: Finding) -> Iterator[Replacement]:
    """Remedies in a line that is not YAML."""
    lines = source.split("\n")
    number = finding.place.line - 1
    line = lines[number].removesuffix("\r") if number < len(lines) else ""
    start = sum(len(each) + 1 for each in lines[:number])
    if finding.code == "E111":
        if match := re.match(r"[a-z_]+:(?=\S)", line):
            yield Replacement(start, start + match.end(), f"{match[0]} ")
    elif finding.code == "E100" and (margin := re.match(r"[ ]*\t[ \t]*", line)):
        yield Replacement(start, start + margin.end(), margin[0].replace("\t", "  "))
    elif finding.code == "E100" and (match := _KEY_AND_VALUE.fullmatch(line)) and not _goes_on(lines, number):
        value = match["value"].rstrip()
        if not _TWO_READINGS.search(value):
            yield Replacement(start + match.start("value"), start + match.start("value") + len(value), quoted(value))


def _goes_on(lines: list[str], number: int) -> bool:
    """Whether the value of a line runs on in the next one."""
    margin = len(lines[number]) - len(lines[number].lstrip(" -"))
    below = next((line for line in lines[number + 1 :] if line.strip()), "")
    return len(below) - len(below.lstrip(" ")) >= max(margin, 1)
