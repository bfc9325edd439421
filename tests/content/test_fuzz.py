"""A sample of `python -m tests.content.fuzz`: files spoiled at random are judged, and an exception is told."""

import pytest

from tests.content import fuzz


@pytest.mark.parametrize(("kind", "count"), [("yaml", 1_500), ("media", 100)])
def test_no_spoiled_file_raises(kind: str, count: int) -> None:
    tally = fuzz.judged(kind, 1, range(count))
    assert tally.failures == ()
    assert tally.count == count
    assert tally.findings > 0


def test_an_input_that_raises_is_told_with_what_shows_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(seed: int, n: int) -> int:
        return 1 // (n - 3)

    monkeypatch.setitem(fuzz.KINDS, "yaml", judge)
    assert fuzz.judged("yaml", 9, range(5)).failures == ("ZeroDivisionError: again kind=yaml seed=9 n=3",)
