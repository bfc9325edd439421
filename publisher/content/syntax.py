"""What is wrong with a file that is no YAML, in the words of somebody who wanted to write a post.

The parser knows where it gave up and which grammar rule that broke. The line itself says more: nearly always a text
begins with a character, or holds a colon, that YAML wants in quotes. Both of PyYAML's parsers come to the same finding.
"""

import re
from dataclasses import dataclass
from typing import Any

from publisher.content.findings import START, Finding, Place, found

# `key: ` or `- key: ` or `- `, and then the value.
_LEAD = r"(?P<lead>\s*(?:-\s+)*)(?:(?P<key>[\w-]+)\s*:\s+|(?<=[-]\s))(?P<value>\S.*)$"
_INDICATORS = "@`*&!%|>?-,[]{}\"'#"


@dataclass(frozen=True, slots=True)
class _Line:
    """The line a mark points at, taken apart."""

    number: int  # from 0
    text: str
    key: str | None
    value: str
    value_at: int  # column of the value, from 0

    @property
    def first(self) -> str:
        return self.value[:1]


def explain(path: str, source: str, error: Any) -> Finding:
    """The finding for one of PyYAML's errors. `source` is the whole file."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return found("E100", path, START, "this is not YAML")
    problem = str(getattr(error, "problem", ""))
    lines = source.replace("\r\n", "\n").split("\n")
    context = getattr(error, "context_mark", None) or mark
    at = _line(lines, mark.line)
    if (conflict := _conflict(lines)) is not None:
        what = "a merge conflict is not settled here"
        why = "git wrote both versions into the file; a post has one"
        return found("E100", path, _point(conflict, 0), what, why=why, fix=_SETTLE)
    if (end := _document_end(lines, at.number)) is not None:
        message = f"the document ended with the dots on line {end + 1}; nothing can follow them"
        return found("E102", path, _point(at.number, mark.column), message, fix="delete the dots, or what follows")
    if "Unicode character escape" in problem:
        return found("E109", path, _point(context.line, context.column), "this escape stands for no character")
    if "quoted scalar" in str(error.context):
        return _quoted(path, lines, context, mark, problem)
    if at.text[: mark.column + 1].strip(" ") == "\t" or "tab character" in problem:
        return _finding(path, at.number, mark.column, "a tab indents this line; YAML indents with spaces", _SPACES)
    return _in_line(path, lines, at, mark, context, problem)


_SPACES = "indent with two spaces"
_SETTLE = "keep one side, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>"


def _conflict(lines: list[str]) -> int | None:
    """The first line that git wrote between two versions. A file with one is never YAML."""
    return next((number for number, text in enumerate(lines) if re.match(r"(?:<{7}|>{7}) \S|={7}$", text)), None)


def _document_end(lines: list[str], before: int) -> int | None:
    """The line of dots that ended the document, when only empty lines and comments stand between it and `before`."""
    for number in range(min(before, len(lines)) - 1, -1, -1):
        if lines[number].rstrip() == "...":
            return number
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return None
    return None


def _in_line(path: str, lines: list[str], at: _Line, mark: Any, context: Any, problem: str) -> Finding:
    if "mapping values" in problem:
        return _colon(path, at, mark)
    if "',' or '" in problem:
        bracket = lines[context.line][context.column : context.column + 1]
        closing = "]" if bracket == "[" else "}"
        message = f"the list or text that begins with {bracket} is not closed by {closing}"
        fix = f"close it with {closing}, or put the text in quotes"
        return _finding(path, context.line, context.column, message, fix)
    if not "".join(lines[at.number :]).strip() and (last := _last_line(lines)).first in ("[", "{"):
        closing = "]" if last.first == "[" else "}"
        message = f"the file ends before the list or text that begins with {last.first} is closed"
        return _finding(path, last.number, last.value_at, message, f"close it with {closing}")
    if at.first and at.first in _INDICATORS and at.value_at <= mark.column:
        return _begins_with(path, at)
    if "expected ':'" in problem:
        message = "this line is neither a key with a colon nor indented as a part of the value above"
        return _finding(path, context.line, context.column, message, "indent the text by two spaces under its key")
    if "incompatible" in problem or "directive" in problem:
        return _finding(path, at.number, mark.column, "a line that begins with % has no place here", "delete the line")
    if at.number > 0 and re.search(r"\s#\S", lines[at.number - 1]):
        message = "a # that follows a space ended the text of the line above; this line belongs to nothing"
        return _finding(path, at.number, mark.column, message, "write the text as a block, with |- after its key")
    message = "this line does not fit in where it stands: its indentation differs from the lines above"
    return _finding(path, at.number, mark.column, message, "give keys of one level the same indentation")


def _colon(path: str, at: _Line, mark: Any) -> Finding:
    if at.first and at.value_at < mark.column:
        return _finding(path, at.number, mark.column, "a colon followed by a space needs quotes here", _as_block(at))
    message = "this key is indented more than the keys above, or the text above runs on into it"
    return _finding(path, at.number, mark.column, message, "give keys of one level the same indentation")


def _quoted(path: str, lines: list[str], context: Any, mark: Any, problem: str) -> Finding:
    if "escape" in problem:
        column = lines[mark.line].find("\\", max(context.column, mark.column - 2) if mark.line == context.line else 0)
        message = "a backslash in double quotes begins an escape, and this is none"
        fix = "write \\\\ for a backslash, or use single quotes"
        return _finding(path, mark.line, column if column >= 0 else mark.column, message, fix)
    quote = lines[context.line][context.column : context.column + 1]
    message = f"the quote {quote} that begins here is not closed"
    return _finding(path, context.line, context.column, message, f"close it with {quote}, or use a block: |-")


def _begins_with(path: str, at: _Line) -> Finding:
    named = "a value" if at.key is None else at.key
    if at.first in "'\"" and len(at.value) > 1:
        closing = at.value.find(at.first, 1)
        message = f"the text goes on after the closing quote {at.first}"
        return _finding(path, at.number, at.value_at + max(closing, 0), message, _as_block(at))
    if at.first in "|>":
        message = f"nothing but a line break can follow {at.first}, which begins a block of text"
        return _finding(path, at.number, at.value_at, message, _as_block(at))
    message = f"{named} cannot start with {at.first} without quotes"
    return _finding(path, at.number, at.value_at, message, _as_block(at))


def _as_block(at: _Line) -> str:
    """The value as a block, where no character needs quotes."""
    value = at.value.strip() if len(at.value) < 120 else f"{at.value[:120].strip()}…"
    if at.key is None:
        return 'put it in quotes: "…"'
    text = re.sub(r"^[|>][+-]?\s*", "", value).strip("\"'") if value[:1] in "|>\"'" else value
    return f"start the text on its own line:\n{at.key}: |-\n  {text}"


def _line(lines: list[str], number: int) -> _Line:
    text = lines[number] if number < len(lines) else ""
    match = re.match(_LEAD, text)
    if match is None:
        return _Line(number, text, None, "", len(text))
    return _Line(number, text, match["key"], match["value"], match.start("value"))


def _last_line(lines: list[str]) -> _Line:
    return _line(lines, max((number for number, text in enumerate(lines) if text.strip()), default=0))


def _finding(path: str, line: int, column: int, message: str, fix: str) -> Finding:
    return found("E100", path, _point(line, column), message, fix=fix)


def _point(line: int, column: int) -> Place:
    return Place(line + 1, column + 1, line + 1, column + 2)
