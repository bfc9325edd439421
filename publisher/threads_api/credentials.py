"""Whose calls these are. The one value that holds a token; nothing that prints it shows it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from publisher.threads_api.errors import InvalidParameter

_TOKEN = re.compile(r"[A-Za-z0-9_|.\-]{8,}")
_KEYS = ("user_id", "scopes", "short_lived", "access_token", "expiration", "issued_at")


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """An access token, checked: a stray newline in a secret would end up in an error of the HTTP library."""

    access_token: str
    user_id: str | None = None
    scopes: tuple[str, ...] = ()  # see `Scope`; empty when they are not known
    short_lived: bool = False
    expiration: datetime | None = None  # UTC
    issued_at: datetime | None = None  # UTC; when the token was given or refreshed
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)  # members of the JSON that are not ours

    def __post_init__(self) -> None:
        token = self.access_token.strip()
        if not _TOKEN.fullmatch(token):
            raise InvalidParameter("the access token holds characters that no token has, or is too short")
        object.__setattr__(self, "access_token", token)
        object.__setattr__(self, "scopes", tuple(str(scope) for scope in self.scopes))

    def __repr__(self) -> str:
        life = "" if self.expiration is None else f", expiration={self.expiration.isoformat()}"
        return f"Credentials(access_token='***', user_id={self.user_id!r}{life})"

    def expires_in(self, now: datetime) -> timedelta | None:
        """What is left of the token's life, never below zero; None when its end is not known."""
        return None if self.expiration is None else max(self.expiration - now, timedelta(0))

    def expired(self, now: datetime) -> bool:
        """Whether its time is over. A token whose end is not known is taken to be good."""
        return self.expires_in(now) == timedelta(0)

    def to_json(self) -> str:
        """Holds the token: keep it where only you can read it. PyThreads reads it too, while `issued_at` is None."""
        document: dict[str, object] = {
            **self.extra,
            "user_id": self.user_id,
            "scopes": list(self.scopes),
            "short_lived": self.short_lived,
            "access_token": self.access_token,
            "expiration": _spelled(self.expiration),
        }
        if self.issued_at is not None:
            document["issued_at"] = _spelled(self.issued_at)
        return json.dumps(document)

    @classmethod
    def from_json(cls, text: str) -> "Credentials":
        """What `to_json` or PyThreads wrote. Raises `InvalidParameter`, which repeats nothing of the text."""
        try:
            document = json.loads(text)
            return cls(
                access_token=_string(document["access_token"]),
                user_id=None if document.get("user_id") is None else str(document["user_id"]),
                scopes=tuple(document.get("scopes") or ()),
                short_lived=document.get("short_lived") is True,
                expiration=_moment(document.get("expiration")),
                issued_at=_moment(document.get("issued_at")),
                extra={key: value for key, value in document.items() if key not in _KEYS},
            )
        except InvalidParameter:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            pass
        raise InvalidParameter("these are no credentials: JSON with `access_token` and the rest was expected")


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _spelled(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    """Both spellings occur: "2024-06-23T18:25:43.511Z" and "…+00:00"; without a zone it is UTC."""
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
