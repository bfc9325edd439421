"""What several commands have in common: reading the posts, opening the account's state, asking a person."""

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from publisher.cli.console import Console, write
from publisher.cli.paths import chosen
from publisher.content.findings import Finding
from publisher.content.validate import Checked, Source
from publisher.errors import InvalidContent, Refused
from publisher.planning.state import State
from publisher.publishing.run import Desired
from publisher.report.text.findings import findings_text
from publisher.settings import AccountSettings
from publisher.state_backends.backend import StateBackend
from publisher.wiring.destination import Destination, sandbox_at_rest, threads
from publisher.wiring.state import backend_for, new_state, run_id
from publisher.wiring.workplace import Workplace, open_workplace

sandbox_option = click.option("--sandbox", is_flag=True, help="The embedded sandbox, in .publisher/sandbox/.")
paths_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")


# --- the posts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Files:
    """The post files of the repository, as one command looks at them."""

    place: Workplace
    account: AccountSettings
    sources: tuple[Source, ...]
    checked: Checked
    only: frozenset[str] | None  # paths named on the command line; None: all

    @property
    def desired(self) -> Desired:
        """What the account's files say."""
        posts = tuple(post for post in self.checked.posts if post.account == self.account.name)
        broken = frozenset(file.id for file in self.checked.broken)
        if self.only is None:
            return Desired(posts, broken)
        return Desired(posts, broken, frozenset(post.id for post in posts if post.path in self.only))

    @property
    def everything(self) -> "Files":
        """The same files, as if none had been named: what is not named counts all the same."""
        return replace(self, only=None)

    def check_errors(self, console: Console, state: State) -> None:
        """An error in a post still to be sent stops the run; in one that is finished it is only told.

        Raises `InvalidPosts`.
        """
        asked = [file for file in self.checked.broken if self.only is None or file.path in self.only]
        records = {file.id: state.posts.get(file.id) for file in asked}
        finished = {key for key, record in records.items() if record is not None and record.finished}
        lines = self.place.lines(self.sources)
        if blocking := self._errors_of({file.path for file in asked if file.id not in finished}):
            raise InvalidPosts(blocking, lines)
        if told := self._errors_of({file.path for file in asked if file.id in finished}):
            console.note(findings_text(told, lines, console.note_paint))
            console.note("\nwarning: nothing of these posts is sent any more, so the run goes on without their files\n")

    def _errors_of(self, paths: Collection[str]) -> list[Finding]:
        return [found for found in self.checked.findings if found.severity == "error" and found.path in paths]


class InvalidPosts(InvalidContent):
    """Post files still to be sent have errors."""

    def __init__(self, findings: Sequence[Finding], sources: Mapping[str, Sequence[str]]) -> None:
        files = len({finding.path for finding in findings})
        which = "a post file has errors" if files == 1 else f"{files} post files have errors"
        super().__init__(f"{which}; nothing was sent", code="E200", fix="mend what publisher validate finds")
        self.findings = findings
        self.sources = sources


def files_of(place: Workplace, account: AccountSettings, sources: tuple[Source, ...], checked: Checked) -> Files:
    """As `read_files`, of files that were read already."""
    return Files(place, account, sources, checked, None)


def read_files(console: Console, paths: Sequence[Path]) -> Files:
    """Every post file, checked; of the account that was asked for."""
    place = open_workplace(console.options.directory, console.environ)
    account = place.account(console.options.account)
    sources = place.sources()
    only = chosen(place, console.options.directory, paths, sources) if paths else None
    return Files(place, account, sources, place.check(sources), only)


# --- the state ------------------------------------------------------------------------------------------------------


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

    def state_or_new(self, console: Console) -> State:
        """For commands that only look: without a state, every post counts as new, and that is said."""
        try:
            return self.backend.load()
        except Refused as error:
            if error.code != "E400":
                raise
            console.note(f"note: there is no state at {self.backend.where}; every post counts as new")
            return new_state(self.account, self.where)


def open_record(console: Console, *, sandbox: bool) -> Record:
    """The state of the account that was asked for; nothing is read yet."""
    place = open_workplace(console.options.directory, console.environ)
    return record_of(console, place, place.account(console.options.account), sandbox=sandbox)


def record_of(console: Console, place: Workplace, account: AccountSettings, *, sandbox: bool) -> Record:
    where = sandbox_at_rest(place) if sandbox else threads(place, console.environ)
    run = run_id(console.environ)
    return Record(place, account, where, backend_for(place, account, where, console.environ, run=run), run)


# --- a person ---------------------------------------------------------------------------------------------------------


def confirm(console: Console, question: str, *, yes: bool) -> None:
    """Ask a person; without one, `--yes` must have been given."""
    if yes:
        return
    if not console.interactive:
        raise Refused(f"{question} Nobody is there to answer", code="E507", fix="publisher … --yes   answers for you")
    if not console.agreed(question):
        write("nothing was done", sys.stderr)
        raise click.exceptions.Exit(0)
