"""What is wrong with a file that is no YAML, in the words of somebody who wanted to write a post.

The parser knows where it gave up and which grammar rule that broke. The line itself says more: nearly always a text
begins with a character, or holds a colon, that YAML wants in quotes. Both of PyYAML's parsers come to the same finding.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from publisher.content.editing.scalars import quoted
from publisher.content.findings import START, Finding, Place, found

# `key: ` or `- key: ` or `- `, and then the value.
_LEAD = r"(?P<lead>\s*(?:-\s+)*)(?:(?P<key>[\w-]+)\s*:\s+|(?<=[-]\s))(?P<value>\S.*)$"
_INDICATORS = "@`*&!%|>?-,[]{}\"'#"
_CLOSING = {"[": "]", "{": "}"}
# Within brackets: a word in quotes, or what begins a comment.
_QUOTED_OR_COMMENT = re.compile(r"""(?<=[\s\[{,:])(?:"(?:[^"\\]|\\.)*"|'[^']*'|#)""")
_LONGEST = 120  # characters of a line that a fix repeats


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
_PAIRS = "brackets hold a list or keys, and the value ends where the first of them is closed"
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
        return _colon(path, lines, at, mark)
    if "',' or '" in problem:
        bracket = lines[context.line][context.column : context.column + 1]
        return _open_bracket(path, lines, (context.line, context.column), bracket, at, mark)
    if not "".join(lines[at.number :]).strip() and (last := _last_line(lines)).first in ("[", "{"):
        closing = _CLOSING[last.first]
        if (hidden := _hidden(lines, (last.number, last.value_at), at.number, closing)) is not None:
            return _behind_a_comment(path, lines, hidden, closing)
        message = f"the file ends before the list or text that begins with {last.first} is closed"
        return _finding(path, last.number, last.value_at, message, f"close it with {closing}")
    if (surplus := _surplus(path, at, mark)) is not None:
        return surplus
    if at.first and at.first in _INDICATORS and at.value_at <= mark.column:
        return _begins_with(path, at)
    if "expected ':'" in problem:
        if (glued := _glued(path, lines, context.line)) is not None:
            return glued
        message = "this line is neither a key with a colon nor indented as a part of the value above"
        return _finding(path, context.line, context.column, message, "indent the text by two spaces under its key")
    if "incompatible" in problem or "directive" in problem:
        return _finding(path, at.number, mark.column, "a line that begins with % has no place here", "delete the line")
    if at.number > 0 and re.search(r"\s#\S", lines[at.number - 1]):
        message = "a # that follows a space ended the text of the line above; this line belongs to nothing"
        return _finding(path, at.number, mark.column, message, "write the text as a block, with |- after its key")
    message = "this line does not fit in where it stands: its indentation differs from the lines above"
    return _finding(path, at.number, mark.column, message, "give keys of one level the same indentation")


def _open_bracket(path: str, lines: list[str], begin: tuple[int, int], bracket: str, at: _Line, mark: Any) -> Finding:
    """What is wrong with brackets whose end the parser did not find; they `begin` at a line and a column from 0."""
    closing = _CLOSING.get(bracket, "}")
    if (hidden := _hidden(lines, begin, at.number, closing)) is not None:
        return _behind_a_comment(path, lines, hidden, closing)
    if (sign := at.text[mark.column : mark.column + 1]) in ("]", "}") and closing in at.text[mark.column + 1 :]:
        return _finding(path, at.number, mark.column, f"this {sign} closes nothing", "delete it", why=_PAIRS)
    message = f"the list or text that begins with {bracket} is not closed by {closing}"
    return _finding(path, *begin, message, f"close it with {closing}, or put the text in quotes")


def _hidden(lines: list[str], begin: tuple[int, int], end: int, closing: str) -> tuple[int, int] | None:
    """Where a comment begins that has swallowed a closing bracket: line and column from 0. `end`: the line behind."""
    for number in range(begin[0], min(end, len(lines))):
        text = lines[number]
        for match in _QUOTED_OR_COMMENT.finditer(text, begin[1] if number == begin[0] else 0):
            if match[0] == "#":
                if closing in text[match.end() :] and text[: match.start()].strip():
                    return number, match.start()
                break
    return None


def _behind_a_comment(path: str, lines: list[str], at: tuple[int, int], closing: str) -> Finding:
    number, column = at
    text = lines[number]
    begin = max(text.rfind(sign, 0, column) for sign in "[{,") + 1
    end = min(place for sign in (",", closing) if (place := text.find(sign, column)) >= 0)
    word = text[begin:end].rpartition(": ")[2].strip()
    message = f"this # begins a comment, and the {closing} behind it is a part of that"
    why = "a # after a space, a comma or a bracket begins a comment, which ends with the line"
    return _finding(path, number, column, message, f"put the word in quotes: {quoted(word)}", why=why)


def _surplus(path: str, at: _Line, mark: Any) -> Finding | None:
    """What stands behind the end of a list, or closes none; None where a text may be meant."""
    sign = at.text[mark.column : mark.column + 1]
    if at.key is not None and _keys().get(at.key, True):
        return None
    if sign in ("]", "}"):
        return _finding(path, at.number, mark.column, f"this {sign} closes nothing", "delete it", why=_PAIRS)
    if at.key is not None and at.first in _CLOSING and sign and at.value_at < mark.column:
        message = f"nothing can follow the {_CLOSING[at.first]} that closes the value of {at.key}"
        return _finding(path, at.number, mark.column, message, "delete it, or put it inside the brackets", why=_PAIRS)
    return None


def _glued(path: str, lines: list[str], number: int) -> Finding | None:
    """A key whose value stands right behind its colon, which makes a word of both."""
    match = re.match(r"(?P<lead>\s*(?:-\s+)*)(?P<key>\w+):(?P<value>\S.*)$", lines[number])
    if match is None or match["key"] not in _keys():
        return None
    key, value = match["key"], _shortened(match["value"])
    message, why = f'a space is missing after the colon of "{key}"', "to YAML a colon ends a key only before a space"
    return _finding(path, number, len(match["lead"]), message, f"write {key}: {value}", why=why)


@cache
def _keys() -> Mapping[str, bool]:
    """Every key of posts and of publisher.yaml, and whether it may have a text; lists and mappings are none."""
    from publisher.content.schema import load_schema  # few files are no YAML

    keys: dict[str, bool] = {}
    for schema in (load_schema("config"), load_schema("post")):  # `poll` is in both; it is typed in posts
        for key, rule in _rules(schema):
            while "$ref" in rule:
                rule = schema["definitions"][rule["$ref"].removeprefix("#/definitions/")]
            keys[key] = rule.get("type") not in ("array", "object")
    return keys


def _rules(rule: Any) -> Iterator[tuple[str, Any]]:
    """The keys that a schema knows, in whatever it holds, each with its rule."""
    if isinstance(rule, dict):
        properties = rule.get("properties", {})
        yield from properties.items()
        for below in (*properties.values(), *(rule[word] for word in rule if word != "properties")):
            yield from _rules(below)


def _colon(path: str, lines: list[str], at: _Line, mark: Any) -> Finding:
    if at.first and at.value_at < mark.column:
        return _finding(path, at.number, mark.column, "a colon followed by a space needs quotes here", _as_block(at))
    if at.number > 0 and (glued := _glued(path, lines, at.number - 1)) is not None:
        return glued
    message = "this key is indented more than the keys above, or the text above runs on into it"
    return _finding(path, at.number, mark.column, message, "give keys of one level the same indentation")


def _quoted(path: str, lines: list[str], context: Any, mark: Any, problem: str) -> Finding:
    if "escape" in problem or "hex" in problem:  # \q, which is none; \Users, where digits must follow
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
    value = _meant(at.value.strip())
    if at.key is None:
        return f"put it in quotes: {quoted(_shortened(value))}"
    return f"start the text on its own line:\n{at.key}: |-\n  {_shortened(value)}"


def _meant(value: str) -> str:
    """The text that a value was to be: without the mark of a block, or the quotes around all of it.

    >>> _meant("'It's here'"), _meant("'Fast' is 'slow'")
    ("It's here", "'Fast' is 'slow'")
    """
    if value[:1] in "|>":
        return re.sub(r"^[|>][+-]?\s*", "", value)
    quote = value[:1]
    # A quote within, right before a letter, closes none.
    if quote in ("'", '"') and value.endswith(quote, 1) and value[value.index(quote, 1) + 1 :][:1].isalnum():
        return value[1:-1]
    return value


def _shortened(text: str) -> str:
    return text if len(text) < _LONGEST else f"{text[:_LONGEST].strip()}…"


def _line(lines: list[str], number: int) -> _Line:
    text = lines[number] if number < len(lines) else ""
    match = re.match(_LEAD, text)
    if match is None:
        return _Line(number, text, None, "", len(text))
    return _Line(number, text, match["key"], match["value"], match.start("value"))


def _last_line(lines: list[str]) -> _Line:
    return _line(lines, max((number for number, text in enumerate(lines) if text.strip()), default=0))


def _finding(path: str, line: int, column: int, message: str, fix: str, *, why: str = "") -> Finding:
    return found("E100", path, _point(line, column), message, why=why, fix=fix)


def _point(line: int, column: int) -> Place:
    return Place(line + 1, column + 1, line + 1, column + 2)
