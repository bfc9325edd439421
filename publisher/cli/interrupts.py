"""Ctrl-C, told the truth: the call in hand is finished and recorded, nothing new is begun."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from publisher.cli.console import write


@contextmanager
def interruptible(interrupted: threading.Event) -> Iterator[None]:
    """Within this, the first interrupt sets the event; the second one ends the process as usual."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def first(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        interrupted.set()
        write("interrupted: finishing and recording what is in hand (once more to stop at once)", sys.stderr)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        for number in before:
            signal.signal(number, first)
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
