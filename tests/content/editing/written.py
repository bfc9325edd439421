"""Post files as people might write them: keys in any order, any indentation, any style, comments anywhere."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from publisher.content.document import Document
from publisher.content.parsing import parse

_WORDS = st.text(
    st.sampled_from("abc xyz.,:;#-?!'\"\\|>[]{}@%&*0 1é日👍🏽\u0301\u200d\u05d0\t~=/"), min_size=1, max_size=40
)
TEXTS = st.lists(st.one_of(st.just(""), _WORDS), min_size=1, max_size=6).map("\n".join)
LINES = _WORDS


@dataclass(frozen=True)
class Written:
    """A file and the comments that were put into it, no two alike."""

    text: str
    comments: tuple[str, ...]

    @property
    def data(self) -> bytes:
        return self.text.encode()

    @property
    def document(self) -> Document:
        document = parse("posts/a.yaml", self.data)
        assert isinstance(document, Document)
        return document


class _Pen:
    """Writes one file; `draw` decides wherever a person might."""

    def __init__(self, draw: Callable[..., object]) -> None:
        self._draw = draw
        self.lines: list[str] = []
        self.comments: list[str] = []

    def choose(self, *among: object) -> object:
        return self._draw(st.sampled_from(among))

    def number(self, least: int, most: int) -> int:
        return int(str(self._draw(st.integers(least, most))))

    def text(self, texts: st.SearchStrategy[str]) -> str:
        return str(self._draw(texts))

    def comment(self) -> str:
        self.comments.append(f"# c{len(self.comments)}.")
        return self.comments[-1]

    def between(self, indent: int) -> None:
        """Blank lines and comments of their own, at some indentation."""
        for _ in range(self.number(0, 2)):
            deep = self.number(0, indent + 3)
            self.lines.append("" if self.choose(True, False) else " " * deep + self.comment())

    def tail(self) -> str:
        return "" if self.choose(True, True, False) else "  " + self.comment()

    def entry(self, lead: str, indent: int, value: str) -> None:
        """`lead` is the key with its colon, or the hyphen."""
        style = self.choose("block", "folded", "single", "double", "plain", "broken")
        if style in ("block", "folded"):
            self.block(lead, indent, value, "|" if style == "block" else ">")
        elif style == "double":
            inside = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
            self.lines.append(f'{lead} "{inside}"{self.tail()}')
        else:
            quote, inside = ("", value) if style == "plain" else ("'", value.replace("'", "''"))
            first, *rest = f"{quote}{inside}{quote}".replace("\n", "\n\n").split("\n")
            margin = " " * (indent + self.number(1, 4))
            self.lines += [f"{lead} {first}", *(margin + line if line else "" for line in rest)]
            self.lines[-1] += self.tail()

    def block(self, lead: str, indent: int, value: str, style: str) -> None:
        step = self.number(1, 4)
        chomping = self.choose("-", "", "+")
        self.lines.append(f"{lead} {style}{step}{chomping}{self.tail()}")
        self.lines += [" " * (indent + step) + line if line else "" for line in value.split("\n")]


_KEYS = ("text", "note", "topic", "publish_at", "id", "location", "unknown")


@st.composite
def written_posts(draw: Callable[..., object]) -> Written:
    """A post file that is sound YAML."""
    pen = _Pen(draw)
    keys = draw(st.permutations((*_KEYS, "media", "poll", "attached_text")))
    pen.between(0)
    for key in list(keys)[: pen.number(1, 6)]:  # type: ignore[call-overload]
        if key == "media":
            _list(pen, "media", ("alt", "file", "spoiler"))
        elif key == "poll":
            pen.lines.append(f"poll: {pen.choose('[a, b]', '[a,', '[')}{pen.tail() if not pen.lines else ''}")
            _close_poll(pen)
        elif key == "attached_text":
            pen.lines.append(f"attached_text:{pen.tail()}")
            _mapping(pen, ("link", "text"), pen.number(1, 4))
        else:
            pen.entry(f"{key}:", 0, pen.text(TEXTS))
        pen.between(0)
    if pen.choose(True, False):
        pen.lines.append("")
    return Written("\n".join(pen.lines), tuple(pen.comments))


def _close_poll(pen: _Pen) -> None:
    opened = pen.lines[-1].split("#")[0].rstrip()
    if not opened.endswith("]"):
        pen.lines += [f"  a,{pen.tail()}", f"    b{pen.tail()}", " ]"]


def _mapping(pen: _Pen, keys: tuple[str, ...], indent: int) -> None:
    for key in keys:
        pen.between(indent)
        pen.entry(f"{' ' * indent}{key}:", indent, pen.text(TEXTS))


def _list(pen: _Pen, name: str, keys: tuple[str, ...]) -> None:
    pen.lines.append(f"{name}:{pen.tail()}")
    margin = pen.number(0, 4)
    for _ in range(pen.number(1, 3)):
        pen.between(margin)
        if pen.choose(True, False):
            pen.entry(f"{' ' * margin}-", margin, pen.text(TEXTS))
            continue
        first, *rest = keys
        pen.entry(f"{' ' * margin}- {first}:", margin + 2, pen.text(TEXTS))
        _mapping(pen, tuple(rest), margin + 2)


def sound(written: Written) -> bool:
    """Whether the file is YAML, its comments are comments and its keys are words: chance may write otherwise."""
    document = parse("posts/a.yaml", written.data)
    if not isinstance(document, Document) or any(pointer[-1] == "" for pointer in document.keys):
        return False
    return not any(comment in value for comment in written.comments for value in _texts(document.data))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for below in value.values() for text in _texts(below)]
    if isinstance(value, list):
        return [text for below in value for text in _texts(below)]
    return [str(value)]
