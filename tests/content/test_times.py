"""Local times become moments, or are refused where clocks skip an hour or show it twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.times import TimeProblem, moment, zone

BERLIN = ZoneInfo("Europe/Berlin")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("2026-12-01T09:00", "Europe/Berlin", "2026-12-01T08:00+00:00"),
        ("2026-07-01 09:00", "Europe/Berlin", "2026-07-01T07:00+00:00"),
        ("2026-12-01T09:00:30", "UTC", "2026-12-01T09:00:30+00:00"),
        ("2026-12-01T09:00Z", "Europe/Berlin", "2026-12-01T09:00+00:00"),
        ("2026-12-01T09:00-08:00", "Europe/Berlin", "2026-12-01T17:00+00:00"),
        ("2026-12-01T09:00", "Asia/Kolkata", "2026-12-01T03:30+00:00"),
        ("2028-02-29T00:00", "UTC", "2028-02-29T00:00+00:00"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00+00:00"),
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00+00:00"),
    ],
)
def test_a_time_is_read_on_the_clocks_of_its_zone(text: str, where: str, expected: str) -> None:
    assert moment(text, ZoneInfo(where)) == _at(expected)


@pytest.mark.parametrize(
    ("text", "where", "code", "message", "fix"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "E220",
         "2026-03-29 02:30 does not exist in Europe/Berlin (clocks jump from 02:00 to 03:00)",
         "2026-03-29T03:30, or give an offset: 2026-03-29T02:30+01:00"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "E220",
         "2026-10-04 02:15 does not exist in Australia/Lord_Howe (clocks jump from 02:00 to 02:30)",
         "2026-10-04T02:45, or give an offset: 2026-10-04T02:15+10:30"),
        ("2026-10-25T02:30", "Europe/Berlin", "E221",
         "2026-10-25 02:30 comes twice in Europe/Berlin (clocks go back)",
         "say which: 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00"),
    ],
)  # fmt: skip
def test_a_time_that_no_clock_or_two_moments_show_is_refused(
    text: str, where: str, code: str, message: str, fix: str
) -> None:
    assert moment(text, ZoneInfo(where)) == TimeProblem(code, message, fix)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tomorrow", "E224"),
        ("2026-12-01", "E224"),
        ("9:00", "E224"),
        ("2026-12-01T9:00", "E224"),
        ("20261201T0900", "E224"),
        ("2026-12-01T09:00:00.5", "E224"),
        ("2026-12-01T09:00+1", "E224"),
        ("2026-W49-2T09:00", "E224"),
        ("2026-12-01T09:00\n", "E224"),
        ("٢٠٢٦-12-01T09:00", "E224"),
        ("2026-13-01T09:00", "E222"),
        ("2026-02-29T09:00", "E222"),
        ("2026-12-01T24:00", "E222"),
        ("2026-12-01T09:60", "E222"),
        ("2026-12-01T09:00+25:00", "E222"),
        ("0001-01-01T00:00", "E222"),
        ("9999-12-31T23:59", "E222"),
        ("2022-12-31T23:59", "E222"),
    ],
)
def test_what_is_no_time_is_refused_and_never_guessed_at(text: str, code: str) -> None:
    problem = moment(text, BERLIN)
    assert isinstance(problem, TimeProblem)
    assert problem.code == code


@pytest.mark.parametrize("name", ["Nowhere", "../etc/passwd", "/etc/localtime", "Europe", "", "a" * 300, "CEST"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone(name) is None


@given(
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2035, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]),
)
def test_a_moment_shows_the_time_that_was_written(when: datetime, name: str) -> None:
    local = when.replace(second=0, microsecond=0)
    result = moment(local.isoformat(timespec="minutes"), ZoneInfo(name))
    if isinstance(result, datetime):
        assert result.tzinfo is UTC
        assert result.astimezone(ZoneInfo(name)).replace(tzinfo=None) == local
        twice = {result + timedelta(hours=hours) for hours in (-1, 1)}
        assert all(other.astimezone(ZoneInfo(name)).replace(tzinfo=None) != local for other in twice)
    else:
        assert result.code in ("E220", "E221")
