"""Reading Meta's JSON: what is absent is None, what is new survives, what must be there is checked.

Fields without a value are left out by Threads rather than null, and new ones appear without notice. So nothing here
raises because of an optional field; only a missing id makes an answer bad.
Source: https://developers.facebook.com/docs/threads/retrieve-and-discover-posts/retrieve-posts
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from publisher.threads_api.errors import BadAnswer
from publisher.threads_api.messages import Response

_ID = re.compile(r"[0-9]{5,25}")  # "18050000000000002": beyond what a float holds, so it stays a string


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object of an answer."""

    members: Mapping[str, object]
    response: Response  # the whole answer, for the error that says it is bad

    def text(self, name: str) -> str | None:
        value = self.members.get(name)
        if not isinstance(value, str):
            return None
        return value.encode("utf-8", "replace").decode()  # a lone surrogate could be neither printed nor stored

    def integer(self, name: str) -> int | None:
        value = self.members.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def number(self, name: str) -> float | None:
        value = self.members.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e300:
            return None
        return float(value)

    def flag(self, name: str) -> bool | None:
        value = self.members.get(name)
        return value if isinstance(value, bool) else None

    def moment(self, name: str) -> datetime | None:
        """ "2026-04-22T08:23:00+0000" in UTC."""
        return moment(self.members.get(name))

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.members.get(name)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def label(self, name: str) -> str | None:
        """An id, which some answers spell as a string and some as a number."""
        value = self.members.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text(name) or None

    def id(self, name: str = "id") -> str:
        """An id that must be there. Raises `BadAnswer`."""
        value = self.label(name)
        if value is None or not _ID.fullmatch(value):
            self.refuse(f"an answer without a usable `{name}`")
        return value

    def reference(self, name: str) -> str | None:
        """The id within {"id": …}."""
        inner = self.record(name)
        return None if inner is None else inner.label("id")

    def record(self, name: str) -> "Record | None":
        value = self.members.get(name)
        return Record(value, self.response) if isinstance(value, dict) else None

    def records(self, name: str) -> "tuple[Record, ...]":
        """A list of objects, bare or within {"data": […]}; both occur."""
        value = self.members.get(name)
        if isinstance(value, dict):
            value = value.get("data")
        items = value if isinstance(value, list) else ()
        return tuple(Record(item, self.response) for item in items if isinstance(item, dict))

    def data(self) -> "Iterator[Record]":
        """The items of a list answer. Raises `BadAnswer` when there is no list."""
        value = self.members.get("data")
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse("an answer without its list of `data`")
        return (Record(item, self.response) for item in value)

    def rest(self, known: Container[str]) -> Mapping[str, object]:
        """Members that this version of the client does not know."""
        return {name: value for name, value in self.members.items() if name not in known}

    def refuse(self, why: str) -> NoReturn:
        raise BadAnswer(why, self.response)


def moment(value: object) -> datetime | None:
    """Threads' spelling of a time as a UTC time; None when it is no such thing."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def unix_moment(seconds: float | None) -> datetime | None:
    """Unix seconds as a UTC time; None, zero (Meta's "never") and the unthinkable give None."""
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
