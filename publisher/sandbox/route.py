"""What a route of the API is: a method, a path, the scopes it needs, and the function that answers it.

`{user}` stands for `me` or the caller's own id, `{id}` for any other object. Routes are grouped in `endpoints` as the
client's resources are, so that a new endpoint is one method there and one route here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from publisher.sandbox.values import Account, Grant

if TYPE_CHECKING:
    from publisher.sandbox.world import World

LIST = ("fields", "since", "until", "limit", "before", "after")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that needs no token, or only whatever token it brings."""

    method: str
    path: str  # "/me/threads"
    subject: str  # the id in the path; "" where there is none
    params: dict[str, str]
    token: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class UserCall(Call):
    """One call of a user, let in by the token."""

    account: Account
    grant: Grant


@dataclass(frozen=True, slots=True)
class Route:
    """For users: the token is known, not expired, and has `threads_basic` and `scopes`."""

    method: str
    path: str
    answer: Callable[["World", UserCall], Any]
    scopes: tuple[str, ...] = ()
    params: tuple[str, ...] = ()  # those that are documented


@dataclass(frozen=True, slots=True)
class OpenRoute:
    """For anybody: token calls and oEmbed."""

    method: str
    path: str
    answer: Callable[["World", Call], Any]
    params: tuple[str, ...] = ()
