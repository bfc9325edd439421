"""From a little Markdown to plain text and styled stretches: what Threads can show of it, and nothing else. Pure.

`**bold**`, `*italic*` or `_italic_`, `~~strikethrough~~`, `==highlight==`, `<u>underline</u>`; a backslash takes a
mark's meaning away. Marks open before a letter and close behind one, within a paragraph, as in CommonMark. Whatever is
not understood stays as it is written, and is told: nothing an author wrote is ever dropped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from publisher.content.attached_text import Styled
from publisher.content.spoilers import utf16_units

MOST_OPEN = 30  # marks that wait for their other half; no text has as many, and each is looked at for each that follows
STYLES = ("bold", "italic", "underline", "strikethrough", "highlight")
_TOKENS = re.compile(
    r"\\(?P<escaped>[\\*_~=`<>#\[\]()!+.-])|(?P<kept>`[^`\n]+`|https?://[^\s*~<>]+)|(?P<gap>\n[ \t]*\n)"
    r"|(?P<tag></?u>)|(?P<run>\*+|_+|~+|=+)"
)
_OF = {"**": "bold", "__": "bold", "*": "italic", "_": "italic", "~~": "strikethrough", "==": "highlight"}
_UNKNOWN = (
    ("a heading", re.compile(r"^#{1,6} ", re.MULTILINE)),
    ("a picture", re.compile(r"!\[[^\]\n]*\]\(")),
    ("a link", re.compile(r"(?<!!)\[[^\]\n]+\]\(")),
    ("code", re.compile(r"```(?:[^`]*```)?|`[^`\n]+`")),
    ("a quotation", re.compile(r"^> .*(?:\n>.*)*", re.MULTILINE)),
    ("HTML", re.compile(r"<(?!/?u>)/?[A-Za-z][^<>\n]*>")),
)


class Left(NamedTuple):
    """Markdown that stays as it is written."""

    at: int  # where it begins in the source
    written: str  # its first line: "[more]("
    what: str  # "a link"


@dataclass(frozen=True, slots=True)
class Plain:
    """What became of a Markdown text."""

    text: str
    styled: tuple[Styled, ...]
    left: tuple[Left, ...] = ()  # in order


@dataclass(slots=True)
class _Piece:
    """A stretch of the source: text, or a mark that may turn out to be text."""

    text: str
    at: int  # where it begins in the source
    style: str | None = None  # of a mark that has found its other half
    opens: bool = False


def plain(source: str) -> Plain:
    """The text without its marks, and where it is styled."""
    pieces = _paired(source)
    styles: list[str] = []
    letters: list[tuple[str, tuple[str, ...]]] = []
    for piece in pieces:
        if piece.style is None:
            letters += ((letter, tuple(styles)) for letter in piece.text)
        elif piece.opens:
            styles.append(piece.style)
        else:
            styles.remove(piece.style)
    text = "".join(letter for letter, _ in letters)
    return Plain(text, tuple(_styled(letters)), tuple(sorted(_left(source, pieces))))


def _paired(source: str) -> list[_Piece]:
    """The source in pieces, each mark that has another half with its style."""
    pieces: list[_Piece] = []
    waiting: list[_Piece] = []
    at = 0
    for match in _TOKENS.finditer(source):
        pieces.append(_Piece(source[at : match.start()], at))
        at = match.end()
        if match["run"] or match["tag"]:
            pieces += _marks(match, waiting)
        else:
            pieces.append(_Piece(match["escaped"] or match[0], match.start()))
            if match["gap"]:
                waiting.clear()
    return [*pieces, _Piece(source[at:], at)]


def _marks(match: re.Match[str], waiting: list[_Piece]) -> Iterator[_Piece]:
    """One run of marks, taken apart: what it closes first, then what it opens; the rest is text."""
    if match["tag"]:
        yield _tag(match[0], match.start(), waiting)
        return
    run = match[0]
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    may_close, may_open = bool(before.strip()), bool(after.strip())
    if run[0] == "_":  # within a word it is a letter: snake_case
        may_close, may_open = may_close and not after.isalnum(), may_open and not before.isalnum()
    while run:
        closing = next((open_.text for open_ in reversed(waiting) if run.startswith(open_.text)), "")
        at = match.end() - len(run)
        mark = closing if may_close and closing else run[:2] if run[:2] in _OF else run[0]
        if len(run) <= 3 and may_close and closing:
            yield _closed(mark, at, waiting)
        elif len(run) <= 3 and may_open and mark in _OF:
            yield _opened(mark, at, waiting)
        else:
            yield _Piece(run, at)
            return
        run = run[len(mark) :]


def _tag(tag: str, at: int, waiting: list[_Piece]) -> _Piece:
    if tag == "<u>":
        return _opened(tag, at, waiting)
    return _closed("<u>", at, waiting) if any(open_.text == "<u>" for open_ in waiting) else _Piece(tag, at)


def _opened(mark: str, at: int, waiting: list[_Piece]) -> _Piece:
    if len(waiting) == MOST_OPEN:
        return _Piece(mark, at)
    piece = _Piece(mark, at, opens=True)
    waiting.append(piece)
    return piece


def _closed(mark: str, at: int, waiting: list[_Piece]) -> _Piece:
    """Closes the last mark of its kind; those opened after it have lost their chance, and are text."""
    while (open_ := waiting.pop()).text != mark:
        pass
    open_.style = _OF.get(mark, "underline")
    return _Piece(mark, at, style=open_.style)


def _styled(letters: list[tuple[str, tuple[str, ...]]]) -> Iterator[Styled]:
    """Stretches that look alike; Threads takes none that overlap, so each has all of its styles."""
    offset = 0
    for styles, group in groupby(letters, key=lambda letter: frozenset(letter[1])):
        length = utf16_units("".join(letter for letter, _ in group))
        if styles and length:
            yield Styled(offset, length, tuple(style for style in STYLES if style in styles))
        offset += length


def _left(source: str, pieces: list[_Piece]) -> Iterator[Left]:
    for what, pattern in _UNKNOWN:
        for match in pattern.finditer(source):
            yield Left(match.start(), match[0].partition("\n")[0], what)
    for piece in pieces:
        if piece.opens and piece.style is None and len(piece.text) > 1:
            yield Left(piece.at, piece.text, f"{piece.text} that is never closed")
