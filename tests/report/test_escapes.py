"""What others wrote cannot give commands, wherever it is shown."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.findings import Finding, Place
from publisher.errors import TryAgain
from publisher.report.escape import command_property, command_value, in_json, one_line, visible
from publisher.report.github import LIMIT, annotation, findings_annotations, warning_annotation
from publisher.report.markdown import BUDGET, plain
from publisher.report.text.error import error_text
from publisher.report.text.frame import frame
from tests.report.hostile import as_a_runner_reads

hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x07\x00\r\n\t:,%@#<>&|`*_[]()!\u202e\u2066\u200b\x9b"),
        st.sampled_from("::error::"),
    )
)


@given(hostile)
def test_nothing_visible_moves_the_cursor(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(character) == "Cc" for character in shown if character != "\n")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown)
    assert "\n" not in one_line(text)


def test_each_of_the_characters_that_make_text_look_like_another_is_spelled_out() -> None:
    # Of the format characters only joiners and the like stay: families of emoji and words of Persian need them.
    spelled = {point for point in range(sys.maxunicode + 1) if visible(chr(point)) != chr(point)}
    controls = {*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)}
    assert spelled == controls | {0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF}
    for point in sorted(spelled - {*range(0x20), *range(0xD800, 0xE000)}):
        assert chr(point) not in in_json(f'"a {chr(point)}"')


@given(hostile)
def test_no_text_begins_a_workflow_command_or_ends_a_property(text: str) -> None:
    assert "\n" not in command_value(text)
    assert "\r" not in command_value(text)
    assert not re.search("[:,\n\r]", command_property(text))


@given(hostile, hostile, hostile)
def test_an_annotation_is_one_line_and_one_command(path: str, message: str, fix: str) -> None:
    line = annotation(Finding("E203", path, Place(1, 1, 1, 2), message, fix=fix))
    assert len(line.splitlines()) == 1
    assert line.startswith("::error file=")


@pytest.mark.parametrize(
    "path", ["posts/a,line=9.yaml", "posts/a:b.yaml", "posts/100%.yaml", "posts/%2C%0A%25.yaml", "a\nb"]
)
def test_what_divides_a_command_is_part_of_a_name_to_the_runner(path: str) -> None:
    finding = Finding("E203", path, Place(3, 5, 3, 9), "50 % of it, e.g. a::b\nc", fix=path)
    name, properties, message = as_a_runner_reads(annotation(finding))
    assert name == "error"
    expected = {"file": path, "line": "3", "endLine": "3", "col": "5", "endColumn": "8", "title": "publisher E203"}
    assert properties == expected
    assert message == f"50 % of it, e.g. a::b\nc\nFix: {path}"


@given(hostile)
def test_nor_does_a_title(code: str) -> None:
    _, properties, message = as_a_runner_reads(warning_annotation(code, "message", "fix"))
    assert properties == {"title": visible(f"publisher {code}").replace("##[", "#\\x23[")}
    assert message == "message\nFix: fix"


def test_what_github_would_drop_is_counted_instead() -> None:
    many = [Finding("E203", "posts/a.yaml", Place(n, 1, n, 2), "x") for n in range(1, 31)]
    lines = findings_annotations(many).splitlines()
    assert len(lines) == LIMIT
    assert "21 more" in lines[-1]


@given(hostile)
def test_markdown_mentions_nobody_and_holds_no_html(text: str) -> None:
    shown = plain(text)
    assert "<" not in shown
    assert not re.search(r"[@#](?!\u200b)", shown)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[|`*_\[\]]", shown)


def test_a_summary_leaves_room_below_githubs_limit() -> None:
    assert BUDGET < 1024 * 1024


@given(hostile, hostile, hostile)
def test_no_line_of_an_error_is_a_command_for_the_runner(message: str, why: str, fix: str) -> None:
    # A runner trims a line before it looks.
    lines = error_text(TryAgain(f"Threads said:\n::{message}", why=why, fix=fix)).split("\n")
    assert not any(line.strip().startswith("::") for line in lines)


@given(hostile, hostile, hostile)
def test_no_line_of_a_finding_is_a_command_for_the_runner(path: str, message: str, fix: str) -> None:
    # A file's name may hold a line feed, and a fix quotes the author's own text on a line of its own.
    finding = Finding("E203", f"posts/\n::{path}", Place(1, 1, 1, 2), f"x\n::{message}", fix=f"write:\n  ::{fix}")
    lines = frame(finding, {finding.path: ("::error::x",)}).split("\n")
    assert not any(line.strip().startswith("::") for line in lines)


def test_nor_is_the_older_spelling_that_a_runner_takes_anywhere_in_a_line() -> None:
    finding = Finding("E203", "posts/##[error]a.yaml", Place(1, 1, 1, 2), "x ##[error]y")
    assert "##[" not in frame(finding, {finding.path: ("text: ##[stop-commands]x",)})
    assert "##[" not in error_text(TryAgain("Threads said: ##[error]y"))
