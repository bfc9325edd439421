"""Code frames, as golden files: `frames/*.txt` hold the line, the place, and how both look."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.findings import Finding, Place
from publisher.report.paint import Paint
from publisher.report.text.frame import frame
from publisher.report.width import width

CASES = sorted((Path(__file__).parent / "frames").glob("*.txt"))
DIVIDER = "----\n"


def finding(place: Place, code: str = "E203", message: str = 'unknown key "fiel"') -> Finding:
    return Finding(code, "posts/a.yaml", place, message, why="it does nothing", fix='did you mean "file"?')


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_frame_looks_as_it_was_drawn(case: Path) -> None:
    place, source, expected = case.read_text("utf-8").split(DIVIDER)
    shown = frame(finding(Place(*map(int, place.split()))), {"posts/a.yaml": source.rstrip("\n").split("\n")})
    assert shown == expected.rstrip("\n")


letters = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.sampled_from("日本語テキスト한국어🎉👩🏽‍🚀é̀ñøשלוםمرحبा"),
    ),
    max_size=40,
)


@given(letters, st.text(st.sampled_from("ab日🎉"), min_size=1, max_size=8), letters)
def test_the_caret_stands_under_what_it_means(before: str, meant: str, after: str) -> None:
    before = before.rstrip() + "|"  # so that no mark joins what follows it
    line = before + meant + after
    shown = frame(finding(Place(1, len(before) + 1, 1, len(before) + len(meant) + 1)), {"posts/a.yaml": [line]}).split(
        "\n"
    )
    caret = next(row for row in shown if "^" in row and row.lstrip(" |").startswith("^"))
    gutter = len("1 | ")
    assert caret.index("^") - gutter == width(_visible(before))
    assert unicodedata.category(meant[0]) != "Mn"


def _visible(text: str) -> str:
    from publisher.report.escape import visible

    return visible(text)


def test_a_hostile_line_cannot_move_the_cursor_or_reverse_what_is_read() -> None:
    hostile = "text: a\x1b[2Jb\u202ec\x9bd\re"
    shown = frame(finding(Place(1, 1, 1, 5)), {"posts/a.yaml": [hostile]})
    assert not any(unicodedata.category(character) in ("Cc", "Cf") for character in shown.replace("\n", ""))


def test_colour_changes_nothing_but_colour() -> None:
    import click

    sources = {"posts/a.yaml": ["text: x", "fiel: y"]}
    place = Place(2, 1, 2, 5)
    assert click.unstyle(frame(finding(place), sources, Paint(True))) == frame(finding(place), sources)


@pytest.mark.parametrize("code", ["E251", "E527"])
def test_a_line_that_holds_a_secret_is_not_shown(code: str) -> None:
    shown = frame(finding(Place(1, 1, 1, 13), code=code), {"posts/a.yaml": ["access_token: THQsecret"]})
    assert "THQ" not in shown
    assert "posts/a.yaml:1:1" in shown


def test_nor_is_it_shown_above_another_mistake() -> None:
    key = "ghp_" + "a" * 36
    shown = frame(finding(Place(2, 1, 2, 5)), {"posts/a.yaml": [f"text: {key}", "fiel: y"]})
    assert key not in shown
    assert "posts/a.yaml:2:1" in shown
