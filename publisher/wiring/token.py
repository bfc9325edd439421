"""Whose token: read when it is used, from the environment or else from the token file; held by `Credentials` alone."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import NotAllowed
from publisher.settings import AccountSettings
from publisher.wiring.destination import Destination
from publisher.wiring.workplace import Workplace

if TYPE_CHECKING:
    from publisher.threads_api import Credentials


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token, and where it was found."""

    credentials: "Credentials"
    source: str  # "THREADS_ACCESS_TOKEN", "THREADS_ACCESS_TOKEN_FILE", or the path of the token file
    stored: bool  # in the token file, where a renewed one can take its place
    remedy: str  # how it is replaced when it is not good any more: "publisher auth login"


def credentials_of(
    place: Workplace, account: AccountSettings, where: Destination, environ: Mapping[str, str]
) -> "Credentials":
    """The account's token. Raises `NotAllowed` E600 when there is none, E605 or E608 for one that cannot be used."""
    from publisher.threads_api import Credentials

    if where.sandbox is not None:
        return Credentials(where.sandbox.access_token)
    return found_token(place, account, where, environ).credentials


def found_token(
    place: Workplace, account: AccountSettings, where: Destination, environ: Mapping[str, str]
) -> FoundToken:
    """The environment's token, or the stored one. Raises as `credentials_of`."""
    from publisher.threads_api import Credentials
    from publisher.threads_api.errors import InvalidParameter

    alone = len(place.settings.accounts) == 1
    names = token_variables(account.name, alone=alone)
    name, token = next(((name, value) for name in names if (value := secret_of(name, environ))), (names[0], ""))
    if not token:
        return _stored(account, where, names, environ)
    source = name if environ.get(name) else f"{name}_FILE"
    remedy = f"put a fresh token into {source}; {auth_command('login', account.name, alone=alone)} makes one"
    try:
        return FoundToken(Credentials(token), source, stored=False, remedy=remedy)
    except InvalidParameter as error:
        message = f"{name} is no access token: {error}"
        raise NotAllowed(message, code="E605", fix="copy the whole token, and nothing else, into it") from None


def _stored(
    account: AccountSettings, where: Destination, names: tuple[str, ...], environ: Mapping[str, str]
) -> FoundToken:
    from publisher.auth.storage import TokenFile, has_home

    alone = "THREADS_ACCESS_TOKEN" in names
    login, logout = (auth_command(name, account.name, alone=alone) for name in ("login", "logout"))
    file = TokenFile.of(account.name, environ) if has_home(environ) else None
    credentials = file.load() if file is not None else None
    if file is None or credentials is None:
        raise NotAllowed(
            f"there is no token for the account {account.name}",
            code="E600",
            why="Threads publishes only for whoever has one",
            fix=f"put it into {' or '.join(names)}, or a file's path into {names[0]}_FILE; or {login}",
        )
    issuer = credentials.extra.get("endpoint")
    if issuer is not None and issuer != where.endpoint.rstrip("/"):
        raise NotAllowed(
            f"the token in {file.path} was given by {issuer}, and this run is about {where.endpoint}",
            code="E608",
            why="a token is shown to nobody but the Threads that gave it",
            fix=f"{logout}, then {login}; or set THREADS_API_BASE_URL as it was at the login",
        )
    return FoundToken(credentials, str(file.path), stored=True, remedy=login)


def has_token(place: Workplace, account: AccountSettings, environ: Mapping[str, str]) -> bool:
    names = token_variables(account.name, alone=len(place.settings.accounts) == 1)
    if any(environ.get(name) or environ.get(f"{name}_FILE") for name in names):
        return True
    from publisher.auth.storage import TokenFile, has_home

    return has_home(environ) and TokenFile.of(account.name, environ).exists()


def auth_command(name: str, account: str, *, alone: bool) -> str:
    """As a person types it: "publisher auth login", with the account's name where there are several."""
    return f"publisher auth {name}" + ("" if alone else f" --account {shlex.quote(account)}")


def token_variables(account: str, *, alone: bool) -> tuple[str, ...]:
    """Where the token of an account may be: its own variable; the plain one too when it is the only account."""
    own = "THREADS_ACCESS_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", account.upper())
    return ("THREADS_ACCESS_TOKEN", own) if alone else (own,)


def secret_of(name: str, environ: Mapping[str, str]) -> str:
    """A secret of the environment, or of the file that `name`_FILE names; "" when there is neither."""
    path = environ.get(f"{name}_FILE")
    if environ.get(name) or not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise NotAllowed(
            f"the file that {name}_FILE names cannot be read", code="E600", fix=f"mend the path in {name}_FILE"
        ) from None
