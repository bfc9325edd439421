"""Whose calls these are. The one value that holds a token; nothing that prints it shows it."""

import re
from dataclasses import dataclass

from publisher.threads_api.errors import InvalidParameter

_TOKEN = re.compile(r"[A-Za-z0-9_|.\-]{8,}")


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """An access token, checked: a stray newline in a secret would end up in an error of the HTTP library."""

    access_token: str
    user_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "access_token", self.access_token.strip())
        if not _TOKEN.fullmatch(self.access_token):
            raise InvalidParameter("the access token holds characters that no token has, or is too short")

    def __repr__(self) -> str:
        return f"Credentials(access_token='***', user_id={self.user_id!r})"
