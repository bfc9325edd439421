"""Time comes in through the door: the engine asks a clock and lets it sleep; a test's clock takes no time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The server's time, UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...
