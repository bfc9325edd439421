"""`split_post`: every long text of a file becomes parts, each hides what its words hid, and every comment is kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.document import Document
from publisher.content.editing.chaining import split_post
from publisher.content.editing.splitting import CannotSplit
from publisher.content.parsing import parse
from publisher.content.spoilers import places
from publisher.content.text_rules import characters

_LONG = "A sentence of thirty letters.. " * 30
LIMIT = 60


def document(data: bytes) -> Document:
    parsed = parse("posts/a.yaml", data)
    assert isinstance(parsed, Document), parsed
    return parsed


def chain(data: bytes) -> list[dict[str, object]]:
    """The file's own text and the parts after it, each with all its keys."""
    said = document(data).data
    return [{key: value for key, value in said.items() if key != "thread"}, *said.get("thread", [])]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("rest", ["", "thread:\n- text: The end.\n", "topic: News # why\n"])
def test_a_file_keeps_its_comments_and_gets_the_parts(rest: str, ending: str) -> None:
    source = f"# head\ntext: {_LONG.strip()} # behind\n# below\n{rest}".replace("\n", ending)
    split = split_post("posts/a.yaml", source.encode())
    texts = [str(part["text"]) for part in chain(split.data)]
    assert " ".join(texts[: split.added + 1]) == _LONG.strip()
    assert len(texts) == split.total
    assert all(comment in split.data for comment in (b"# head", b"# behind", b"# below"))
    assert split_post("posts/a.yaml", split.data).added == 0


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{text: a}\n", "in brackets"),
        ("media: []\n", "no text"),
        ("text: [\n", "not YAML"),
        (f"text: a\nthread: [{{text: {_LONG}}}]\n", "not a list with an item on each line"),
        (f"text: a\nthread:\n- {{text: {_LONG}}}\n", "a part of its thread is in brackets"),
        (f"text: {_LONG}\nthread: [{{text: a}}]\n", "not a list with an item on each line"),
        (f"text: {_LONG}The end.\nspoilers: [sentence, # one\n end]\n", "a comment would be lost"),
        (f"text: {'word ' * 200}\nspoilers: ['{'word ' * 150}']\n", "longer than 500"),
    ],
)
def test_what_cannot_be_split_is_said(source: str, why: str) -> None:
    with pytest.raises(CannotSplit, match=why):
        split_post("posts/a.yaml", source.encode())


def test_what_a_chain_cannot_have_is_not_made_one() -> None:
    with pytest.raises(CannotSplit, match="a chain cannot have ghost") as refused:
        split_post("posts/a.yaml", f"text: {_LONG}\nghost: true\n".encode())
    assert refused.value.fix == "shorten the text, or remove ghost"
    assert split_post("posts/a.yaml", f"text: {_LONG}\nghost: false\n".encode()).added > 0
    assert split_post("posts/a.yaml", b"text: short\nghost: true\n").added == 0


def test_a_long_part_is_followed_by_its_rest_and_keeps_what_else_it_has() -> None:
    source = (
        "text: The beginning.\n"
        "thread:\n"
        "  - link: https://acme.dev\n"
        "    text: One is here. Two is there.  # why\n"
        "    # of the part\n"
        "  # of the end\n"
        "  - text: The end.\n"
    )
    split = split_post("posts/a.yaml", source.encode(), limit=16)
    assert split.data.decode() == (
        "text: The beginning.\n"
        "thread:\n"
        "  - link: https://acme.dev\n"
        "    text: |-  # why\n"
        "      One is here.\n"
        "    # of the part\n"
        "  - text: |-\n"
        "      Two is there.\n"
        "  # of the end\n"
        "  - text: The end.\n"
    )
    assert (split.added, split.total) == (1, 4)


def test_a_spoiler_goes_with_its_words_and_its_comment_with_it() -> None:
    source = (
        "text: One is here. Two is away. Both are.\n"
        "spoilers:  # the end\n"
        "  # first\n"
        "  - here\n"
        "  - away  # second\n"
        "  - are\n"
        "  # last\n"
        "topic: News\n"
    )
    assert split_post("posts/a.yaml", source.encode(), limit=16).data.decode() == (
        "text: |-\n"
        "  One is here.\n"
        "thread:\n"
        "  - text: |-\n"
        "      Two is away.\n"
        "    spoilers:\n"
        "      - away  # second\n"
        "  - text: |-\n"
        "      Both are.\n"
        "    spoilers:\n"
        "      - are\n"
        "      # last\n"
        "spoilers:  # the end\n"
        "  # first\n"
        "  - here\n"
        "topic: News\n"
    )


def test_a_file_whose_words_are_all_hidden_later_hides_nothing_itself() -> None:
    source = "spoilers: [away]\ntext: One is here. Two is away.\n"
    assert split_post("posts/a.yaml", source.encode(), limit=16).data.decode() == (
        "text: |-\n  One is here.\nthread:\n  - text: |-\n      Two is away.\n    spoilers:\n      - away\n"
    )


def test_what_is_hidden_in_several_parts_is_hidden_in_each() -> None:
    split = split_post("posts/a.yaml", b"text: One is here. Two is here.\nspoilers: [here]\n", limit=16)
    assert [part["spoilers"] for part in chain(split.data)] == [["here"], ["here"]]


def test_a_piece_that_stands_nowhere_stays_to_be_told_of() -> None:
    split = split_post("posts/a.yaml", b"text: One is here. Two is away.\nspoilers: [away, gone]\n", limit=16)
    assert [part["spoilers"] for part in chain(split.data)] == [["gone"], ["away"]]


# --- files as people might write them ---------------------------------------------------------------------------------

_SENTENCES = st.sampled_from(
    ["One is here. ", "The butler did it! ", "secret words ", "日本語。", "👨\u200d👩\u200d👧 ",
     "plain words and more ", "https://acme.dev/a ", "aaa ", "\n\n", "a: b #c "]
)  # fmt: skip
_TEXTS = st.lists(_SENTENCES, min_size=1, max_size=20).map("".join).map(str.strip).filter(bool)
_PIECES = ("butler did it", "secret", "secret words", "is here", "aa", "本", "words and more", "One ", " did")


@dataclass(frozen=True)
class _Written:
    data: bytes
    comments: tuple[str, ...]


@st.composite
def _files(draw: Callable[..., object]) -> _Written:
    """A post with parts and spoilers: keys in any order, comments at any depth, lists in brackets or not."""
    comments: list[str] = []

    def comment() -> str:
        comments.append(f"# c{len(comments)}.")
        return comments[-1]

    def below(column: int) -> list[str]:
        deep = column + int(str(draw(st.integers(0, 5))))
        return [" " * deep + comment()] if draw(st.integers(0, 3)) == 0 else []

    def tail() -> str:
        return f"  {comment()}" if draw(st.integers(0, 3)) == 0 else ""

    def hidden(pieces: list[str], column: int) -> list[str]:
        quoted = [f"'{piece}'" for piece in pieces]
        if draw(st.booleans()):
            return [f"spoilers: [{', '.join(quoted)}]{tail()}", *below(column)]
        deep = column + int(str(draw(st.integers(0, 3))))
        lines = [f"spoilers:{tail()}"]
        for piece in quoted:
            lines += [*below(deep), f"{' ' * deep}- {piece}{tail()}"]
        return [*lines, *below(deep)]

    def words(text: str, column: int) -> list[str]:
        if draw(st.booleans()):
            inside = text.replace("\n", "\\n")
            return [f'text: "{inside}"{tail()}', *below(column)]
        # A comment deeper than its text would be text.
        return [f"text: |-{tail()}", *(" " * (column + 1) + line for line in text.split("\n"))]

    def holder(column: int) -> list[str]:
        text = str(draw(_TEXTS))
        there = [piece for piece in _PIECES if piece in text]
        chosen = draw(st.lists(st.sampled_from(there), max_size=3, unique=True)) if there else []
        blocks = [words(text, column), ["topic: News" + tail()]]
        if chosen:
            blocks.append(hidden(list(map(str, chosen)), column))  # type: ignore[call-overload]
        ordered = draw(st.permutations(blocks))
        return [line if n else " " * column + line for block in ordered for n, line in enumerate(block)]  # type: ignore[attr-defined]

    lines = [*below(0), *holder(0)]
    if draw(st.booleans()):
        margin = int(str(draw(st.integers(0, 3))))
        lines.append(f"thread:{tail()}")
        for _ in range(int(str(draw(st.integers(1, 3))))):
            lines += below(margin)
            first, *rest = holder(margin + 2)
            lines += [f"{' ' * margin}- {first.strip()}", *rest]
    end = "\n" if draw(st.booleans()) else ""
    return _Written(("\n".join(lines) + end).encode(), tuple(comments))


def _shown(parts: list[dict[str, object]]) -> tuple[str, str]:
    """All words without their white space, and which of them stay in sight."""
    words = seen = ""
    for part in parts:
        text, pieces = str(part.get("text", "")), part.get("spoilers", [])
        covered = {at for piece in pieces for start, end in places(text, piece) for at in range(start, end)}  # type: ignore[attr-defined]
        words += re.sub(r"\s", "", text)
        seen += "".join("_" if at in covered else sign for at, sign in enumerate(text) if not sign.isspace())
    return words, seen


@settings(max_examples=300, deadline=None)
@given(_files())
def test_all_words_are_kept_and_no_hidden_one_is_shown(written: _Written) -> None:
    split = split_post("posts/a.yaml", written.data, LIMIT)
    before, after = chain(written.data), chain(split.data)
    assert len(after) == len(before) + split.added == split.total
    assert all(characters(str(part["text"])) <= LIMIT for part in after)
    assert _shown(after) == _shown(before)
    assert [part["topic"] for part in after if "topic" in part] == [part["topic"] for part in before]


@settings(max_examples=300, deadline=None)
@given(_files())
def test_every_comment_is_kept_and_a_second_time_changes_nothing(written: _Written) -> None:
    split = split_post("posts/a.yaml", written.data, LIMIT)
    source = split.data.decode()
    assert all(source.count(comment) == 1 for comment in written.comments)
    assert split_post("posts/a.yaml", split.data, LIMIT).data == split.data


@settings(max_examples=300, deadline=None)
@given(_files())
def test_every_part_names_only_pieces_that_stand_in_it(written: _Written) -> None:
    for part in chain(split_post("posts/a.yaml", written.data, LIMIT).data):
        for piece in part.get("spoilers", []):  # type: ignore[attr-defined]
            assert piece in str(part["text"])
