"""The sandbox's time: real time, moved on request."""

import threading
from datetime import UTC, datetime, timedelta

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class MovableClock:
    """Called, it tells the time. Moves out of the calendar raise ValueError."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> None:
        with self._lock:
            self._move(self._offset + by)

    def set(self, to: datetime) -> None:
        with self._lock:
            self._move(to - datetime.now(UTC))

    def reset(self) -> None:
        with self._lock:
            self._offset = timedelta(0)

    @property
    def offset(self) -> timedelta:
        return self._offset

    def _move(self, offset: timedelta) -> None:
        now = datetime.now(UTC)
        # Compared as lengths: adding could leave the years that a date can hold.
        if not _FIRST - now <= offset <= _LAST - now:
            raise ValueError("the clock goes from 2000 to 9000")
        self._offset = offset
