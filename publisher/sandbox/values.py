"""What the sandbox's world consists of. Plain data: it can be written to a file and read again."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Account:
    id: str  # "17841400000000001"
    username: str
    name: str
    token: str
    token_expires: datetime | None = None


@dataclass
class Blob:
    """Media that the sandbox fetched: Threads keeps its own copies."""

    sha256: str
    content_type: str
    width: int = 0
    height: int = 0


@dataclass
class Container:
    id: str
    user_id: str
    params: dict[str, str]
    made_at: datetime
    ready_at: datetime
    media: Blob | None = None
    error: str | None = None
    published_at: datetime | None = None
    media_id: str | None = None
    used: bool = False  # as a child of a carousel


@dataclass
class Post:
    id: str
    user_id: str
    container_id: str | None
    media_type: str  # as read: TEXT_POST, IMAGE, VIDEO, CAROUSEL_ALBUM, REPOST_FACADE
    shortcode: str
    published_at: datetime
    params: dict[str, str] = field(default_factory=dict)
    media: Blob | None = None
    children: list[str] = field(default_factory=list)  # media ids
    parent: str | None = None  # carousel children: the post they are part of
    reply_to: str | None = None
    root: str | None = None
    quote: str | None = None
    reposted: str | None = None
    deleted_at: datetime | None = None
    hide_status: str = "NOT_HUSHED"

    @property
    def text(self) -> str | None:
        return self.params.get("text") or None


@dataclass
class Settings:
    """What Meta leaves open and how slow it is (design.md, 6); times in seconds."""

    second_publish: str = "error"  # error | same | duplicate
    text_count: str = "characters"  # characters | bytes | code_points
    list_lag: float = 0.0
    publish_lag: float = 0.0
    video_ready: float = 2.0
    forget_after: float | None = None
    strict: bool = False
    locale: str = "en"


@dataclass
class Data:
    """Everything that a restart must bring back."""

    accounts: dict[str, Account] = field(default_factory=dict)
    containers: dict[str, Container] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)  # oldest first
    settings: Settings = field(default_factory=Settings)
    next_id: int = 0


Fields = dict[str, Any]
