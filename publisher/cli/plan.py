"""`publisher plan`: what publish would do."""

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.formats import show_plan
from publisher.cli.lazy import SharedCommand
from publisher.cli.shared import Files, paths_argument, read_files, record_of, sandbox_option
from publisher.errors import EXIT_CHANGES_PENDING, Refused
from publisher.planning.plan import Plan, PlanInput, make_plan
from publisher.planning.safety import refusal
from publisher.planning.state import State
from publisher.planning.state_json import state_from_json
from publisher.publishing.run import look
from publisher.wiring.destination import destination, sandbox_at_rest, threads
from publisher.wiring.session import open_session
from publisher.wiring.state import new_state
from publisher.wiring.token import has_token

_EPILOG = """
publisher plan
publisher plan --detailed-exitcode posts/2026
publisher plan --offline --state state.json
"""


@click.command(cls=SharedCommand, epilog=_EPILOG)
@paths_argument
@click.option("--offline", is_flag=True, help="Make no call; the quota is not known then.")
@click.option("--state", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What state export wrote.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 10 when there is something to do.")
@sandbox_option
@open_console
def command(
    console: Console, paths: tuple[Path, ...], offline: bool, state: Path | None, detailed_exitcode: bool, sandbox: bool
) -> int:
    """Show what publish would do, and change nothing.

    Without a token nothing is asked of Threads: the plan is made from the files and the state alone.
    """
    files = read_files(console, paths)
    where = sandbox_at_rest(files.place) if sandbox else threads(files.place, console.environ)
    if offline or state is not None or not (sandbox or has_token(files.place, files.account, console.environ)):
        known = _read(state) if state is not None else known_state(console, files, offline=offline, sandbox=sandbox)
        plan = offline_plan(console, files, known)
    else:
        plan, known = _online_plan(console, files, sandbox=sandbox)
    whole = console.options.format == "json"
    if whole:  # one document: the plan, or what stops it, as `publish` has it
        files.check_errors(console, known)
    show_plan(console, plan, where.name)
    _refusal(console, files, plan)
    if not whole:
        files.check_errors(console, known)
    if not plan.pending:
        return 0
    console.next(shlex.join(("publisher", "publish", *map(str, paths))))
    return EXIT_CHANGES_PENDING if detailed_exitcode else 0


def offline_plan(console: Console, files: Files, state: State) -> Plan:
    """From files and state alone."""
    desired = files.desired
    return make_plan(
        PlanInput(
            posts=desired.posts,
            state=state,
            now=console.options.now or datetime.now(UTC),
            account=files.account,
            rules=files.place.settings.rules,
            publishing=files.place.settings.publishing,
            broken=desired.broken,
            only=desired.only,
        )
    )


def _online_plan(console: Console, files: Files, *, sandbox: bool) -> tuple[Plan, State]:
    """The plan, and the state it was made from."""
    with destination(files.place, console.environ, sandbox=sandbox) as where:
        session = open_session(files.place, files.account, where, console.environ, now=console.options.now)
        try:
            return look(session, files.desired), session.ledger.state
        except Refused as error:
            if error.code != "E400":
                raise
            known = known_state(console, files, sandbox=sandbox)
            return offline_plan(console, files, known), known


def known_state(console: Console, files: Files, *, offline: bool = False, sandbox: bool = False) -> State:
    """What is recorded; where that is not at hand, a state that knows of nothing, and a note that says so."""
    record = record_of(console, files.place, files.account, sandbox=sandbox)
    if offline and record.where.state.backend != "file":
        console.note(f"note: {record.backend.where} is not asked; every post counts as new. See --state")
        return new_state(record.account, record.where)
    return record.state_or_new(console)


def _read(file: Path) -> State:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"{file} cannot be read as a state: {error}", code="E401", fix="publisher state export") from None
    return state_from_json(document, where=str(file))


def _refusal(console: Console, files: Files, plan: Plan) -> None:
    """What `publish` would refuse for the caps, said now."""
    refused = refusal(plan, files.place.settings.rules)
    if refused is not None:
        console.note(f"note: publish would refuse this: {refused.message}\n      {console.typed(refused.fix)}")
