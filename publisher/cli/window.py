"""What `auth login` asks a person: the app, the window in a browser, the address that comes back, a token at hand."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import click

from publisher.auth.callback import Callback, Listener, Pasted, can_listen
from publisher.auth.login import USUAL_SCOPES, by_window
from publisher.auth.threads import Threads
from publisher.cli.console import Console, write
from publisher.errors import NotAllowed, Refused
from publisher.settings import in_ci
from publisher.threads_api import Configuration, Credentials, InvalidParameter, Scope
from publisher.wiring.token import secret_of


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the person wants to log in."""

    scopes: str | None  # by commas; None: what the commands here need
    no_browser: bool
    paste: bool
    timeout_s: int


def given_token(console: Console) -> Credentials:
    """A token from standard input, or typed unseen. Raises `NotAllowed` E605 for what cannot be one."""
    try:
        return Credentials(_unseen(console, "Access token"))
    except InvalidParameter as error:
        said = str(error)
    raise NotAllowed(f"what was given is no token: {said}", code="E605", fix="give the whole token, and nothing else")


def token_by_window(console: Console, threads: Threads, wishes: Wishes) -> Credentials:
    """A token by consent in a browser. Raises `NotAllowed` E606, E607, E610 or E612, `TryAgain` E611."""
    if in_ci(console.environ):
        fix = "log in on a machine of yours, then put the token into a secret: THREADS_ACCESS_TOKEN"
        raise Refused("nobody is there to agree in a browser", code="E507", fix=fix)
    scopes = tuple((wishes.scopes or ",".join(USUAL_SCOPES)).replace(",", " ").split())
    if Scope.BASIC not in scopes:
        raise click.BadParameter(f"{Scope.BASIC} must be among them: every call needs it", param_hint="--scopes")
    app_id = console.environ.get("THREADS_APP_ID", "").strip() or _typed(console, "THREADS_APP_ID")
    secret = secret_of("THREADS_API_SECRET", console.environ) or _typed(console, "THREADS_API_SECRET")
    with _callback(console, threads, wishes) as callback:
        app = Configuration(app_id, secret, callback.redirect_uri, scopes)
        return by_window(threads, app, callback, lambda url: _open(url, browser=not wishes.no_browser))


@contextmanager
def _callback(console: Console, threads: Threads, wishes: Wishes) -> Iterator[Callback]:
    uri = console.environ.get("THREADS_REDIRECT_URI", "").strip() or None
    if uri is None and threads.official:
        raise NotAllowed(
            "THREADS_REDIRECT_URI is not set",
            code="E610",
            why="Threads sends the person back only to an https address that is registered for the app",
            fix="register one in the app's dashboard, such as https://localhost/ (nothing has to answer there), "
            "and set THREADS_REDIRECT_URI to the same; or publisher auth login --with-token",
        )
    if uri is not None and not _fit(uri):
        raise NotAllowed(
            f"THREADS_REDIRECT_URI cannot be used: {uri.split('?')[0]} is neither https nor http on 127.0.0.1",
            code="E610",
            why="the code would travel readable, and Threads registers no such address",
            fix="use an https address, and register the same in the app's dashboard",
        )
    if wishes.paste or (uri is not None and not can_listen(uri)):
        yield Pasted(uri or "http://127.0.0.1/callback", lambda: _unseen(console, "The address you came back to"))
        return
    with Listener(uri, wishes.timeout_s, lambda said: write(f"note: {said}", sys.stderr)) as listener:
        yield listener


def _fit(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        return bool(parts.hostname) and (parts.scheme == "https" or can_listen(uri)) and (parts.port or 1) > 0
    except ValueError:
        return False


def _open(url: str, *, browser: bool) -> None:
    """Bring the person to the window; the address is shown in any case, for another browser or machine."""
    opened = False
    if browser:
        import webbrowser

        with _secrets_aside():
            opened = webbrowser.open(url)
    lead = "If no window has opened, open this:" if opened else "Open this in a browser, and agree:"
    write(f"{lead}\n\n  {url}\n", sys.stderr)


@contextmanager
def _secrets_aside() -> Iterator[None]:
    """A browser that is started here may run for weeks; it inherits neither the app's secret nor a token."""
    aside = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith("THREADS_")}
    try:
        yield
    finally:
        os.environ.update(aside)


def _typed(console: Console, name: str) -> str:
    """What the environment does not say; the app's secret is not shown while it is typed."""
    if console.interactive:
        value: str = click.prompt(name, hide_input=name.endswith("SECRET"), err=True)
        return value.strip()
    raise NotAllowed(
        f"{name} is not set",
        code="E610",
        why="access is given to an app: the Threads app id and secret of its dashboard, not the Meta app's",
        fix=f"set {name}; or publisher auth login --with-token, with a token from the dashboard",
    )


def _unseen(console: Console, prompt: str) -> str:
    """A line that holds a secret: typed or pasted unseen, or the first one of standard input."""
    if console.interactive:
        value: str = click.prompt(f"{prompt} (stays unseen)", hide_input=True, default="", show_default=False, err=True)
        return value.strip()
    return sys.stdin.readline(64 * 1024).strip()
