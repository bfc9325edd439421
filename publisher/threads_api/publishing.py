"""Containers and publishing (Meta: "Publishing"). Nothing here waits or repeats."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.threads_api.call import Call
from publisher.threads_api.errors import ApiError, BadAnswer
from publisher.threads_api.messages import Response

_ID = re.compile(r"[0-9]{5,25}")


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    """How far Threads has got with a container."""

    id: str
    status: str  # IN_PROGRESS, FINISHED, PUBLISHED, ERROR, EXPIRED, or a word that is new
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class PublishResult:
    media_id: str
    container_id: str


@dataclass(frozen=True, slots=True)
class Quota:
    used: int
    total: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class PublishingLimits:
    """Use of the moving 24 hours; None where the token's scopes do not show it."""

    posts: Quota | None = None
    replies: Quota | None = None
    deletes: Quota | None = None
    locations: Quota | None = None


class PublishingResource:
    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, params: Mapping[str, str]) -> str:
        """Make a container with the API's own parameters; returns its creation_id. Shows nothing to anyone."""
        return _id(self._call.post("/me/threads", params))

    def status(self, creation_id: str) -> ContainerStatus:
        """Raises `NotFound` for a container that is not ours or no longer known."""
        answer = self._call.get(f"/{creation_id}", {"fields": "id,status,error_message"})
        return ContainerStatus(
            str(answer.get("id", creation_id)), str(answer.get("status")), answer.get("error_message")
        )

    def publish(self, creation_id: str, *, read_timeout_s: float = 300.0) -> PublishResult:
        """Make it live. Whatever this raises but `NotSent`, the post may be live: ask, do not repeat."""
        answer = self._call.post("/me/threads_publish", {"creation_id": creation_id}, read_timeout_s=read_timeout_s)
        return PublishResult(_id(answer), creation_id)

    def limits(self) -> PublishingLimits:
        """What is used of the quotas, asked group by group: a missing scope hides its own group only."""
        return PublishingLimits(
            posts=self._quota("quota_usage", "config"),
            replies=self._quota("reply_quota_usage", "reply_config"),
            deletes=self._quota("delete_quota_usage", "delete_config"),
        )

    def delete(self, media_id: str) -> str:
        """Take a post down; returns its id."""
        return str(self._call.delete(f"/{media_id}").get("deleted_id", media_id))

    def _quota(self, usage: str, config: str) -> Quota | None:
        try:
            answer = self._call.get("/me/threads_publishing_limit", {"fields": f"{usage},{config}"})
        except (ApiError, BadAnswer) as error:
            if isinstance(error, ApiError) and error.code not in (10, 100) and not 200 <= (error.code or 0) <= 299:
                raise
            return None
        entry: dict[str, Any] = (answer.get("data") or [{}])[0]
        limits = entry.get(config) or {}
        if usage not in entry or "quota_total" not in limits:
            return None
        return Quota(int(entry[usage]), int(limits["quota_total"]), int(limits.get("quota_duration", 86400)))


def _id(answer: dict[str, Any]) -> str:
    value = str(answer.get("id"))
    if not _ID.fullmatch(value):
        raise BadAnswer("an answer without an id", Response(200, repr(answer)[:2048].encode()))
    return value
