"""Errors of the client, as one small tree. What the caller may do differs, or it is the same class.

    ThreadsError
    ├── InvalidParameter        refused here, before anything was sent (also a ValueError)
    ├── NotSent                 no byte reached Threads: trying again is safe, for a publish too
    ├── NoAnswer                it may have arrived; what it did is unknown
    ├── BadAnswer               an answer that is not Meta's: HTML, empty, too large, another shape
    ├── ApiError                Meta's error envelope
    │   ├── AuthenticationError     code 102, 190, 452: the token is not (or no longer) good
    │   │   └── AccessTokenExpired  190/463
    │   ├── PermissionDenied        code 10, 200-299, subcode 4279067
    │   ├── RateLimited             code 4, 17, 32, 341, 613, or HTTP 429; has `retry_after_s`
    │   ├── NotFound                24/4279009, 100/33: not there, or not there yet
    │   └── Restricted              2207051, 368, 4279013: Meta stopped this account; do not hammer
    ├── AuthorizationRefused    the authorization window gave no code: denied, or not the answer to our question
    ├── BadSignature            a webhook that Meta did not sign with this app's secret
    ├── ContainerFailed         `post()`: Threads could not make the post; nothing is live
    ├── ContainerNotReady       `post()`: still in the making when patience ended; nothing is live
    └── PublishOutcomeUnknown   `post()` cannot tell whether the post is live; has `creation_id`

Words of Meta's are kept with anything that looks like a token removed. `title` and `user_message` are in the language
of the account's owner: show them, never match on them. Source of the codes: Meta's error reference and the field
reports collected in docs/client/errors.md.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from publisher.threads_api.messages import Response
from publisher.threads_api.redaction import redacted
from publisher.threads_api.usage import AppUsage, usage_of

__all__ = [
    "AccessTokenExpired",
    "ApiError",
    "AuthenticationError",
    "AuthorizationRefused",
    "BadAnswer",
    "BadSignature",
    "ContainerFailed",
    "ContainerNotReady",
    "InvalidParameter",
    "NoAnswer",
    "NotFound",
    "NotSent",
    "PermissionDenied",
    "PublishOutcomeUnknown",
    "RateLimited",
    "Restricted",
    "ThreadsError",
    "error_from",
    "redacted",
]

_EXCERPT = 2048  # bytes of an answer that an error keeps


class ThreadsError(Exception):
    """Base of everything the client raises on purpose."""


class InvalidParameter(ThreadsError, ValueError):
    """Refused here: Meta's rule is certain, and nothing was sent."""


class NotSent(ThreadsError):
    """No byte reached Threads."""


class NoAnswer(ThreadsError):
    """It may have arrived; what it did is unknown."""


class BadAnswer(ThreadsError):
    """An answer of another shape than Meta documents."""

    def __init__(self, message: str, response: Response) -> None:
        super().__init__(f"{message} (HTTP {response.status})")
        self.status = response.status
        self.excerpt = redacted(response.body[:_EXCERPT].decode("utf-8", "replace"))
        self.trace_id = _header(response, "x-fb-trace-id") or _header(response, "x-fb-request-id")


class ApiError(ThreadsError):
    """Meta's error envelope. Whatever of it is absent is None."""

    def __init__(self, response: Response, envelope: Mapping[str, object]) -> None:
        self.status = response.status
        self.code = _integer(envelope.get("code"))
        self.subcode = _integer(envelope.get("error_subcode"))
        self.type = _text(envelope.get("type"))
        self.transient = envelope.get("is_transient") is True
        self.title = _text(envelope.get("error_user_title"))
        self.user_message = _text(envelope.get("error_user_msg"))
        self.trace_id = _text(envelope.get("fbtrace_id")) or _header(response, "x-fb-trace-id")
        self.retry_after_s = retry_after_s(response)
        self.usage: AppUsage | None = usage_of(response.headers)
        message = _text(envelope.get("message")) or "no message"
        # Where Meta puts its names of errors (THREADS_API__…) is shown nowhere: one in place of the number is told too.
        name = _text(envelope.get("code")) or ""
        named = name if name.startswith("THREADS_API__") else self.code
        number = f"{named}" if self.subcode is None else f"{named}/{self.subcode}"
        said = self.user_message or self.title
        super().__init__(f"{message} ({number})" + (f": {said}" if said else ""))


class AuthenticationError(ApiError):
    """The token is not, or no longer, good."""


class AccessTokenExpired(AuthenticationError):
    """190/463: its time is over."""


class PermissionDenied(ApiError):
    """The token lacks a scope, or the app its access tier."""


class RateLimited(ApiError):
    """Throttled; `retry_after_s` when Threads said how long."""


class NotFound(ApiError):
    """Not there, not visible, or not there yet."""


class Restricted(ApiError):
    """Meta stopped this account; do not hammer."""


class AuthorizationRefused(ThreadsError):
    """The authorization window came back without a code that answers our question."""


class BadSignature(ThreadsError):
    """A webhook that was not signed with this app's secret."""


class ContainerFailed(ThreadsError):
    """Threads could not make the post. Nothing is live; a new container is needed."""

    def __init__(self, creation_id: str, status: str, error_message: str | None) -> None:
        super().__init__(f"container {creation_id} ended as {status}" + (f": {error_message}" if error_message else ""))
        self.creation_id = creation_id
        self.status = status
        self.error_message = error_message


class ContainerNotReady(ThreadsError):
    """Still in the making when patience ended. Nothing is live; `creation_id` is good for 24 hours."""

    def __init__(self, creation_id: str, waited_s: float) -> None:
        super().__init__(f"container {creation_id} is not ready after {waited_s:g} s")
        self.creation_id = creation_id


class PublishOutcomeUnknown(ThreadsError):
    """The publish call was made, and what it did cannot be told. Look before anything is posted again."""

    def __init__(self, creation_id: str, cause: Exception) -> None:
        super().__init__(f"whether container {creation_id} went live is unknown: {cause}")
        self.creation_id = creation_id


def error_from(response: Response) -> ThreadsError:
    """The error that an answer of HTTP 300 and above stands for. Pure."""
    try:
        document = response.json()
    except ValueError:
        what = "an empty answer" if not response.body.strip() else "an answer that is no JSON"
        return BadAnswer(what, response)
    envelope = document.get("error") if isinstance(document, dict) else None
    if isinstance(document, dict) and "error_message" in document:
        # The exchange of a code answers in a flat shape of its own.
        envelope = {
            "message": document["error_message"],
            "type": document.get("error_type"),
            "code": document.get("code"),
        }
    if not isinstance(envelope, dict):
        return BadAnswer("an answer without Meta's error envelope", response)
    return _class_of(response, envelope)(response, envelope)


def _class_of(response: Response, envelope: Mapping[str, object]) -> type[ApiError]:
    code, subcode = _integer(envelope.get("code")), _integer(envelope.get("error_subcode"))
    if subcode in (2207051, 4279013) or code == 368:
        return Restricted
    if code in (102, 190, 452):
        return AccessTokenExpired if (code, subcode) == (190, 463) else AuthenticationError
    if subcode == 4279009 or (code, subcode) == (100, 33):
        return NotFound
    if code in (4, 17, 32, 341, 613) or response.status == 429:
        return RateLimited
    if code == 10 or subcode == 4279067 or (code is not None and 200 <= code <= 299):
        return PermissionDenied
    return ApiError


def retry_after_s(response: Response) -> float | None:
    """How long Threads asks to wait, in seconds; a date is taken relative to the answer's own `Date`."""
    value = _header(response, "retry-after")
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(response.headers["date"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name, "").strip()
    return redacted(value[:200]) or None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    # A lone surrogate, which JSON can spell, could not be printed.
    return redacted(value[:_EXCERPT].encode("utf-8", "replace").decode())
