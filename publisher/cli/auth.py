"""`publisher auth`: an account's token, from the window that gives it to the file that keeps it."""

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from publisher.cli.console import Console, open_console, write
from publisher.cli.lazy import SharedCommand, SharedGroup
from publisher.cli.shared import confirm
from publisher.errors import NotAllowed, PublisherError, worst
from publisher.settings import AccountSettings
from publisher.wiring.destination import Destination, threads
from publisher.wiring.token import auth_command, found_token, secret_of, token_variables
from publisher.wiring.workplace import Workplace, open_workplace

if TYPE_CHECKING:
    from publisher.auth.standing import Standing
    from publisher.auth.storage import TokenFile
    from publisher.auth.threads import Threads
    from publisher.threads_api import Configuration, Credentials

_LOGIN = """
publisher auth login
publisher auth login --no-browser --paste
publisher auth login --with-token
"""
_REVOKE = "Threads has no call that takes a token back. In Threads: Settings, Account, Website permissions"


@click.group(cls=SharedGroup)
def command() -> None:
    """The account's access token: get it, see what it is good for, renew it, take it away."""


@command.command(cls=SharedCommand, epilog=_LOGIN)
@click.option("--scopes", metavar="LIST", help="What to ask for, by commas; else what the commands here need.")
@click.option("--no-browser", is_flag=True, help="Open no browser, only print the window's address.")
@click.option("--paste", is_flag=True, help="Do not listen: the address that comes back is pasted.")
@click.option("--timeout", type=click.IntRange(1), default=300, metavar="SECONDS", help="How long to listen: 300.")
@click.option("--with-token", is_flag=True, help="Keep a token you have: from standard input, or typed unseen.")
@open_console
def login(console: Console, scopes: str | None, no_browser: bool, paste: bool, timeout: int, with_token: bool) -> int:
    """Get a token by consent in a browser, and keep it in a file that only you can read.

    Takes THREADS_APP_ID, THREADS_API_SECRET and THREADS_REDIRECT_URI, the address registered for the app. Threads
    registers https only: what the browser then shows in its address line is pasted, unseen. To plain http on 127.0.0.1,
    which a sandbox takes, this listens itself.
    """
    from publisher.auth.login import check_user, tried_out
    from publisher.cli.window import Wishes, given_token, token_by_window

    desk = _Desk.of(console)
    former = desk.ready()
    if with_token:
        credentials = given_token(console)
    else:
        credentials = token_by_window(console, desk.threads, Wishes(scopes, no_browser, paste, timeout))
    complete = tried_out(desk.threads, credentials)
    check_user(desk.account, complete, former)
    desk.keep(complete)
    secret = token_variables(desk.account.name, alone=desk.alone)[0]
    pipe = f"jq -j .access_token {shlex.quote(str(desk.file.path))} | gh secret set {secret} --env threads"
    console.next("publisher auth status", f"{pipe}    (for GitHub's workflows)")
    return 0


@command.command(cls=SharedCommand, epilog="publisher auth status\npublisher auth status --format json")
@open_console
def status(console: Console) -> int:
    """Say whose token each account has, what it may do, until when, and where it was found.

    Threads is asked. Warns where less than 14 days are left; exits with 6 where there is no token, or one that is
    refused.
    """
    place = open_workplace(console.options.directory, console.environ)
    desks = [_Desk.at(console, place, account) for account in place.accounts(console.options.account)]
    standings = [desk.standing() for desk in desks]
    _show(console, standings)
    for desk, standing in zip(desks, standings, strict=True):
        desk.warn_of_the_end(standing)
    refused = [standing.refused for standing in standings if standing.refused is not None]
    for error in refused:
        _tell_refusal(console, error)
    return worst({error.exit_code for error in refused})


@command.command(cls=SharedCommand, epilog="publisher auth refresh\npublisher auth refresh --store")
@click.option("--store", is_flag=True, help="A token of the environment: keep the new one in the token file.")
@open_console
def refresh(console: Console, store: bool) -> int:
    """Exchange the token for one that is good for sixty days more.

    Threads does so for a token that is at least 24 hours old and not over yet. The new one takes the stored one's place
    once it is on disk.
    """
    from publisher.auth.renewal import refreshed

    desk = _Desk.of(console)
    found = found_token(desk.place, desk.account, desk.where, console.environ)
    if not found.stored and not store:
        raise NotAllowed(
            f"the token comes from {found.source}, and a new one cannot be put back there",
            code="E609",
            why="the old one has no promise any more once there is a new one",
            fix=f"{desk.command('refresh')} --store keeps the new one in {desk.file.path}",
        )
    desk.ready()
    desk.keep(refreshed(desk.threads, found.credentials, found.remedy))
    return 0


@command.command(cls=SharedCommand, epilog="publisher auth logout\npublisher auth logout --yes")
@click.option("--yes", is_flag=True, help="Do not ask.")
@open_console
def logout(console: Console, yes: bool) -> int:
    """Remove the stored token from this machine. It stays good until its end, or until access is taken away."""
    desk = _Desk.of(console)
    if not desk.file.exists():
        desk.file.remove()  # a login that was killed may have left something beside it
        console.show(f"{desk.account.name}: no token is stored here")
    else:
        confirm(console, f"Remove {desk.file.path}?", yes=yes)
        desk.file.remove()
        console.show(f"{desk.account.name}: {desk.file.path} is removed; the token itself stays good until its end")
        console.note(_REVOKE)
    desk.note_environment("is still used")
    return 0


@dataclass(frozen=True, slots=True)
class _Desk:
    """One account, the Threads it is on, and the file for its token."""

    console: Console
    place: Workplace
    account: AccountSettings
    where: Destination
    threads: "Threads"
    file: "TokenFile"

    @classmethod
    def of(cls, console: Console) -> "_Desk":
        place = open_workplace(console.options.directory, console.environ)
        return cls.at(console, place, place.account(console.options.account))

    @classmethod
    def at(cls, console: Console, place: Workplace, account: AccountSettings) -> "_Desk":
        from publisher.auth.storage import TokenFile
        from publisher.auth.threads import Threads

        where = threads(place, console.environ)
        file = TokenFile.of(account.name, console.environ)
        return cls(console, place, account, where, Threads(where.endpoint, _app(console.environ)), file)

    @property
    def alone(self) -> bool:
        return len(self.place.settings.accounts) == 1

    def command(self, name: str) -> str:
        """`publisher auth NAME` for this account, as a person types it."""
        return auth_command(name, self.account.name, alone=self.alone)

    def ready(self) -> "Credentials | None":
        """The token stored until now, if it can be read; a person is asked for nothing that could not be kept.

        Raises `NotAllowed` E608 where no token could be stored, or where it would replace another Threads' token.
        """
        self.file.make_ready()
        try:
            former = self.file.load()
        except NotAllowed:
            return None  # damaged, or readable by others: a new login is the remedy
        issuer = former.extra.get("endpoint") if former is not None else None
        if issuer in (None, self.threads.endpoint) or str(issuer).startswith("http://"):  # http: a sandbox's
            return former
        raise NotAllowed(
            f"{self.file.path} keeps a token of {issuer}, and this login is at {self.threads.endpoint}",
            code="E608",
            why="one account has one token file",
            fix=f"{self.command('logout')} first; or set XDG_CONFIG_HOME to another folder for this one",
        )

    def keep(self, credentials: "Credentials") -> None:
        """Store the token and say how it stands with it."""
        from publisher.auth.standing import Standing

        self.file.store(credentials)
        now = self.threads.now()
        standing = Standing.of(self.account.name, str(self.file.path), credentials, now, stored=True)
        _show(self.console, [standing])
        self.warn_of_the_end(standing)
        self.note_environment("comes before the stored token: unset it to use that")

    def warn_of_the_end(self, standing: "Standing") -> None:
        """W601 where little is left, in the format that was asked for."""
        if standing.refused is not None or not standing.ends_soon:
            return
        message = f"the token of {self.account.name} ends soon, and cannot be refreshed once it has"
        fix = self.console.typed(self.command("refresh") + ("" if standing.stored else " --store"))
        if self.console.options.format == "github":
            from publisher.report.github import warning_annotation

            self.console.command(warning_annotation("W601", message, fix))
        else:
            self.console.note(f"{self.console.note_paint.yellow('warning[W601]')}: {message}\n  = fix: {fix}")

    def note_environment(self, what: str) -> None:
        names = token_variables(self.account.name, alone=self.alone)
        both = [given for name in names for given in (name, f"{name}_FILE")]
        for name in (name for name in both if self.console.environ.get(name)):
            self.console.note(f"note: {name} is set and {what}")

    def standing(self) -> "Standing":
        """How it stands, asked of Threads; what is refused is part of the answer."""
        from publisher.auth.login import check_user
        from publisher.auth.standing import Standing

        try:
            found = found_token(self.place, self.account, self.where, self.console.environ)
        except PublisherError as error:
            return Standing(self.account.name, datetime.now(UTC), refused=error)
        known, refused = found.credentials, None
        try:
            known = self.threads.completed(known, found.remedy)
            check_user(self.account, known, None)
        except PublisherError as error:
            refused = error
        now = self.console.options.now or self.threads.now()
        return Standing.of(self.account.name, found.source, known, now, stored=found.stored, refused=refused)


def _app(environ: Mapping[str, str]) -> "Configuration | None":
    """The app, where the environment names it: an app in development mode is asked about tokens as itself."""
    from publisher.threads_api import Configuration

    app_id, secret = environ.get("THREADS_APP_ID", "").strip(), secret_of("THREADS_API_SECRET", environ)
    return Configuration(app_id, secret, "") if app_id and secret else None


def _show(console: Console, standings: "list[Standing]") -> None:
    from publisher.auth.telling import standing_text, standings_document

    if console.options.format == "json":
        from publisher.report.json import json_text

        console.show(json_text(standings_document(standings)))
    else:
        console.show("\n\n".join(standing_text(standing, console.paint) for standing in standings))


def _tell_refusal(console: Console, error: PublisherError) -> None:
    """What is wrong with a token: JSON has said it already."""
    if console.options.format == "github":
        from publisher.report.github import error_annotation

        console.command(error_annotation(error))
    elif console.options.format != "json":
        from publisher.report.text.error import error_text

        write(error_text(error, console.note_paint), sys.stderr, coloured=console.note_paint.on)
