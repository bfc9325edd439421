"""`Names`: what was meant is found among many names, and no repository is so large that looking for it takes long."""

import difflib
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from publisher.content.near import ALL, ASKED, BESIDE, Names
from publisher.content.validate import Source, check_posts
from tests.content.cases import CONTEXT
from tests.content.looks import look

_WORDS = ("launch", "spring", "sale", "notes", "release", "meetup", "battery", "station", "winter", "jobs", "team",
          "offer", "thanks", "survey", "garden")  # fmt: skip


def _names(count: int) -> list[str]:
    """As people name posts: a date, and some words."""
    dice = random.Random(4)
    dates = (f"2026-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}" for _ in range(count))
    return [f"{date}-{'-'.join(dice.sample(_WORDS, 3))}-{number}" for number, date in enumerate(dates)]


def _slip(name: str, dice: random.Random) -> str:
    """One slip of the finger: a letter more, less, or another; or two that changed places."""
    at = dice.randrange(len(name) - 1)
    letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
    return dice.choice(
        (
            name[:at] + letter + name[at:],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


@contextmanager
def _comparisons(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every name that is compared letter by letter, while this lasts."""
    compared: list[str] = []
    plain = difflib.SequenceMatcher.set_seq1

    def counted(self: "difflib.SequenceMatcher[str]", name: str) -> None:
        if name:  # a matcher begins with nothing
            compared.append(name)
        plain(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(difflib.SequenceMatcher, "set_seq1", counted)
        yield compared


@pytest.mark.parametrize("count", [ALL, 10_000])
def test_a_slip_anywhere_in_a_name_leads_back_to_it(count: int) -> None:
    dice = random.Random(5)
    names = _names(count)
    meant = dice.sample(names, 100)
    index = Names(f"posts/{name}.yaml" for name in names)
    found = [index.nearest(f"posts/{_slip(name, dice)}.yaml") for name in meant]
    right = [each == f"posts/{name}.yaml" for each, name in zip(found, meant, strict=True)]
    # A digit of the number at the end may make it another's; then any answer is as good.
    assert right.count(True) >= 95


def test_of_a_few_names_each_is_compared() -> None:
    names = [f"{'-'.join(words)}" for words in ([one, two] for one in _WORDS[:9] for two in _WORDS[:9])]
    assert len(names) <= ALL
    assert Names(names).nearest("lanch-strpig") == "launch-spring"  # a slip at either end


def test_a_hundred_wrong_names_of_ten_thousand_are_few_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(6)
    names = _names(10_000)
    index = Names(names)
    with _comparisons(monkeypatch) as compared:
        for name in names[:100]:
            index.nearest(_slip(name, dice))
    assert 100 <= len(compared) <= 100 * 4 * BESIDE


def test_after_many_questions_none_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Names(["launch"])
    assert [index.nearest("lanch") for _ in range(ASKED)] == ["launch"] * ASKED
    with _comparisons(monkeypatch) as compared:
        assert index.nearest("lanch") is None
    assert compared == []


def test_what_is_no_name_is_compared_with_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with _comparisons(monkeypatch) as compared:
        assert Names(["launch"]).nearest("launch" * 1000) is None
    assert compared == []


def test_no_repository_makes_wrong_references_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    names = _names(1_000)
    sources = [Source(f"posts/{name}.yaml", f"text: {name}\n".encode()) for name in names]
    sources += [
        Source(f"posts/wrong-{number}{end}.yaml", f"text: {number}\nquote: {name}{end}\n".encode())
        for end in ("x", "x.yaml")
        for number, name in enumerate(names[: ASKED + 20])
    ]
    with _comparisons(monkeypatch) as compared:
        checked = check_posts(sources, CONTEXT, look)
    wrong = [finding for finding in checked.findings if finding.code in ("E233", "E234")]
    assert all(finding.fix for finding in wrong)
    assert sum("did you mean" in finding.fix for finding in wrong) == 2 * ASKED
    assert len(compared) <= 2 * ASKED * 4 * BESIDE
