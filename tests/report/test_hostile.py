"""A sample of `python -m tests.report.hostile`."""

from tests.report.hostile import FORMATS, let_through


def test_no_format_lets_a_hostile_text_through() -> None:
    judged, outputs, failures = let_through(1, 60)
    assert failures == []
    assert set(judged) == set(outputs) == set(FORMATS)
