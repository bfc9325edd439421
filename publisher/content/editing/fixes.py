"""`validate --fix`: mistakes that have one certain remedy, mended where they stand.

A remedy is tried and the file is checked again. It is kept only when its finding is gone and none about the form of the
file has come instead; so nothing is mended twice, and a second run has nothing to do. What a file says in its texts is
never changed, save for one thing: a text of which YAML took the end for a comment gets it back.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.content.document import Document
from publisher.content.editing.replacing import Replacement, replaced
from publisher.content.editing.rules import keys_at, rule_at
from publisher.content.editing.scalars import quoted
from publisher.content.editing.slip_fixes import certain_flag, certain_key, certain_time, certain_word, certain_zone
from publisher.content.findings import Finding
from publisher.content.marks import Pointer
from publisher.content.parsing import parse

Check = Callable[[bytes], Sequence[Finding]]

MOST = 200  # remedies in one file

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
    findings = check(data)
    while len(changes) < MOST and (step := _step(path, data, findings, check)) is not None:
        data, change, findings = step
        changes.append(change)
    return Fixed(data, tuple(changes))


def _step(
    path: str, data: bytes, findings: Sequence[Finding], check: Check
) -> tuple[bytes, Change, Sequence[Finding]] | None:
    """The first remedy that holds: the file with it, what it was, and the findings that are left."""
    try:
        source = data.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return None
    mark = _BOM if data.startswith(_BOM) else b""
    parsed = parse(path, data)
    document = parsed if isinstance(parsed, Document) else None
    for finding in findings:
        for remedy in _remedies(source, document, finding):
            new = mark + replaced(source, [remedy]).encode()
            after = check(new)
            if _better(finding, findings, after):
                change = Change(finding.place.line, finding.code, source[remedy.start : remedy.end], remedy.text)
                return new, change, after
    return None


def _better(mended: Finding, before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Whether the mistake is gone and no other of its kind has come."""
    here = (mended.code, mended.place.line)
    old, new = (Counter((f.code, f.place.line) for f in findings) for findings in (before, after))
    if new[here] >= old[here]:
        return False
    return not any(
        _FORM.match(code) and (not mended.code.startswith("E1") or line <= mended.place.line)
        for code, line in new - old
    )


# --- remedies ---------------------------------------------------------------------------------------------------------


def _remedies(source: str, document: Document | None, finding: Finding) -> Iterator[Replacement]:
    """What would mend a finding, if it has one certain remedy."""
    if document is None:
        yield from _of_yaml(source, finding)
    elif finding.code == "W101":
        yield from _lost_end(document, finding)
    elif finding.code == "E203":
        yield from _key(document, finding)
    elif (pointer := _value_at(document, finding)) is not None:
        event = document.values[pointer]
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


def _key(document: Document, finding: Finding) -> Iterator[Replacement]:
    for pointer in document.keys:
        if document.key_place_of(pointer) == finding.place:
            others = [key for key in keys_at(pointer[:-1]) if (*pointer[:-1], key) not in document.keys]
            if (key := certain_key(str(pointer[-1]), others)) is not None:
                yield _renamed(document, pointer, key)
            return


def _renamed(document: Document, pointer: Pointer, key: str) -> Replacement:
    """Another key; with it the value, where that is a word for true or false that the key does not take."""
    name, value = document.keys[pointer], document.values[pointer]
    start, end = name.start_mark.index, value.end_mark.index
    flag = certain_flag(getattr(value, "value", ""))
    plain = re.fullmatch(r"[^\n#]*", document.source[start:end])
    if flag is not None and plain and "boolean" in _types(rule_at((*pointer[:-1], key))):
        return Replacement(start, end, f"{key}: {flag}")
    return Replacement(start, name.end_mark.index, key)


def _value_at(document: Document, finding: Finding) -> Pointer | None:
    """The scalar that a finding points at."""
    for pointer, event in document.values.items():
        if hasattr(event, "value") and document.place_of(pointer) == finding.place:
            return pointer
    return None


def _lost_end(document: Document, finding: Finding) -> Iterator[Replacement]:
    """The value with the end that became a comment, in quotes; not in brackets, where a comment swallows more."""
    for pointer, event in document.values.items():
        if not hasattr(event, "value") or event.style or event.end_mark.line + 1 != finding.place.line:
            continue
        around = (document.values[pointer[:n]] for n in range(len(pointer)))
        if event.start_mark.line != event.end_mark.line or any(each.flow_style for each in around):
            continue
        end = document.source.find("\n", event.end_mark.index)
        start = event.start_mark.index
        whole = document.source[start : end if end >= 0 else None].rstrip()
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
