"""Who may publish for an account, until when: a lock that frees itself when its holder has died.

Pure. An optimisation, not the fence: two runs that both believe they hold it are stopped by conditional writes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.planning.record_json import time_text

_ATTEMPT = re.compile(r"(.+)/([0-9]{1,9})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lease:
    """`owner` is a run: "9123/1" is the first attempt of run 9123."""

    owner: str
    acquired: datetime
    expires: datetime

    def renewed(self, now: datetime, length: timedelta) -> "Lease":
        return Lease(self.owner, self.acquired, now + length)

    def blocks(self, run: str, now: datetime) -> bool:
        """Whether `run` must wait: the lease is another's, still good, and no earlier attempt of the same run."""
        return self.owner != run and now < self.expires and not _later_attempt(run, self.owner)

    def __str__(self) -> str:
        return f"run {self.owner} since {time_text(self.acquired)}, at most until {time_text(self.expires)}"


def _later_attempt(run: str, owner: str) -> bool:
    """A job that is run again knows that the attempt before it has ended."""
    (ours, attempt), (theirs, earlier) = _run(run), _run(owner)
    return ours == theirs and attempt > earlier


def _run(run: str) -> tuple[str, int]:
    """ "9123/2" as ("9123", 2); a run that names no attempt is its first. What no job gets to is no number."""
    found = _ATTEMPT.fullmatch(run)
    return (found[1], int(found[2])) if found else (run, 1)


def lease_json(lease: Lease) -> dict[str, Any]:
    run_id, attempt = _run(lease.owner)
    return {
        "owner": lease.owner,
        "run_id": run_id,
        "run_attempt": attempt,
        "acquired": time_text(lease.acquired),
        "expires": time_text(lease.expires),
    }


def lease_from_json(document: Any) -> Lease | None:
    """None for what is no lease: an unreadable lock holds nobody up, conditional writes still protect."""
    if not isinstance(document, Mapping):
        return None
    try:
        acquired, expires = (datetime.fromisoformat(document[key]) for key in ("acquired", "expires"))
        return Lease(str(document["owner"]), acquired.astimezone(UTC), expires.astimezone(UTC))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return None
