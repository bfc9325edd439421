"""Waivers: a comment accepts a warning where it stands, with a reason, and nothing more."""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from publisher.content import waivers
from publisher.content.findings import Finding, Place
from publisher.content.parsing import MOST_ALIKE
from publisher.content.validate import Source, check_posts
from tests.content.cases import CONTEXT
from tests.content.looks import look

_LOST = "text: Ship it #friday"


def _codes(text: str) -> list[str]:
    return [finding.code for finding in check_posts([Source("posts/a.yaml", text.encode())], CONTEXT, look).findings]


@pytest.mark.parametrize(
    "text",
    [
        f"{_LOST}  # publisher: allow W101 for us\n",
        f"draft: true\n# publisher: allow W101 for us\n{_LOST}\n",
        f"# publisher: allow W101 for us\n\ndraft: true\n{_LOST}\n",
        f"draft: true\n# publisher: allow W101 for us\n# and more\n{_LOST}\n",
    ],
)
def test_a_warning_with_a_waiver_is_gone(text: str) -> None:
    assert "W101" not in _codes(text)


@pytest.mark.parametrize(
    "text",
    [
        f"draft: true  # publisher: allow W101 elsewhere\n{_LOST}\n",
        f"{_LOST}\n# publisher: allow W101 below\ndraft: true\n",
        f"draft: true\n# publisher: allow W262 another\n{_LOST}\n",
    ],
)
def test_a_waiver_elsewhere_waives_nothing_and_is_told(text: str) -> None:
    assert sorted(_codes(text)) == ["W101", "W268"]


@pytest.mark.parametrize("waiver", ["", "W101", "W101 …", "E203 a reason"])
def test_a_waiver_without_code_or_reason_or_of_an_error_does_not_count(waiver: str) -> None:
    assert sorted(_codes(f"draft: true\n# publisher: allow {waiver}\n{_LOST}\n")) == ["W101", "W269"]


def test_an_error_stays_whatever_a_comment_says() -> None:
    assert sorted(_codes("# publisher: allow E203 please\ntext: Hello\ncaption: x\n")) == ["E203", "W269"]


def test_a_waiver_inside_a_text_is_text() -> None:
    assert _codes("text: |-\n  Write\n  # publisher: allow W101 why\n  above the line\n") == []


class _CountedPath(str):
    """A path that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        _CountedPath.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def _comparisons(files: int) -> int:
    _CountedPath.compared = 0
    data = f"{_LOST}  # publisher: allow W101 for us\nid: the-same\n".encode()
    check_posts([Source(_CountedPath(f"posts/{n:04}.yaml"), data) for n in range(files)], CONTEXT, look)
    return _CountedPath.compared


def test_twice_as_many_files_with_a_waiver_are_not_four_times_the_work() -> None:
    assert _comparisons(200) < 3 * _comparisons(100)


@pytest.mark.parametrize(
    ("text", "code", "times"),
    [
        ("# publisher: allow " + "W1 " * 20_000 + "why\ntext: x\n", "W268", 1),
        ("# publisher: allow " + " ".join(f"W{n}" for n in range(1_000)) + " why\ntext: x\n", "W268", MOST_ALIKE),
        ("text: x\n" + "# publisher: allow W1 why\n" * 2_000, "W268", MOST_ALIKE),
        ("text: x\n" + "# publisher: allow W1\n" * 2_000, "W269", MOST_ALIKE),
    ],
    ids=["one code", "many codes", "many waivers", "many without a reason"],
)
def test_of_thousands_that_waive_nothing_each_is_told_once_and_a_hundred_at_most(
    text: str, code: str, times: int
) -> None:
    assert Counter(_codes(text)) == {code: times}


def test_a_waiver_counts_behind_hundreds_that_do_not() -> None:
    assert "W101" not in _codes(
        "draft: true\n" + "# publisher: allow W1 why\n" * 500 + f"{_LOST}  # publisher: allow W101 x\n"
    )


def _steps(text: str) -> int:
    """How many steps of the interpreter in `waivers` it takes to judge a file with a W237 on every line."""
    places = (Place(line, 1, line, 2) for line in range(1, text.count("\n") + 1))
    findings = [Finding("W237", "posts/a.yaml", place, "doubtful") for place in places]
    count = 0

    def run(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != waivers.__file__:
            return None
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return run

    before = sys.gettrace()
    sys.settrace(run)
    try:
        waivers.waive("posts/a.yaml", text.encode(), findings)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "file",
    [
        lambda n: "text: hi\n" + "# publisher: allow W1 x\n" * n,
        lambda n: "text: hi\nthread:\n" + "  - text: v # publisher: allow W1 x\n" * n,
        lambda n: "text: hi\n" + "".join(f"key{k}: v # publisher: allow W237 x\n" for k in range(n)),
        lambda n: "text: hi\npoll:\n" + "  - v # publisher: allow W237 x\n" * n,
    ],
    ids=["below each other", "in a chain", "behind keys", "each with its finding"],
)
def test_twice_as_many_waivers_in_a_file_are_not_four_times_the_work(file: Callable[[int], str]) -> None:
    assert _steps(file(300)) < 3 * _steps(file(150))
