"""When: local times with their gaps and overlaps, as moments in UTC.

A time without an offset is what the clocks of a zone show. Twice a year they skip an hour or show it twice: a time that
no clock shows, or that two moments share, is never guessed at.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# Before Threads had an API there was nothing to schedule; after this nobody means the year they typed.
FIRST_YEAR, LAST_YEAR = 2023, 2099
_OF_ONE_MACHINE = ("localtime", "posixrules", "Factory", "posix/", "right/")  # in its database; elsewhere another zone
LONGEST_ZONE = 64  # characters; the longest name that there is has 32: America/Argentina/ComodRivadavia

_FORM = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"


@dataclass(frozen=True, slots=True)
class TimeProblem:
    """Why a text names no moment."""

    code: str
    message: str
    fix: str = ""


@cache
def zone(name: str) -> "ZoneInfo | None":
    """The zone of an IANA name, "Europe/Berlin"; None when there is none."""
    if len(name) > LONGEST_ZONE:
        return None  # each step of such a path would be looked up by itself, as deep as it goes
    if name.startswith(_OF_ONE_MACHINE):
        return None  # a post is due at the same moment wherever it is looked at

    from zoneinfo import ZoneInfo  # most posts have no time of their own

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, a folder of the database
        return None


def moment(text: str, where: "ZoneInfo") -> datetime | TimeProblem:
    """The moment that `text` names, in UTC. Without an offset it is read on the clocks of `where`.

    `text` is like "2026-12-01T09:00", with seconds, an offset or a `Z` if wanted.
    """
    if not re.fullmatch(_FORM, text):
        return TimeProblem("E224", f'"{text[:40]}" is not a time', "write it like 2026-12-01T09:00")
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        return TimeProblem("E222", f"{text} is on no calendar")
    if not FIRST_YEAR <= written.year <= LAST_YEAR:
        return TimeProblem("E222", f"{text} is in the year {written.year}")
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    return _on_clocks(written, where)


def _on_clocks(local: datetime, where: "ZoneInfo") -> datetime | TimeProblem:
    first = local.replace(tzinfo=where, fold=0)
    second = local.replace(tzinfo=where, fold=1)
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if before == after:
        return first.astimezone(UTC)
    shown = f"{local:%Y-%m-%d %H:%M}"
    if before > after:
        early, late = _with_offset(first), _with_offset(second)
        message = f"{shown} comes twice in {where.key} (clocks go back)"
        return TimeProblem("E221", message, f"say which: {early} or {late}")
    gone, back = _jump(local, before, after, where)
    message = f"{shown} does not exist in {where.key} (clocks jump from {gone:%H:%M} to {back:%H:%M})"
    moved = local + (after - before)
    offset = _with_offset(first)
    return TimeProblem("E220", message, f"{moved:%Y-%m-%dT%H:%M}, or give an offset: {offset}")


def _with_offset(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _jump(local: datetime, before: timedelta, after: timedelta, where: "ZoneInfo") -> tuple[datetime, datetime]:
    """What the clocks show just before and just after the gap that `local` falls into."""
    low, high = local - after, local - before  # in UTC without saying so; the jump lies between them
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.replace(tzinfo=UTC).astimezone(where).utcoffset() == before:
            low = middle
        else:
            high = middle
    jump = high.replace(microsecond=0)
    return jump + before, jump + after
