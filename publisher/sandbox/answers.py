"""Answers and refusals in Meta's shapes. A refusal is raised; the world turns it into a response."""

import json
from typing import Any

from publisher.threads_api.messages import Response

_JSON = {"content-type": "application/json; charset=utf-8"}


class Refusal(Exception):
    """A call that Threads refuses, with the envelope it answers."""

    def __init__(
        self,
        message: str,
        code: int,
        subcode: int | None = None,
        *,
        status: int = 400,
        type: str = "OAuthException",
        title: str | None = None,
        said: str | None = None,
        transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.envelope = {
            "message": message,
            "type": type,
            "code": code,
            "error_subcode": subcode,
            "is_transient": transient,
            "error_user_title": title,
            "error_user_msg": said,
            "fbtrace_id": "ASandbox",
        }

    def response(self, locale: str = "en") -> Response:
        envelope = {key: value for key, value in self.envelope.items() if value is not None}
        title = envelope.get("error_user_title")
        if locale != "en" and title is not None:
            # Localized to the user: whoever matches on the words is caught here (docs/threads.md, Errors).
            envelope["error_user_title"], envelope["error_user_msg"] = _LOCAL[locale]
        return answer({"error": envelope}, status=self.status)


class EmptyRefusal(Refusal):
    """HTTP 500 without a body: how some missing scopes show."""

    def __init__(self) -> None:
        super().__init__("", 10, status=500)

    def response(self, locale: str = "en") -> Response:  # noqa: ARG002
        return Response(500, b"", _JSON)


class FlatRefusal(Refusal):
    """The shape that the exchange of a code has for itself (docs/threads.md, Tokens)."""

    def response(self, locale: str = "en") -> Response:  # noqa: ARG002
        document = {"error_type": "OAuthException", "code": self.status, "error_message": self.envelope["message"]}
        return answer(document, status=self.status)


_LOCAL = {
    "de": ("Es ist ein Fehler aufgetreten", "Bitte versuche es später noch einmal."),
    "ja": ("エラーが発生しました", "後でもう一度お試しください。"),
    "ko": ("오류가 발생했습니다", "나중에 다시 시도해 주세요."),
}


def response_of(refusal: Refusal, locale: str = "en") -> Response:
    return refusal.response(locale)


def answer(document: Any, *, status: int = 200) -> Response:
    return Response(status, json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"), _JSON)


# --- the refusals that many calls share -------------------------------------------------------------------------


def invalid(message: str) -> Refusal:
    """A parameter error: another type, and HTTP 500 (docs/threads.md, Errors)."""
    return Refusal(message, 100, status=500, type="THApiException")


def media_not_found(media_id: str) -> Refusal:
    return Refusal(
        "The requested resource does not exist",
        24,
        4279009,
        title="Media Not Found",
        said=f"The media with id {media_id} cannot be found.",
    )


def no_object(object_id: str, method: str = "GET") -> Refusal:
    return Refusal(
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation",
        100,
        33,
        type="THApiException",
    )


def bad_token() -> Refusal:
    return Refusal("Invalid OAuth access token - Cannot parse access token", 190, status=401)


def expired_token() -> Refusal:
    return Refusal("Error validating access token: Session has expired", 190, 463, status=401)


def missing_scope() -> Refusal:
    """The token lacks a scope."""
    return Refusal("Application does not have permission for this action", 10, status=500, type="THApiException")


def missing_access() -> Refusal:
    """The scope is there, but the app lacks Advanced Access."""
    return Refusal(
        "Application does not have permission for this action",
        10,
        4279067,
        title="App Does Not Have Sufficient Access Tier",
        said="The app does not have the access tier that this call needs.",
    )


def quota_reached(code: int) -> Refusal:
    """What Meta answers then is not known (docs/threads.md, Quotas); the code is a setting."""
    if code == 613:
        return Refusal("Calls to this api have exceeded the rate limit.", 613, 4279002)
    return Refusal("Application request limit reached", 4)
