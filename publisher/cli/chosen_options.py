"""What the options of every command come to."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from publisher.cli.options import remembered


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for, whatever the command."""

    directory: Path = Path(".")
    account: str | None = None
    format: str = "text"
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    now: datetime | None = None  # UTC; None: the real time


def options_of(ctx: click.Context) -> Options:
    return Options(**remembered(ctx))
