"""One post from words and pictures: make the containers, wait, publish, and be honest about how it ended.

A publish call whose answer is lost may have put the post on the feed. Then this asks the container, and where that
does not settle it, it says so with the `creation_id` in hand. It never publishes a second time to be sure.
Source: https://developers.facebook.com/docs/threads/troubleshooting (how long to wait)
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from publisher.threads_api import rules
from publisher.threads_api.container import ContainerOptions, PostOptions, media_type_of
from publisher.threads_api.errors import (
    ContainerFailed,
    ContainerNotReady,
    InvalidParameter,
    NotFound,
    NotSent,
    PublishOutcomeUnknown,
    ThreadsError,
)
from publisher.threads_api.publishing import PublishingResource, PublishResult
from publisher.threads_api.vocabulary import PublishingStatus

Upload = Callable[[Path], str]  # makes a local file fetchable by Threads; returns its URL
_VIDEOS = (".mp4", ".mov", ".m4v")
_DEAD = (PublishingStatus.ERROR, PublishingStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or video: `url` when it is public already, else `path`."""

    url: str | None = None
    path: Path | None = None
    alt_text: str | None = None
    video: bool | None = None  # None: by the name's ending

    def __post_init__(self) -> None:
        if (self.url is None) == (self.path is None):
            raise InvalidParameter("an attachment has either a `url` or a `path`")

    @property
    def is_video(self) -> bool:
        if self.video is not None:
            return self.video
        name = str(self.path) if self.path is not None else (self.url or "").split("?")[0]
        return name.lower().endswith(_VIDEOS)


@dataclass(frozen=True, slots=True)
class Pace:
    """How to wait for a container, in seconds. The defaults are Meta's advice; texts are usually ready at once."""

    first_s: float = 30.0
    every_s: float = 60.0
    give_up_s: float = 300.0
    video_give_up_s: float = 1800.0
    tries: int = 3  # of a publish that Threads answers with "not found" although the container is FINISHED

    def patience_s(self, media_type: str) -> float:
        return self.video_give_up_s if media_type in ("VIDEO", "CAROUSEL") else self.give_up_s


META = Pace()


@dataclass(frozen=True, slots=True)
class Poster:
    """What posting needs: the calls, a way to sleep (seconds), and how long."""

    publishing: PublishingResource
    sleep: Callable[[float], None] = time.sleep
    pace: Pace = META

    def post(
        self,
        text: str | None,
        media: Sequence[Attachment] = (),
        *,
        upload: Upload | None = None,
        **options: Unpack[PostOptions],
    ) -> PublishResult:
        """Put a post on the feed; returns its media id.

        No media: a text; one: a picture or video; 2 to 20: a carousel. A local file needs `upload`. Options are those
        of `create_container`, but for the medium itself and `auto_publish_text`, which could never tell a lost answer
        from a failure. Raises `PublishOutcomeUnknown` when the post may be live; after any other error it is not.
        """
        # PostOptions is the part of ContainerOptions that a caller names; mypy fears what else it might hold.
        whole: ContainerOptions = {**options, "text": text or None}  # type: ignore[typeddict-item]
        if len(media) < 2:
            single = self._with_medium(whole, media[0], upload) if media else whole
            return self._publish(single)
        return self._publish(self._carousel(whole, media, upload))

    def _with_medium(
        self, options: ContainerOptions, attachment: Attachment, upload: Upload | None
    ) -> ContainerOptions:
        url = _public(attachment, upload)
        placed: ContainerOptions = (
            {**options, "video_url": url} if attachment.is_video else {**options, "image_url": url}
        )
        return placed if attachment.alt_text is None else {**placed, "alt_text": attachment.alt_text}

    def _carousel(
        self, options: ContainerOptions, media: Sequence[Attachment], upload: Upload | None
    ) -> ContainerOptions:
        # Checked before the first file travels: the children's ids cannot make the rest of it right.
        rules.check({**options, "media_type": "CAROUSEL", "children": [""] * len(media)})
        items = [self._with_medium({"is_carousel_item": True}, attachment, upload) for attachment in media]
        children = [(self.publishing.create_container(**item), media_type_of(item)) for item in items]
        for child, kind in children:
            self.wait(child, kind)
        return {**options, "media_type": "CAROUSEL", "children": [child for child, _ in children]}

    def _publish(self, options: ContainerOptions) -> PublishResult:
        creation_id = self.publishing.create_container(**options)
        self.wait(creation_id, media_type_of(options))
        return self.publish(creation_id)

    def wait(self, creation_id: str, media_type: str) -> None:
        """Until the container is FINISHED. Raises `ContainerFailed` or `ContainerNotReady`."""
        waited, pause = 0.0, self.pace.first_s
        while True:
            self.sleep(pause)
            waited += pause
            state = self.publishing.status(creation_id)
            if state.status == PublishingStatus.FINISHED:
                return
            if state.status in _DEAD:
                raise ContainerFailed(creation_id, state.status, state.error_message)
            pause = self.pace.every_s
            if waited + pause > self.pace.patience_s(media_type):
                raise ContainerNotReady(creation_id, waited)

    def publish(self, creation_id: str) -> PublishResult:
        """Publish a container that is FINISHED. Raises `NotSent`, or `PublishOutcomeUnknown`."""
        for _ in range(max(1, self.pace.tries) - 1):
            try:
                return self.publishing.publish(creation_id)
            except NotSent:
                raise
            except NotFound as error:
                # Threads' own copies lag: nothing was published, and the same container usually works a while later.
                self.sleep(self.pace.first_s)
                self._must_be_unpublished(creation_id, error)
            except ThreadsError as error:
                raise PublishOutcomeUnknown(creation_id, error) from error
        try:
            return self.publishing.publish(creation_id)
        except NotSent:
            raise
        except ThreadsError as error:
            raise PublishOutcomeUnknown(creation_id, error) from error

    def _must_be_unpublished(self, creation_id: str, error: ThreadsError) -> None:
        try:
            status = self.publishing.status(creation_id).status
        except ThreadsError:
            raise PublishOutcomeUnknown(creation_id, error) from error
        if status != PublishingStatus.FINISHED:
            raise PublishOutcomeUnknown(creation_id, error) from error


def _public(attachment: Attachment, upload: Upload | None) -> str:
    if attachment.url is not None:
        return attachment.url
    if upload is None or attachment.path is None:
        raise InvalidParameter("Threads fetches media from a public URL: a local file needs `upload`")
    return upload(attachment.path)
