"""Answers and refusals in Meta's shapes (threads-api: 7). A refusal is raised; the world turns it into a response."""

import json
from typing import Any

from publisher.threads_api.messages import Response


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


def response_of(refusal: Refusal) -> Response:
    envelope = {key: value for key, value in refusal.envelope.items() if value is not None}
    return answer({"error": envelope}, status=refusal.status)


def answer(document: Any, *, status: int = 200) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Response(status, body, {"content-type": "application/json; charset=utf-8"})


def invalid(message: str) -> Refusal:
    """A parameter error: another type, and HTTP 500 (threads-api: 7.1)."""
    return Refusal(message, 100, status=500, type="THApiException")


def media_not_found(media_id: str) -> Refusal:
    return Refusal(
        "The requested resource does not exist",
        24,
        4279009,
        title="Media Not Found",
        said=f"The media with id {media_id} cannot be found.",
    )


def no_object(object_id: str) -> Refusal:
    return Refusal(
        f"Unsupported get request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation",
        100,
        33,
        type="THApiException",
    )


def bad_token() -> Refusal:
    return Refusal("Invalid OAuth access token - Cannot parse access token", 190, status=401)


def expired_token() -> Refusal:
    return Refusal("Error validating access token: Session has expired", 190, 463, status=401)
