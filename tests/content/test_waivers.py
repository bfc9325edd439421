"""Waivers: a comment accepts a warning where it stands, with a reason, and nothing more."""

import pytest

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
