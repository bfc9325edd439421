"""What the sandbox's world consists of. Plain data: it can be written to a file and read again."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Account:
    id: str  # "17841400000000001"
    username: str
    name: str
    token: str  # the one its owner was given; the others are grants too
    biography: str = ""
    is_verified: bool = False
    followers: int = 1280
    is_eligible_for_geo_gating: bool = True
    searched: dict[str, datetime] = field(default_factory=dict)  # keyword -> when last


@dataclass
class Grant:
    """What a token opens, and how long."""

    token: str
    user_id: str | None  # None: an app's own token
    app_id: str
    kind: str  # short | long | app
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime | None = None  # None: the sandbox's own token, which outlives every move of the clock


@dataclass
class Code:
    """An authorization code: good once, within the hour."""

    code: str
    user_id: str
    app_id: str
    redirect_uri: str
    scopes: list[str]
    made_at: datetime
    used: bool = False


@dataclass
class Spent:
    """Use of a quota that leaves no post behind."""

    kind: str  # locations | searches | profiles | oembed
    user_id: str
    at: datetime


@dataclass
class Subscription:
    """Where webhooks go: what an app's dashboard would hold."""

    url: str
    app_id: str
    app_secret: str
    fields: list[str]


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
    approval: str | None = None  # pending | ignored; None: nobody need approve it, or somebody did

    @property
    def text(self) -> str | None:
        return self.params.get("text") or None

    @property
    def is_ghost(self) -> bool:
        return self.params.get("is_ghost_post") == "true"


@dataclass
class Settings:
    """What Meta leaves open and how slow it is (docs/sandbox.md); times in seconds."""

    second_publish: str = "error"  # error | same | duplicate
    text_count: str = "characters"  # characters | bytes | code_points
    list_lag: float = 0.0  # lists: new posts come, deleted ones go, this much later
    read_lag: float = 0.0  # a new post cannot be read, answered or quoted before
    publish_lag: float = 0.0  # a finished container cannot be published before
    video_ready: float = 2.0
    fetch_within: float = 60.0  # a medium that has not come whole by then is not fetched
    forget_after: float | None = None  # a published container is unknown after
    strict: bool = False  # refuse what Threads drops without a word, and what nobody has documented
    locale: str = "en"  # of titles and messages meant for people: en | de | ja | ko
    access: str = "advanced"  # the app's tier for search, mentions and discovery: advanced | reduced | refused
    app_mode: str = "live"  # live | development: whether debug_token takes a user's token as caller
    quota_code: int = 4  # 4 | 613: the code that an exhausted quota answers
    ghosts_listed: bool = True  # whether active ghost posts are among a user's threads


CHOICES: dict[str, tuple[object, ...]] = {
    "second_publish": ("error", "same", "duplicate"),
    "text_count": ("characters", "bytes", "code_points"),
    "strict": (False, True),
    "locale": ("en", "de", "ja", "ko"),
    "access": ("advanced", "reduced", "refused"),
    "app_mode": ("live", "development"),
    "quota_code": (4, 613),
    "ghosts_listed": (True, False),
}


@dataclass
class Data:
    """Everything that a restart must bring back."""

    accounts: dict[str, Account] = field(default_factory=dict)  # by id, the sandbox's own first
    grants: dict[str, Grant] = field(default_factory=dict)  # by token
    codes: dict[str, Code] = field(default_factory=dict)
    containers: dict[str, Container] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)  # oldest first
    spent: list[Spent] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    next_id: int = 0
