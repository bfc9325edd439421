"""Containers and what becomes of them (Meta: "Publishing", "Reposts", "Delete posts"). Nothing here waits or repeats.

Source: https://developers.facebook.com/docs/threads/reference/publishing
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from publisher.threads_api import rules
from publisher.threads_api.call import Call, segment
from publisher.threads_api.container import ContainerOptions, params_of
from publisher.threads_api.errors import BadAnswer, InvalidParameter, PermissionDenied
from publisher.threads_api.reading import Record
from publisher.threads_api.vocabulary import PublishingStatus

PUBLISH_TIMEOUT_S = 300.0  # publishing has been seen to take 222 s; who gives up earlier knows less


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    """How far Threads has got with a container."""

    id: str
    status: str  # see `PublishingStatus`; a word that is new stays as it is
    error_message: str | None = None  # see `PublishingError`


@dataclass(frozen=True, slots=True)
class PublishResult:
    media_id: str  # another number than the container's
    container_id: str
    crossreshare_to_ig_status: str | None = None  # SUCCESS or FAILED; the Threads post is live either way


@dataclass(frozen=True, slots=True)
class Quota:
    used: int
    total: int
    duration_s: int  # length of the moving window: 86400


@dataclass(frozen=True, slots=True)
class PublishingLimits:
    """Use of the moving 24 hours; None where the token's scopes do not show it, or it was not asked for."""

    posts: Quota | None = None
    replies: Quota | None = None
    deletes: Quota | None = None
    locations: Quota | None = None


class PublishingResource:
    """`client.publishing`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, params: Mapping[str, str]) -> str:
        """Make a container with the API's own parameters; returns its creation_id. Shows nothing to anyone."""
        return self._call.post("/me/threads", params).id()

    def create_container(self, **options: Unpack[ContainerOptions]) -> str:
        """Make a container; returns its creation_id, good for 24 hours. Options: see `ContainerOptions`.

        With `auto_publish_text=True` the post goes live at once and what is returned is its media id; if that answer
        is lost, nothing tells whether it did. Raises `InvalidParameter` for what Meta documents as refused.
        """
        rules.check(options)
        return self.create(params_of(options))

    def create_carousel_container(self, containers: Sequence[str], **options: Unpack[ContainerOptions]) -> str:
        """Make a carousel of 2 to 20 containers that were made with `is_carousel_item=True`.

        Each child is asked first: Threads takes only what is FINISHED. Raises `InvalidParameter` naming the others.
        """
        whole: ContainerOptions = {**options, "children": tuple(containers), "media_type": "CAROUSEL"}
        rules.check(whole)
        asked = [self.status(child) for child in containers]
        unready = [f"{child.id} is {child.status}" for child in asked if child.status != PublishingStatus.FINISHED]
        if unready:
            raise InvalidParameter(f"every child of a carousel must be FINISHED: {', '.join(unready)}")
        return self.create(params_of(whole))

    def status(self, creation_id: str) -> ContainerStatus:
        """How far it is. Meta asks for one call a minute, for five minutes at most.

        Raises `NotFound` for a container that is not ours or no longer known.
        Source: https://developers.facebook.com/docs/threads/troubleshooting
        """
        answer = self._call.get(f"/{segment(creation_id)}", {"fields": "id,status,error_message"})
        status = answer.text("status")
        if not status:
            answer.refuse("an answer without `status`")
        return ContainerStatus(answer.label("id") or creation_id, status, answer.text("error_message"))

    def publish(self, creation_id: str, *, read_timeout_s: float = PUBLISH_TIMEOUT_S) -> PublishResult:
        """Make it live. Whatever this raises but `NotSent`, the post may be live: ask, do not repeat."""
        answer = self._call.post("/me/threads_publish", {"creation_id": creation_id}, read_timeout_s=read_timeout_s)
        return PublishResult(answer.id(), creation_id, answer.text("crossreshare_to_ig_status"))

    def repost(self, media_id: str) -> str:
        """Repost somebody's post or an own one, at once; returns the repost's media id. Never repeated either."""
        return self._call.post(f"/{segment(media_id)}/repost", {}, read_timeout_s=PUBLISH_TIMEOUT_S).id()

    def delete(self, media_id: str) -> str:
        """Take a post down; returns its id. 100 a day. Needs `threads_delete`."""
        return self._call.delete(f"/{segment(media_id)}").label("deleted_id") or media_id

    def limits(self, *, locations: bool = False) -> PublishingLimits:
        """What is used of the quotas, asked group by group: a missing scope hides its own group only.

        `locations`: ask for location searches too, one call more that only matters to those who search.
        """
        return PublishingLimits(
            posts=self._quota("quota_usage", "config"),
            replies=self._quota("reply_quota_usage", "reply_config"),
            deletes=self._quota("delete_quota_usage", "delete_config"),
            locations=self._quota("location_search_quota_usage", "location_search_config") if locations else None,
        )

    def _quota(self, usage: str, config: str) -> Quota | None:
        try:
            answer = self._call.get("/me/threads_publishing_limit", {"fields": f"{usage},{config}"})
        except PermissionDenied:
            return None
        except BadAnswer as error:
            if error.status == 500 and not error.excerpt.strip():
                return None  # HTTP 500 with nothing in it is how a missing scope shows here
            raise
        return _quota_of(next(answer.data(), None), usage, config)


def _quota_of(entry: Record | None, usage: str, config: str) -> Quota | None:
    limits = entry.record(config) if entry is not None else None
    used = entry.integer(usage) if entry is not None else None
    total = limits.integer("quota_total") if limits is not None else None
    if limits is None or used is None or total is None:
        return None
    return Quota(used, total, limits.integer("quota_duration") or 86400)
