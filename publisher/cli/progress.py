"""Progress on stderr: a live line on a terminal, elsewhere one plain line for each change of state."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from publisher.cli.console import Console
from publisher.publishing.apply import Progress
from publisher.report.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Callable


@contextmanager
def told(console: Console) -> "Iterator[Callable[[Progress], None]]":
    """What to call with each change of state."""
    if console.options.quiet:
        yield lambda _: None
    elif sys.stderr.isatty() and console.note_paint.on:
        with _live() as tell:
            yield tell
    else:
        yield lambda progress: console.note(f"  {sentence(progress)}")


def sentence(progress: Progress) -> str:
    """ "02-dawn: container made" or "06-one-charge, part 2 of 3: published"."""
    part = f", part {progress.part} of {progress.parts}" if progress.parts > 1 else ""
    return f"{one_line(progress.post)}{part}: {progress.what}"


@contextmanager
def _live() -> "Iterator[Callable[[Progress], None]]":
    from rich.console import Console as Terminal
    from rich.text import Text

    terminal = Terminal(stderr=True, highlight=False)
    with terminal.status(Text("looking"), refresh_per_second=8) as status:
        yield lambda progress: status.update(Text(sentence(progress)))
