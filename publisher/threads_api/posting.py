"""One post from words and pictures: make the containers, wait, publish, and be honest about how it ended.

A publish call whose answer is lost may have put the post on the feed. Then this asks the container, and where that
does not settle it, it says so with the `creation_id` in hand. It never publishes a second time to be sure.
Source: https://developers.facebook.com/docs/threads/troubleshooting (how long to wait)
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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

    url: str | None = field(default=None, repr=False)  # it may be signed
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
        _check(whole, media, upload)
        if len(media) > 1:
            return self._publish(self._carousel(whole, media, upload))
        return self._publish(_placed(whole, media[0], _public(media[0], upload)) if media else whole)

    def _carousel(
        self, options: ContainerOptions, media: Sequence[Attachment], upload: Upload | None
    ) -> ContainerOptions:
        items = [_placed(_ITEM, attachment, _public(attachment, upload)) for attachment in media]
        children = [self.publishing.create_container(**item) for item in items]
        for number, (child, item) in enumerate(zip(children, items, strict=True)):
            # While the first was waited for, the others were made as well.
            self.wait(child, media_type_of(item), first_s=self.pace.first_s if number == 0 else 0.0)
        return {**options, "media_type": "CAROUSEL", "children": children}

    def _publish(self, options: ContainerOptions) -> PublishResult:
        creation_id = self.publishing.create_container(**options)
        self.wait(creation_id, media_type_of(options), first_s=self.pace.first_s)
        return self.publish(creation_id)

    def wait(self, creation_id: str, media_type: str, *, first_s: float) -> None:
        """Until it is FINISHED; asked after `first_s` first. Raises `ContainerFailed`, `ContainerNotReady`."""
        waited, pause = 0.0, first_s
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
        attempt = 1
        while True:
            try:
                return self.publishing.publish(creation_id)
            except NotSent:
                raise
            except ThreadsError as error:
                again = isinstance(error, NotFound) and attempt < self.pace.tries
                if not (again and self._lags(creation_id)):
                    raise PublishOutcomeUnknown(creation_id, error) from error
            attempt += 1

    def _lags(self, creation_id: str) -> bool:
        """After "not found": whether Threads' own copies were only late.

        If so nothing was published, and the same container usually works a while later; only it may be tried.
        """
        self.sleep(self.pace.first_s)
        try:
            return self.publishing.status(creation_id).status == PublishingStatus.FINISHED
        except ThreadsError:
            return False


_ITEM: ContainerOptions = {"is_carousel_item": True}


def _check(options: ContainerOptions, media: Sequence[Attachment], upload: Upload | None) -> None:
    """Raises `InvalidParameter` before the first file travels; what its URL will be does not matter for that."""
    if upload is None and any(attachment.path is not None for attachment in media):
        raise InvalidParameter("Threads fetches media from a public URL: a local file needs `upload`")
    if len(media) > 1:
        for attachment in media:
            rules.check(_placed(_ITEM, attachment, "https:"))
        rules.check({**options, "media_type": "CAROUSEL", "children": [""] * len(media)})
    else:
        rules.check(_placed(options, media[0], "https:") if media else options)


def _placed(options: ContainerOptions, attachment: Attachment, url: str) -> ContainerOptions:
    placed: ContainerOptions = {**options, "video_url": url} if attachment.is_video else {**options, "image_url": url}
    return placed if attachment.alt_text is None else {**placed, "alt_text": attachment.alt_text}


def _public(attachment: Attachment, upload: Upload | None) -> str:
    if attachment.path is not None and upload is not None:
        return upload(attachment.path)
    return attachment.url or ""
