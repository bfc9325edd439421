"""What the feed page shows, ready to be drawn: no ids to look up, no times to reckon."""

from dataclasses import dataclass

from publisher.sandbox.feed.text import Run


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture or video."""

    kind: str  # "IMAGE" | "VIDEO"
    url: str
    alt: str | None
    veiled: bool = False  # a spoiler: covered until asked for


@dataclass(frozen=True, slots=True)
class Card:
    """The preview of a link."""

    url: str  # http or https, nothing else
    host: str  # "acme.dev"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a poll."""

    text: str
    percent: int  # of the votes, 0-100
    leads: bool


@dataclass(frozen=True, slots=True)
class Poll:
    choices: tuple[Choice, ...]
    facts: str  # "12 votes · closes in 5 h"


@dataclass(frozen=True, slots=True)
class Attached:
    """The long text under a post."""

    runs: tuple[Run, ...]
    characters: int
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One small fact about a post. `sign` chooses the icon."""

    sign: str  # "place" | "countries" | "ghost" | "audience" | "waiting" | "hidden" | "answers"
    words: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    replies: int = 0
    reposts: int = 0
    quotes: int = 0


@dataclass(frozen=True, slots=True)
class FeedPost:
    """One post as the page shows it."""

    id: str
    username: str
    link: str  # path of its own page
    ago: str  # "5 min"
    time: str  # "1 Dec 2026, 09:00 UTC"
    iso_time: str
    runs: tuple[Run, ...] = ()
    media: tuple[Shown, ...] = ()
    topic: str | None = None
    card: Card | None = None
    gif: Card | None = None  # where the GIF lives; the page never fetches it
    attached: Attached | None = None
    poll: Poll | None = None
    quote: "FeedPost | Gone | None" = None
    via: str | None = None  # who reposted it
    head: tuple[Note, ...] = ()  # above the text: what it answers, how long it lives
    foot: tuple[Note, ...] = ()  # below: where, for whom
    counts: Counts = Counts()
    hidden: bool = False  # a reply that the author of the post hid
    is_current: bool = False  # the post whose page this is


@dataclass(frozen=True, slots=True)
class Gone:
    """A post that another one points at, and that is not there any more."""

    words: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Posts joined by a rail, in order: a chain, or a post and what it answers."""

    posts: tuple[FeedPost, ...]


@dataclass(frozen=True, slots=True)
class FeedView:
    """A whole page: everything an account has published, or one post with what belongs to it."""

    username: str
    name: str
    threads: tuple[Thread, ...]  # newest first
    count: int  # posts of this account, parts of chains too
    title: str = ""
    single: bool = False
    replies: tuple[Thread, ...] = ()  # on a post's own page, oldest first

    @property
    def posts(self) -> tuple[FeedPost, ...]:
        """Every post drawn as a piece of its own, from top to bottom."""
        return tuple(post for thread in (*self.threads, *self.replies) for post in thread.posts)
