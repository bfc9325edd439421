"""A value as it is written in a file: in quotes, as a block, or as a block whose lines are folded."""

import re

WIDTH = 100  # columns that a folded text may take, its indentation included

# Escapes that say nothing a block could not say; any other was chosen so that a reader sees it.
_CHOSEN_ESCAPE = re.compile(r'\\[^n"\\/ \n]')


def literal(value: str, indent: int) -> list[str] | None:
    """The lines of `value` as a block, from `|-` on; `indent` is the column of its text, 2 more than its key's.

    None for what ends with several line breaks, or is nothing else: how many a block stands for is hard to see, and a
    blank line below it would be one more.

    >>> literal("one\\ntwo", 2)
    ['|-', '  one', '  two']
    """
    body = value.rstrip("\n")
    breaks = len(value) - len(body)
    if not body or breaks > 1 or "\r" in value:
        return None
    first = next(line for line in body.split("\n") if line)
    # A block's indentation is read off its first line, unless that begins with a space of its own.
    indicator = "2" if first.startswith((" ", "\t")) else ""
    head = "|" + indicator + ("" if breaks else "-")
    return [head, *(" " * indent + line if line else "" for line in body.split("\n"))]


def folded(value: str, indent: int) -> list[str] | None:
    """The lines of a text without line breaks as a folded block, from `>-` on; None when it cannot be one.

    A line is broken only where a single space stands between two words: anywhere else the fold would add or lose one.

    >>> folded("one two", 2)
    ['>-', '  one two']
    """
    if not value or value != value.strip() or re.search(r"[\n\r]", value):
        return None
    lines, line = [], ""
    for word in re.split(r"(?<=[^ \t]) (?=[^ \t])", value):
        longer = f"{line} {word}" if line else word
        if line and indent + len(longer) > WIDTH:
            lines.append(line)
            longer = word
        line = longer
    return [">-", *(" " * indent + each for each in (*lines, line))]


def quoted(value: str) -> str:
    """One line in quotes: double ones, which people expect, unless they would need an escape.

    >>> quoted("Ship it #friday"), quoted('say "hi"')
    ('"Ship it #friday"', '\\'say "hi"\\'')
    """
    return f'"{value}"' if '"' not in value and "\\" not in value else "'" + value.replace("'", "''") + "'"


def escaped(value: str) -> str:
    """A text of several lines on one, its line breaks as escapes."""
    inside = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inside}"'


def has_chosen_escape(written: str) -> bool:
    """Whether a value in double quotes has an escape that must stay one, as `\\u200d` does."""
    return written.startswith('"') and _CHOSEN_ESCAPE.search(written) is not None
