"""Where output goes: results to stdout, everything else to stderr; colour and questions only where they belong.

All of it passes `write` (a runner's commands, `Console.command`): there nothing gets by that looks like a token, moves
a cursor, or commands a runner, wherever the words come from.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TextIO

import click

from publisher.cli.chosen_options import Options, options_of
from publisher.report.escape import printed
from publisher.report.paint import Paint
from publisher.settings import in_ci

if TYPE_CHECKING:
    from publisher.content.findings import Finding
    from publisher.publishing.results import RunReport

_SHOWN = "publisher.shown"


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams, as this run may use them."""

    options: Options
    environ: Mapping[str, str]

    @classmethod
    def of(cls, ctx: click.Context) -> "Console":
        return cls(options_of(ctx), os.environ)

    @property
    def paint(self) -> Paint:
        """For results."""
        return Paint(colour_wanted(self.options.color, self.environ, sys.stdout))

    @property
    def note_paint(self) -> Paint:
        """For notes."""
        return Paint(colour_wanted(self.options.color, self.environ, sys.stderr))

    @property
    def interactive(self) -> bool:
        """Whether a person is there to answer: never in CI, never without a terminal."""
        return not in_ci(self.environ) and sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def text(self) -> bool:
        return self.options.format == "text"

    def show(self, text: str) -> None:
        """A result."""
        if (context := click.get_current_context(silent=True)) is not None:
            context.meta[_SHOWN] = True
        write(text, sys.stdout, coloured=self.paint.on)

    @property
    def has_shown(self) -> bool:
        """Whether there is a result on stdout already: of JSON there can be one document."""
        context = click.get_current_context(silent=True)
        return context is not None and _SHOWN in context.meta

    def command(self, text: str) -> None:
        """Workflow commands that are meant as such, each value escaped as a command's; a result."""
        _print(text, sys.stdout)

    def note(self, text: str) -> None:
        """Progress, a hint, a reason: for people, and not with `--quiet`."""
        if not self.options.quiet:
            write(text, sys.stderr, coloured=self.note_paint.on)

    def agreed(self, question: str) -> bool:
        """Whether the person who is there says yes."""
        return click.confirm(printed(question), err=True)

    def typed(self, text: str) -> str:
        """The commands in `text` as they are to be typed after this call: for the same account, at the same place."""
        from publisher.cli.typed import Call, as_typed

        context = click.get_current_context(silent=True)
        return text if context is None else as_typed(text, Call.of(context))

    def typed_findings(self, findings: "Sequence[Finding]") -> "Sequence[Finding]":
        """As `typed`, of all findings: `publisher split` of a file is to be that of this repository."""
        named = [number for number, finding in enumerate(findings) if "publisher " in finding.fix]
        if not named:
            return findings
        told = list(findings)
        for number in named:
            told[number] = replace(told[number], fix=self.typed(told[number].fix))
        return told

    def typed_run(self, run: "RunReport") -> "RunReport":
        """As `typed`, of all that a run has to say."""
        from publisher.cli.typed import Call, run_as_typed

        return run_as_typed(run, Call.of(click.get_current_context()))

    def next(self, *lines: str) -> None:
        """What to type now; to people only."""
        if lines and self.text and sys.stdout.isatty():
            for number, line in enumerate(map(self.typed, lines[:2])):
                self.note(self.note_paint.dim(f"{'next:' if number == 0 else '':<6}{line}"))


def colour_wanted(choice: str, environ: Mapping[str, str], stream: TextIO) -> bool:
    """The flag, then NO_COLOR and FORCE_COLOR (empty counts as unset), then what the stream is."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] not in ("0", "false")
    if environ.get("TERM") == "dumb":
        return False
    return stream.isatty() or (environ.get("GITHUB_ACTIONS") == "true" and in_ci(environ))


def write(text: str, stream: TextIO, *, coloured: bool = False) -> None:
    """Print one result or note, and nothing that it may only have been meant to hold; colours where they are wanted."""
    _print(printed(text, coloured=coloured), stream)


def _print(text: str, stream: TextIO) -> None:
    from publisher.cli.secrets import without_secrets

    print(without_secrets(text, os.environ), file=stream, flush=True)


def open_console(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the command a `Console` as its first argument."""

    @click.pass_context
    @wraps(command)
    def with_console(ctx: click.Context, /, *args: Any, **kwargs: Any) -> Any:
        return command(Console.of(ctx), *args, **kwargs)

    return with_console
