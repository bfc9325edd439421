"""How much of the app's call budget is used, where Threads says so.

Meta's Threads pages document no such header; the Graph API's own may appear, and is then worth knowing.
Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppUsage:
    """Shares of what the app may use within an hour, in percent; at 100 calls are refused."""

    call_count: float | None = None
    total_time: float | None = None
    total_cputime: float | None = None

    @property
    def highest(self) -> float:
        """The share that will be used up first."""
        return max((share for share in (self.call_count, self.total_time, self.total_cputime) if share), default=0.0)


def usage_of(headers: Mapping[str, str]) -> AppUsage | None:
    """What `X-App-Usage` says; None when it is absent or cannot be read. Header names are in lower case."""
    try:
        document = json.loads(headers.get("x-app-usage", ""))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    return AppUsage(*(_share(document.get(name)) for name in ("call_count", "total_time", "total_cputime")))


def _share(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:
        return None
    return float(value)
