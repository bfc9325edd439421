"""A sample of `python -m tests.report.hostile`."""

from tests.report.hostile import FORMATS, let_through


def test_no_format_lets_a_hostile_text_through() -> None:
    judged, failures = let_through(1, 150)
    assert failures == []
    assert set(judged) == set(FORMATS)
