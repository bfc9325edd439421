"""One call: a request out, a JSON object in, or one of the client's errors. What every resource is built on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from publisher.threads_api.errors import BadAnswer, InvalidParameter, error_from
from publisher.threads_api.messages import Request, Response, Transport
from publisher.threads_api.reading import Record
from publisher.threads_api.redaction import redacted

_SEGMENT = re.compile(r"[A-Za-z0-9_]{1,64}")
READ_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Call:
    """What resources call with."""

    transport: Transport
    read_timeout_s: float = READ_TIMEOUT_S  # for every call but a publish

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Record:
        return self.send(Request("GET", path, params or {}, self.read_timeout_s))

    def post(self, path: str, params: Mapping[str, str], *, read_timeout_s: float | None = None) -> Record:
        return self.send(Request("POST", path, params, read_timeout_s or self.read_timeout_s))

    def delete(self, path: str) -> Record:
        return self.send(Request("DELETE", path, {}, self.read_timeout_s))

    def send(self, request: Request) -> Record:
        return document_of(self.transport.send(request))


def document_of(response: Response) -> Record:
    """The JSON object of an answer. Raises the `ApiError` it stands for, or `BadAnswer`."""
    if not 200 <= response.status < 300:
        raise error_from(response)
    try:
        document = response.json()
    except ValueError:
        raise BadAnswer("an answer that is no JSON", response) from None
    if not isinstance(document, dict):
        raise BadAnswer("an answer that is no JSON object", response)
    if "error" in document:
        raise error_from(response)
    return Record(document, response)


def segment(object_id: str) -> str:
    """An id, fit to stand in a path. Raises `InvalidParameter`: "../me" would be another call."""
    if not _SEGMENT.fullmatch(object_id):
        # What was given by mistake may be a token.
        raise InvalidParameter(f"{redacted(object_id)[:80]!r} is no id; the API's ids are digits, or `me`")
    return object_id


def yes_or_no(value: bool) -> str:
    """A boolean as Threads takes it: lower case."""
    return "true" if value else "false"


def given(**params: str | None) -> dict[str, str]:
    """The parameters that have a value."""
    return {name: value for name, value in params.items() if value is not None}
