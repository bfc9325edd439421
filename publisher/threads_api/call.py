"""One call: a request out, a JSON object in, or one of the client's errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.threads_api.errors import BadAnswer, error_from
from publisher.threads_api.messages import Request, Transport


@dataclass(frozen=True, slots=True)
class Call:
    """What resources call with."""

    transport: Transport

    def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self.send(Request("GET", path, params or {}))

    def post(self, path: str, params: Mapping[str, str], *, read_timeout_s: float = 30.0) -> dict[str, Any]:
        return self.send(Request("POST", path, params, read_timeout_s))

    def delete(self, path: str) -> dict[str, Any]:
        return self.send(Request("DELETE", path))

    def send(self, request: Request) -> dict[str, Any]:
        response = self.transport.send(request)
        if response.status >= 300:
            raise error_from(response)
        try:
            document = response.json()
        except ValueError:
            raise BadAnswer("an answer that is no JSON", response) from None
        if not isinstance(document, dict):
            raise BadAnswer("an answer that is no JSON object", response)
        if "error" in document:
            raise error_from(response)
        return document
