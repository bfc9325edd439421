"""What a token is good for, until when, and whether it may be refreshed now. Pure: the time comes in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.errors import NotAllowed, PublisherError
from publisher.threads_api import Credentials
from publisher.threads_api.auth import YOUNGEST_TO_REFRESH

SOON = timedelta(days=14)
LOGIN = "publisher auth login"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with the token of one account."""

    account: str
    now: datetime  # UTC, Threads' time
    source: str = ""  # "THREADS_ACCESS_TOKEN", or the path of the token file
    stored: bool = False
    user_id: str | None = None
    username: str | None = None
    scopes: tuple[str, ...] = ()
    issued_at: datetime | None = None  # UTC, as the next
    expires_at: datetime | None = None
    refused: PublisherError | None = None  # why it cannot be used; the rest is what was known of it before

    @classmethod
    def of(
        cls,
        account: str,
        source: str,
        credentials: Credentials,
        now: datetime,
        *,
        stored: bool,
        refused: PublisherError | None = None,
    ) -> "Standing":
        username = credentials.extra.get("username")
        return cls(
            account=account,
            now=now,
            source=source,
            stored=stored,
            user_id=credentials.user_id,
            username=username if isinstance(username, str) else None,
            scopes=credentials.scopes,
            issued_at=credentials.issued_at,
            expires_at=credentials.expiration,
            refused=refused,
        )

    @property
    def left(self) -> timedelta | None:
        """What is left of its life, never below zero; None when its end is not known."""
        return None if self.expires_at is None else max(self.expires_at - self.now, timedelta(0))

    @property
    def ends_soon(self) -> bool:
        return self.left is not None and self.left < SOON

    @property
    def refreshable_at(self) -> datetime | None:
        """From when on it can be refreshed; None when its age is not known."""
        return None if self.issued_at is None else self.issued_at + YOUNGEST_TO_REFRESH


def check_refreshable(credentials: Credentials, now: datetime) -> None:
    """Threads' rules of age. Raises `NotAllowed` E609 for a token of an hour, one that is over, and one too young."""
    if credentials.short_lived:
        raise NotAllowed("a token of an hour cannot be refreshed", code="E609", fix=LOGIN)
    if credentials.expired(now):
        raise NotAllowed(
            f"the token ended on {_day(credentials.expiration)}, and a token that is over cannot be refreshed",
            code="E609",
            fix=LOGIN,
        )
    if credentials.issued_at is None or now - credentials.issued_at >= YOUNGEST_TO_REFRESH:
        return
    ready = credentials.issued_at + YOUNGEST_TO_REFRESH
    raise NotAllowed(
        f"the token is younger than 24 hours, and Threads refreshes none before {ready:%Y-%m-%d %H:%M} UTC",
        code="E609",
        fix=f"run it again after that; until {_day(credentials.expiration)} the token is good as it is",
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else "its end"
