"""Time comes in through the door: the engine asks a clock and lets it sleep; a test's clock takes no time."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The server's time, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after `seconds`, or early when the run is interrupted."""
        ...


class ServerClock:
    """The machine's clock, put right by what the server's `Date` header says (F69)."""

    def __init__(self, offset: Callable[[], timedelta], interrupted: threading.Event | None = None) -> None:
        self._offset = offset  # server's time minus ours; zero until an answer came
        self._interrupted = interrupted or threading.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset()

    def sleep(self, seconds: float) -> None:
        self._interrupted.wait(seconds)
