"""What is to be done, as values: they can be printed, counted, hashed and compared before anything happens.

A result not known yet is a `Ref`. Keys are unique within a post: "part-2/media-1", "part-2/child-1",
"part-2/container", "part-2/publish".
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Ref:
    """The result of another action: the URL of an upload, the id of a container, the media id of a publish."""

    key: str
    post: str | None = None  # None: the same post; else the id of another post of this repository


@dataclass(frozen=True, slots=True)
class UploadMedia:
    """Make a file of the repository fetchable by Threads. Repeatable. Result: its URL."""

    key: str
    file: str  # from the repository's root
    sha256: str  # of the source bytes
    kind: Literal["image", "video"]


@dataclass(frozen=True, slots=True)
class CreateContainer:
    """Make a container; shows nothing to anyone. Repeatable. Result: its creation_id.

    `params` are the API's own, without what is still a reference.
    """

    key: str
    media_type: Literal["TEXT", "IMAGE", "VIDEO", "CAROUSEL"]
    params: tuple[tuple[str, str], ...] = ()
    media: Ref | str | None = None  # -> image_url / video_url
    children: tuple[Ref, ...] = ()
    reply_to: Ref | str | None = None
    quote: Ref | str | None = None


@dataclass(frozen=True, slots=True)
class PublishContainer:
    """Make it live. The one irreversible call; never repeated blindly. Result: the media id."""

    key: str
    container: Ref


@dataclass(frozen=True, slots=True)
class Repost:
    """Repost another's post. Irreversible as well, and there is no container to ask about."""

    key: str
    target: Ref | str


@dataclass(frozen=True, slots=True)
class DeletePost:
    """Take one published object down. Irreversible; 100 a day."""

    key: str
    media_id: str


Action = UploadMedia | CreateContainer | PublishContainer | Repost | DeletePost

ACTION_TYPES: dict[type, str] = {
    UploadMedia: "upload_media",
    CreateContainer: "create_container",
    PublishContainer: "publish_container",
    Repost: "repost",
    DeletePost: "delete_post",
}
