"""The data of a file that is written as nearly every post is: line by line, without a parser.

What is read here is the part of YAML in which a line can mean one thing only: `key: value` with a bare word, a word in
quotes or `[A, B]`; blocks behind `|`, `|-`, `>` and `>-`; lists and mappings by their indentation; comments on lines of
their own. Whatever else a file holds, a doubtful line as much as a wrong one, makes this give up, and `straight`
decides. Nothing is answered that `straight` would not; `tests.content.readers` holds one against the other.

The steps are plain operations on strings: for lines as short as these, patterns take longer, and to be compiled.
"""

from typing import Any

from publisher.content.straight import FLAGS, MAX_NODES, NOTHING

_DEEPEST = 16  # columns; fewer levels begin in them than `MAX_DEPTH`
_LONGEST = 100  # characters of a key; YAML takes ten times as many
_BLOCKS = frozenset(("|", "|-", ">", ">-"))
_SIGNS = " ~-?:,[]{}#&*!|>'\"%@`"  # what begins with one of them is no bare word, or may be none


def read_simple(source: str) -> dict[str, Any] | None:
    """What a file says; None: a parser is to read it. `source` is without `characters.FORBIDDEN`: some end lines."""
    if not source or source[-1] != "\n" or "\r" in source or "\t" in source or _may_be_too_large(source):
        return None
    root: dict[str, Any] = {}
    within: Any = root  # what is being filled, a mapping or a list
    column = 0  # of its keys or dashes
    around: list[tuple[Any, int]] = []  # what it is in, the innermost last
    waiting = ""  # a key without a value: a mapping or a list must follow
    lines = source.split("\n")
    number, count = 0, len(lines)
    while number < count:
        line = said = lines[number]
        number += 1
        indent = 0
        if line and line[0] == " ":
            said = line.lstrip(" ")
            indent = len(line) - len(said)
        if not said or (sign := said[0]) == "#":
            continue
        dash = sign == "-"
        kind: type = list if dash else dict
        if waiting:
            if indent < column + (not dash) or indent > _DEEPEST:  # dashes may stand right below their key
                return None
            around.append((within, column))
            below: Any = kind()
            within[waiting] = below
            within, column, waiting = below, indent, ""
        while indent < column or (indent == column and within.__class__ is not kind):
            if not around:
                return None
            within, column = around.pop()
        if indent != column:
            return None
        if dash:
            said = said.removeprefix("- ")  # another dash stays, with which no key and no word may begin
        key, colon, written = said.partition(": ")
        if colon or said[-1:] == ":":
            if not colon:
                key = waiting = said[:-1]
            if not key.isidentifier() or len(key) > _LONGEST:
                return None
            if dash:
                around.append((within, column))
                within.append(below := {})
                within, column = below, column + 2
            elif key in within:
                return None
            if waiting:
                continue
        elif dash:
            key, written = "", said
        else:
            return None
        if written and written[0] in "|>":
            value, number = _block(lines, number, column, written)
        else:
            value = _word(written)
        if value is None:
            return None
        if key:
            within[key] = value
        else:
            within.append(value)
    return root if root and not waiting else None


def place_of_key(source: str, key: str) -> int:
    """Where a key of the file itself begins."""
    return 0 if source.startswith(f"{key}:") else source.index(f"\n{key}:") + 1


def place_of_word(data: dict[str, Any], source: str, key: str | int) -> tuple[int, int] | None:
    """Where a text on the line of a key of the file itself begins and ends; None when there is none."""
    if not isinstance(key, str) or not isinstance(data.get(key), str):
        return None
    begin = place_of_key(source, key) + len(key) + 2
    return None if source[begin] in "|>" else (begin, source.index("\n", begin))


def _may_be_too_large(source: str) -> bool:
    """Whether there may be more than `MAX_NODES` keys and values: at most five on a line, and those behind a comma."""
    return len(source) > MAX_NODES and 5 * source.count("\n") + source.count(", ") >= MAX_NODES


def _block(lines: list[str], begin: int, column: int, style: str) -> tuple[str | None, int]:
    """The text of a block whose first line is `begin`, and the first line behind it."""
    first = lines[begin]
    said = first.lstrip(" ")
    depth = len(first) - len(said)
    if style not in _BLOCKS or not said or depth <= column:  # an empty line comes first, or there is no text at all
        return None, begin
    margin = first[:depth]
    text = [said]
    for end in range(begin + 1, len(lines)):  # the last line is empty
        line = lines[end]
        said = line.removeprefix(margin)
        if line and said == line:
            if line.isspace():  # of the block, or behind it
                return None, end
            break
        text.append(said)
    while not text[-1]:
        text.pop()
    joined: str | None = "\n".join(text)
    if style[0] == ">" and len(text) > 1:
        joined = _folded("\n".join(text))
    if style in ("|-", ">-"):
        return (None if joined in FLAGS else joined), end
    return joined and f"{joined}\n", end


def _folded(text: str) -> str | None:
    """Lines joined by spaces; None where some are indented further, which are not joined, or stand far apart."""
    if "\n " in text or "\n\n\n" in text:
        return None
    return text.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n")


def _word(written: str) -> Any:
    """What stands on the line of its key or dash: a text, or a list of words; None when it may be anything else."""
    if "#" in written or not written:  # where there are comments, it takes a parser to tell
        return None
    sign = written[0]
    if sign not in _SIGNS:
        return None if written[-1] in " :" or ": " in written or written in NOTHING else written
    inside = written[1:-1]
    if sign == "[" and written[-1] == "]":
        words = inside.split(", ")
        return words if "".join(words).isalnum() and "" not in words and NOTHING.isdisjoint(words) else None
    if (sign == '"' or sign == "'") and written[-1] == sign and len(written) > 1:
        return None if sign in inside or "\\" in inside or inside in FLAGS else inside
    return None
