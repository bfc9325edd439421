"""`publisher status`: every post, where it stands."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.plan import offline_plan
from publisher.cli.shared import Files, paths_argument, read_files, record_of, sandbox_option
from publisher.planning.drift import Drift

_EPILOG = """
publisher status
publisher status posts/2026 --format json
publisher status --remote
"""


@click.command(cls=SharedCommand, epilog=_EPILOG)
@paths_argument
@sandbox_option
@click.option("--remote", is_flag=True, help="Ask Threads too: what was taken down or changed elsewhere.")
@open_console
def command(console: Console, paths: tuple[Path, ...], sandbox: bool, remote: bool) -> int:
    """Say of every post whether it is live, due, scheduled or held, since when, and where it is.

    Made from the files and the state. With --remote Threads is asked as well, and what differs is told; nothing is
    changed.
    """
    files = read_files(console, paths)
    state = record_of(console, files.place, files.account, sandbox=sandbox).state_or_new(console)
    plan = offline_plan(console, files.everything, state)
    shown = [post for post in plan.everything if files.only is None or post.path in files.only]
    found = _drift(console, files, [post.id for post in shown], sandbox=sandbox) if remote else None
    if console.options.format == "json":
        from publisher.report.json import json_text, status_document

        told = {} if found is None else {"drift": [asdict(drift) for drift in found]}
        console.show(json_text({**status_document(plan, shown), **told}))
    else:
        from publisher.report.text.status import status_text

        console.show(status_text(plan, shown, console.paint))
        if found is not None:
            from publisher.report.text.drift import drift_text

            console.show("\n" + drift_text(found, console.paint))
    return 0


def _drift(console: Console, files: Files, ids: Sequence[str], *, sandbox: bool) -> tuple[Drift, ...]:
    """What Threads says, against the record."""
    from publisher.publishing.remote import drift_of
    from publisher.wiring.destination import destination
    from publisher.wiring.session import open_session

    with destination(files.place, console.environ, sandbox=sandbox) as where:
        session = open_session(files.place, files.account, where, console.environ)
        return drift_of(session, {post.id: post for post in files.desired.posts}, frozenset(ids))
