"""Whose token: read from the environment when it is used, held by `Credentials` alone."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import NotAllowed
from publisher.settings import AccountSettings
from publisher.wiring.destination import Destination
from publisher.wiring.workplace import Workplace

if TYPE_CHECKING:
    from publisher.threads_api import Credentials


def credentials_of(
    place: Workplace, account: AccountSettings, where: Destination, environ: Mapping[str, str]
) -> "Credentials":
    """The account's token. Raises `NotAllowed` E601 when there is none, or none that could be one."""
    from publisher.threads_api import Credentials
    from publisher.threads_api.errors import InvalidParameter

    if where.sandbox is not None:
        return Credentials(where.sandbox.access_token)
    names = token_variables(account.name, alone=len(place.settings.accounts) == 1)
    name, token = next(((name, value) for name in names if (value := _secret(name, environ))), (names[0], ""))
    if not token:
        raise NotAllowed(
            f"there is no token for the account {account.name}",
            code="E600",
            why="Threads publishes only for whoever has one",
            fix=f"put it into {' or '.join(names)}, or a file's path into {names[0]}_FILE",
        )
    try:
        return Credentials(token)
    except InvalidParameter as error:
        message = f"{name} is no access token: {error}"
        raise NotAllowed(message, code="E605", fix="copy the whole token, and nothing else, into it") from None


def has_token(place: Workplace, account: AccountSettings, environ: Mapping[str, str]) -> bool:
    names = token_variables(account.name, alone=len(place.settings.accounts) == 1)
    return any(environ.get(name) or environ.get(f"{name}_FILE") for name in names)


def token_variables(account: str, *, alone: bool) -> tuple[str, ...]:
    """Where the token of an account may be: its own variable; the plain one too when it is the only account."""
    own = "THREADS_ACCESS_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", account.upper())
    return ("THREADS_ACCESS_TOKEN", own) if alone else (own,)


def _secret(name: str, environ: Mapping[str, str]) -> str:
    path = environ.get(f"{name}_FILE")
    if environ.get(name) or not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise NotAllowed(
            f"the file that {name}_FILE names cannot be read", code="E600", fix=f"mend the path in {name}_FILE"
        ) from None
