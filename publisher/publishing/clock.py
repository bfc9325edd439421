"""Time comes in through the door: the engine asks a clock and lets it sleep; a test's clock takes no time."""

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

_SLICE_S = 0.5


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
        wait(self._interrupted, seconds)


def wait(event: threading.Event, seconds: float = math.inf) -> None:
    """Return once `event` is set, or after `seconds`.

    In slices: a signal that comes between two instructions does not wake a wait that has just begun, and its handler
    would only run after it.
    """
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not event.wait(min(left, _SLICE_S)):
        pass
