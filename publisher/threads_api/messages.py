"""The two values that client and sandbox share, and the seam between them.

A `Request` holds no token: a transport adds it (`Authorization: Bearer`), so that nothing that prints, records or
replays a request can leak one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from publisher.threads_api.redaction import redacted


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the API.

    `path` is without host and version: "/me/threads". `params` are strings already in Meta's spelling
    ("true", "US,CA", JSON for object parameters); a GET sends them as its query, a POST as a form body.
    """

    method: str  # "GET" | "POST" | "DELETE"
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    read_timeout_s: float = 30.0  # how long the answer may take; a publish gets 300

    def __repr__(self) -> str:
        # A medium's URL may be signed.
        return f"Request({self.method!r}, {self.path!r}, {redacted(repr(self.params))})"


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, undecoded."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case

    def json(self) -> Any:
        """The body as JSON, integers exact. Raises ValueError when it is none."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Transport(Protocol):
    """Sends one request with the credentials it was made with.

    Raises `NotSent` when no byte of the request can have reached Threads, `NoAnswer` when it may have arrived but no
    whole answer came back. Never retries, never follows a redirect.
    """

    def send(self, request: Request) -> Response: ...
