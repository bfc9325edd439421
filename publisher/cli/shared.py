"""What several commands have in common: the option `--sandbox`, and opening the account's state."""

from dataclasses import dataclass

import click

from publisher.cli.console import Console
from publisher.errors import Refused
from publisher.planning.state import State
from publisher.settings import AccountSettings
from publisher.state_backends.backend import StateBackend
from publisher.wiring import Destination, Workplace, backend_for, open_workplace, run_id, sandbox_at_rest, threads

sandbox_option = click.option("--sandbox", is_flag=True, help="The embedded sandbox's, in .publisher/sandbox/.")


@dataclass(frozen=True, slots=True)
class Record:
    """The place where one account's state is kept, and this run's name in it."""

    place: Workplace
    account: AccountSettings
    where: Destination
    backend: StateBackend
    run: str

    def state(self) -> State:
        return self.backend.load()


def open_record(console: Console, *, sandbox: bool) -> Record:
    """The state of the account that was asked for; nothing is read yet."""
    place = open_workplace(console.options.directory, console.environ)
    account = place.account(console.options.account)
    where = sandbox_at_rest(place) if sandbox else threads(place, console.environ)
    run = run_id(console.environ)
    return Record(place, account, where, backend_for(place, account, where, console.environ, run=run), run)


def confirm(console: Console, question: str, *, yes: bool) -> None:
    """Ask a person; without one, `--yes` must have been given."""
    if yes:
        return
    if not console.interactive:
        raise Refused(f"{question} Nobody is there to answer", code="E424", fix="--yes answers for you")
    if not click.confirm(question, err=True):
        raise click.Abort
