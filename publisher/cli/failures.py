"""What was raised, as words on stderr and an exit code.

What we raise on purpose says what was seen, why it matters and what to do. Anything else is a bug: its traceback is
shown, without secrets, and nothing else of the run is guessed at.
"""

import os
import sys
import traceback
from io import StringIO

import click

from publisher.cli.console import Console, write
from publisher.errors import EXIT_INTERRUPTED, PublisherError
from publisher.report.escape import one_line


def show_error(error: PublisherError, console: Console) -> int:
    """Say what stopped the run, in the format that was asked for; give back its exit code."""
    from publisher.report.text.error import error_text

    error.fix = console.typed(error.fix)
    findings = console.typed_findings(getattr(error, "findings", ()))
    if console.options.format == "json" and not console.has_shown:
        from publisher.report.json import error_document, json_text

        console.show(json_text(error_document(error)))
    if console.options.format == "github":
        from publisher.report.github import error_annotation

        console.command(error_annotation(error))
    if findings:
        from publisher.report.text.findings import findings_text

        _say(findings_text(findings, getattr(error, "sources", {}), console.note_paint) + "\n", console)
    _say(error_text(error, console.note_paint), console)
    return error.exit_code


def _say(text: str, console: Console) -> None:
    write(text, sys.stderr, coloured=console.note_paint.on)


def end_of(error: BaseException) -> int:
    """The exit code for what no command answered, after saying so."""
    match error:
        case SystemExit():
            return error.code if isinstance(error.code, int) else 1
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException():
            error.show(said := StringIO())
            write(said.getvalue().rstrip("\n"), sys.stderr)
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            write("interrupted; what was begun is recorded, run again to go on", sys.stderr)
            return EXIT_INTERRUPTED
        case BrokenPipeError():
            # The reader of our output has left (`| head`). Python must not meet the closed pipe again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        case OSError() if error.filename is not None:
            # A folder that may not be written, a full disk: no bug of ours, and the place says enough.
            name = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename
            write(f"error: {one_line(str(name))}: {error.strerror}", sys.stderr)
            return 1
        case _:
            write("".join(traceback.format_exception(error)), sys.stderr)
            write("This is a bug in publisher: please report it with the lines above; they hold no secret.", sys.stderr)
            return 1
