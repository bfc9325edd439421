"""Files made to keep their reader busy: each is judged like any other, with findings in number that a person can read.

How long it takes is measured by `benchmarks`; here is proved what keeps it short.
"""

import pytest

from publisher.content.findings import Finding
from publisher.content.look import Files
from publisher.content.markdown import MOST_OPEN, plain
from publisher.content.parsing import MOST_ALIKE
from publisher.content.post_file import read_file
from publisher.content.text_rules import FAR_TOO_LONG, characters, links
from publisher.content.times import zone
from tests.content.cases import CONTEXT
from tests.content.looks import look, read


def findings(text: str) -> tuple[Finding, ...]:
    return read_file("posts/x.yaml", text.encode(), CONTEXT.accounts, CONTEXT.rules, Files(look, read)).findings


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("# \u202e\n" * 5_000 + "text: x\n", "E240"),
        ("text: x\nnote: |\n" + "  a\x07\n" * 5_000, "E109"),
        ("text: x\nattached_text:\n  text: |\n" + "    # a\n" * 2_000, "W266"),
    ],
    ids=["turned lines", "bells", "headings"],
)
def test_thousands_of_the_same_are_told_a_hundred_times(text: str, code: str) -> None:
    assert [finding.code for finding in findings(text)] == [code] * MOST_ALIKE


def test_the_keys_of_a_file_of_slips_are_all_told_and_the_first_suggested() -> None:
    told = [
        finding for finding in findings("".join(f"topic{n:04}: x\n" for n in range(1_000))) if finding.code == "E203"
    ]
    assert len(told) == 1_000
    assert told[0].fix == "did you mean topic?"
    assert "did you mean" not in told[-1].fix


def test_a_link_loses_what_it_did_not_open_however_much_of_it() -> None:
    assert links("https://a.dev/(b)" + ")" * 50_000) == ["https://a.dev/(b)"]
    assert links("https://a.dev/[(b)].,)") == ["https://a.dev/[(b)]"]


def test_marks_that_are_never_closed_stay_text() -> None:
    made = plain("*a " * 5_000)
    assert made.text == "*a " * 5_000
    assert made.styled == ()


def test_the_last_marks_still_pair_while_many_wait() -> None:
    assert plain("**a " * (MOST_OPEN - 2) + "~~b~~").styled[0].length == 1


def test_a_text_far_too_long_counts_its_code_points() -> None:
    assert characters("\U0001f1ef" * (FAR_TOO_LONG + 1)) == FAR_TOO_LONG + 1


def test_a_zone_as_deep_as_a_file_allows_is_none() -> None:
    assert zone("a/" * 20_000 + "a") is None
