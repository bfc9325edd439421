"""A run under way: what a person sees of it, on stderr, and how they stop it.

A live line on a terminal; elsewhere a plain line for each change of state.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from publisher.cli.console import Console
from publisher.cli.interrupts import interruptible
from publisher.publishing.apply import Progress
from publisher.report.escape import one_line

if TYPE_CHECKING:
    from rich.status import Status

HEARTBEAT_S = 30.0  # in a log, silence longer than this looks like death


class Watch:
    """Takes each change of state. `interrupted` is set by Ctrl-C within `going`."""

    def __init__(self, console: Console) -> None:
        self.interrupted = threading.Event()
        self._console = console
        self._live: Status | None = None
        self._done = 0
        self._last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        self._done += progress.what in ("published", "found live")
        if self._live is not None:
            from rich.text import Text

            self._live.update(Text(f"{self._done} live    {sentence(progress)}"))
        else:
            self._last = time.monotonic()
            self._console.note(f"  {sentence(progress)}")

    @contextmanager
    def going(self) -> Iterator[None]:
        """While this lasts the terminal has a line that moves, a log is never silent for long, and Ctrl-C is heeded."""
        with interruptible(self.interrupted):
            if self._console.options.quiet:
                yield
            elif sys.stderr.isatty() and self._console.note_paint.on:
                with self._line():
                    yield
            else:
                with self._heartbeat():
                    yield

    @contextmanager
    def _line(self) -> Iterator[None]:
        from rich.console import Console as Terminal
        from rich.text import Text

        with Terminal(stderr=True, highlight=False).status(Text("publishing"), refresh_per_second=8) as status:
            self._live = status
            try:
                yield
            finally:
                self._live = None

    @contextmanager
    def _heartbeat(self) -> Iterator[None]:
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(1.0):
                if time.monotonic() - self._last >= HEARTBEAT_S:
                    self._last = time.monotonic()
                    self._console.note("  waiting for Threads")

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def sentence(progress: Progress) -> str:
    """ "02-dawn: container made" or "06-one-charge, part 2 of 3: published"."""
    part = f", part {progress.part} of {progress.parts}" if progress.parts > 1 else ""
    return f"{one_line(progress.post)}{part}: {progress.what}"
