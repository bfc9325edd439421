"""`publisher publish`: carry the plan out."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from publisher.cli.console import Console, open_console
from publisher.cli.formats import show_plan, show_run
from publisher.cli.lazy import SharedCommand
from publisher.cli.progress import Watch
from publisher.cli.shared import Files, paths_argument, read_files
from publisher.planning.plan import Plan
from publisher.planning.safety import refusal
from publisher.publishing.results import RunReport
from publisher.publishing.run import Session, carry_out, look
from publisher.report.text.findings import counted
from publisher.report.text.plan import plan_text
from publisher.wiring.destination import Destination, destination
from publisher.wiring.session import open_session
from publisher.wiring.state import begin_if_missing, refuse_forgetful, require_tip
from publisher.wiring.workplace import HOME

_EPILOG = """
publisher publish
publisher publish --yes --require-tip --format json
publisher publish --sandbox
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of `publish`."""

    yes: bool = False
    dry_run: bool = False
    plan_digest: str | None = None
    require_tip: bool = False
    allow_new: int | None = None
    allow_deletes: int | None = None
    allow_file_state: bool = False
    sandbox: bool = False


@click.command(cls=SharedCommand, epilog=_EPILOG)
@paths_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Stop before the first effect.")
@click.option("--plan-digest", metavar="DIGEST", help="Carry out this plan, and no other.")
@click.option("--require-tip", is_flag=True, help="Refuse a checkout that is not the tip of its branch.")
@click.option("--allow-new", type=click.IntRange(0), metavar="N", help="Up to N new posts in this run.")
@click.option("--allow-deletes", type=click.IntRange(0), metavar="N", help="Up to N deletes in this run.")
@click.option("--allow-file-state", is_flag=True, help="In CI: the disk stays, a file may keep the state.")
@click.option("--sandbox", is_flag=True, help="To the embedded sandbox, in .publisher/sandbox/.")
@open_console
def command(console: Console, paths: tuple[Path, ...], **options: Any) -> int:
    """Send what is due, exactly once.

    Shows the plan and asks, except with --yes, in CI or without a terminal. Whatever dies on the way: run it again. It
    goes on where it stopped, and nothing is posted twice.
    """
    run = publish(console, paths, Wishes(**options))
    return run.exit_code if run is not None else 0


def publish(console: Console, paths: tuple[Path, ...], wishes: Wishes) -> RunReport | None:
    """Look, refuse or ask, carry out, report; None when it ended before the first effect."""
    if console.options.now is not None and not wishes.sandbox:
        raise click.UsageError("--now is for commands that only look, and for --sandbox")
    files = read_files(console, paths)
    with destination(files.place, console.environ, sandbox=wishes.sandbox, now=console.options.now) as where:
        refuse_forgetful(where, console.environ, allowed=wishes.allow_file_state)
        if wishes.require_tip:
            require_tip(files.place, console.environ)
        watch = Watch(console)
        session = open_session(
            files.place, files.account, where, console.environ, tell=watch, interrupted=watch.interrupted
        )
        if where.sandbox is not None:
            begin_if_missing(session.backend, files.account, where)
        with session.backend.lock(session.run):
            return _published(console, files, where, session, wishes, watch)


def _published(
    console: Console, files: Files, where: Destination, session: Session, wishes: Wishes, watch: Watch
) -> RunReport | None:
    plan = look(session, files.desired)
    files.check_errors(console, session.ledger.state)
    refused = refusal(
        plan,
        files.place.settings.rules,
        allow_new=wishes.allow_new,
        plan_digest=wishes.plan_digest,
        paused=bool(console.environ.get("PUBLISHER_PAUSE")),
    )
    if wishes.dry_run:
        show_plan(console, plan, where.name)
        if refused is not None:
            raise refused
        return None
    if refused is not None:
        raise refused
    if plan.pending and not _agreed(console, plan, where, wishes):
        console.note("nothing was sent")
        return None
    with watch.going():
        report = carry_out(session, plan)
    report = show_run(console, report)
    if where.sandbox is not None:
        data = shlex.quote(str(files.place.root / HOME / "sandbox"))
        console.next(f"publisher sandbox serve --data {data}    shows the feed")
    else:
        console.next("publisher status")
    return report


def _agreed(console: Console, plan: Plan, where: Destination, wishes: Wishes) -> bool:
    """Whether a person says yes; whoever runs this without one has said so by running it."""
    if wishes.yes or not console.interactive:
        return True
    console.note(plan_text(plan, where.name, console.note_paint))
    return console.agreed(f"\nPublish {counted(len(plan.pending), 'post')} as {plan.account}?")
