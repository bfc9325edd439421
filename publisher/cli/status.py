"""`publisher status`: every post, where it stands."""

from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.plan import offline_plan
from publisher.cli.shared import paths_argument, read_files, record_of, sandbox_option

_EPILOG = """
publisher status
publisher status posts/2026 --format json
"""


@click.command(cls=SharedCommand, epilog=_EPILOG)
@paths_argument
@sandbox_option
@open_console
def command(console: Console, paths: tuple[Path, ...], sandbox: bool) -> int:
    """Say of every post whether it is live, due, scheduled or held, since when, and where it is.

    Made from the files and the state; Threads is not asked.
    """
    files = read_files(console, paths)
    state = record_of(console, files.place, files.account, sandbox=sandbox).state_or_new(console)
    plan = offline_plan(console, files.everything, state)
    shown = [post for post in plan.posts if files.only is None or post.path in files.only]
    if console.options.format == "json":
        from publisher.report.json import json_text, status_document

        console.show(json_text(status_document(plan, shown)))
    else:
        from publisher.report.text.status import status_text

        console.show(status_text(plan, shown, console.paint))
    return 0
