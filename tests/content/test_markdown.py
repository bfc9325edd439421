"""A little Markdown becomes plain text and ranges; what is not understood stays as it is written, and is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.markdown import plain
from publisher.content.spoilers import utf16_units

STYLED = [
    ("**bold**", "bold", [(0, 4, "bold")]),
    ("__bold__ it", "bold it", [(0, 4, "bold")]),
    ("an *italic* word", "an italic word", [(3, 6, "italic")]),
    ("_one_ ~~two~~ ==three==", "one two three", [(0, 3, "italic"), (4, 3, "strikethrough"), (8, 5, "highlight")]),
    ("<u>under</u>", "under", [(0, 5, "underline")]),
    ("***both***", "both", [(0, 4, "bold italic")]),
    ("**a *b* c**", "a b c", [(0, 2, "bold"), (2, 1, "bold italic"), (3, 2, "bold")]),
    ("🎉 **日本**", "🎉 日本", [(3, 2, "bold")]),
    ("in**side**s", "insides", [(2, 4, "bold")]),
    (r"\*kept\* and *not*", "*kept* and not", [(11, 3, "italic")]),
]
PLAIN = ["snake_case_name", "2 * 3 * 4", "* one\n* two", "====", "****", "~one~ =two=", "a_b https://x.dev/_a_b_"]
LEFT = [
    ("**open", "** that is never closed", 1),
    ("**over\n\ntwo**", "** that is never closed", 1),
    ("one\n## two", "a heading", 2),
    ("[a](https://x.dev)", "a link", 1),
    ("![a](b.png)", "a picture", 1),
    ("`a *b* c`", "code", 1),
    ("> said", "a quotation", 1),
    ("a <br>c", "HTML", 1),
]


@pytest.mark.parametrize(("source", "text", "styled"), STYLED)
def test_marks_become_ranges(source: str, text: str, styled: list[tuple[int, int, str]]) -> None:
    made = plain(source)
    assert made.text == text
    assert [(piece.offset, piece.length, " ".join(piece.styles)) for piece in made.styled] == styled
    assert made.left == ()


@pytest.mark.parametrize("source", PLAIN)
def test_signs_that_are_no_marks_stay(source: str) -> None:
    made = plain(source)
    assert (made.text, made.styled, made.left) == (source, (), ())


@pytest.mark.parametrize(("source", "what", "line"), LEFT)
def test_what_cannot_be_shown_stays_and_is_told(source: str, what: str, line: int) -> None:
    made = plain(source)
    assert made.text == source
    assert [(left.what, source.count("\n", 0, left.at) + 1) for left in made.left] == [(what, line)]
    assert all(source.startswith(left.written, left.at) for left in made.left)


def test_all_that_cannot_be_shown_is_told_in_order_with_its_place() -> None:
    source = "# one\n\n> said\n> more\n\n## two `x` [a](b) **c\n```\n# code\n```"
    assert [(left.what, left.written, source.count("\n", 0, left.at) + 1) for left in plain(source).left] == [
        ("a heading", "# ", 1),
        ("a quotation", "> said", 3),
        ("a heading", "## ", 6),
        ("code", "`x`", 6),
        ("a link", "[a](", 6),
        ("** that is never closed", "**", 6),
        ("code", "```", 7),
        ("a heading", "# ", 8),
    ]


@given(st.text(alphabet="ab *_~=<u>/\\`\n🎉", max_size=60))
def test_ranges_are_in_order_apart_and_inside_the_text_and_no_letter_is_lost(source: str) -> None:
    made = plain(source)
    end = 0
    for piece in made.styled:
        assert piece.offset >= end
        assert piece.length > 0
        assert piece.styles
        end = piece.offset + piece.length
    assert end <= utf16_units(made.text)
    letters = [letter for letter in source if letter in "ab🎉\n"]
    assert [letter for letter in made.text if letter in "ab🎉\n"] == letters
