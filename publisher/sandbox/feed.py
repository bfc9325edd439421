"""The feed page: what people see of the sandbox. Pure: published posts as plain values in, HTML out.

Chains are drawn as one rail, quotes as cards inside their post. Nothing a post says can become markup: Jinja2 escapes
everything, links are made from pieces, and the page carries no script.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_PIECES = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,;:!?)])"
    r"|(?P<name>(?<!\w)@[A-Za-z0-9_.]+)"
    r"|(?P<tag>(?<!\w)#\w+)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: plain, or a link, a mention, a tag."""

    kind: str  # "text" | "url" | "name" | "tag"
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture or video."""

    kind: str  # "IMAGE" | "VIDEO"
    url: str
    alt: str | None


@dataclass(frozen=True, slots=True)
class FeedPost:
    """One post as the page shows it."""

    id: str
    username: str
    link: str  # path of its own page
    ago: str  # "5 min"
    time: str  # ISO 8601
    pieces: tuple[Piece, ...] = ()
    media: tuple[Shown, ...] = ()
    topic: str | None = None
    card: str | None = None  # host of the link card
    card_url: str | None = None
    quote: "FeedPost | None" = None
    poll: tuple[str, ...] = ()
    spoiler: bool = False
    audience: str | None = None  # words, None for everyone
    answers: int = 0
    chain: tuple["FeedPost", ...] = ()  # own replies that continue it, in order


@dataclass(frozen=True, slots=True)
class FeedView:
    """The whole page."""

    username: str
    name: str
    posts: tuple[FeedPost, ...]  # newest first
    now: str
    single: bool = False  # one post's own page
    count: int = 0


_AUDIENCE = {
    "ACCOUNTS_YOU_FOLLOW": "Profiles it follows can reply",
    "MENTIONED_ONLY": "Mentioned profiles can reply",
    "PARENT_POST_AUTHOR_ONLY": "Only the author can reply",
    "FOLLOWERS_ONLY": "Followers can reply",
}


def feed_view(
    posts: Sequence[Mapping[str, Any]], *, username: str, name: str, now: datetime, only: str | None = None
) -> FeedView:
    """The page of everything (or of the post with shortcode `only`), from the documents of `/_sandbox/posts`."""
    by_id = {str(post["id"]): post for post in posts}
    continued = _continuations(posts)
    inner = {item for chain in continued.values() for item in chain}
    roots = [post for post in reversed(posts) if str(post["id"]) not in inner]
    if only is not None:
        roots = [post for post in posts if post.get("shortcode") == only]
    shown = tuple(_post(post, by_id, continued, now) for post in roots)
    return FeedView(username, name, shown, now.isoformat(), single=only is not None, count=len(posts))


def render_feed(view: FeedView) -> str:
    """The page as HTML."""
    return _templates().get_template("feed.html").render(view=view, css=_css())


def _continuations(posts: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Root id -> own replies that continue it, each answering the one before."""
    chains: dict[str, list[str]] = {}
    root_of: dict[str, str] = {}
    users = {str(post["id"]): post.get("username") for post in posts}
    for post in posts:
        parent = post.get("reply_to_id")
        if parent is None or users.get(str(parent)) != post.get("username"):
            continue
        root = root_of.get(str(parent), str(parent))
        last = chains.get(root, [root])[-1]
        if last == str(parent):
            chains.setdefault(root, []).append(str(post["id"]))
            root_of[str(post["id"])] = root
    return chains


def _post(
    post: Mapping[str, Any],
    by_id: Mapping[str, Mapping[str, Any]],
    continued: Mapping[str, Sequence[str]],
    now: datetime,
    depth: int = 0,
) -> FeedPost:
    when = datetime.fromisoformat(post["timestamp"])
    quoted = by_id.get(str((post.get("quoted_post") or {}).get("id")))
    poll = post.get("poll_attachment") or {}
    link = post.get("link_attachment_url")
    return FeedPost(
        id=str(post["id"]),
        username=str(post.get("username", "")),
        link=f"/@{post.get('username', '')}/post/{post.get('shortcode', '')}",
        ago=ago(now - when),
        time=when.isoformat(),
        pieces=pieces(str(post.get("text", ""))),
        media=_media(post),
        topic=post.get("topic_tag"),
        card=urlsplit(link).hostname if link else None,
        card_url=link,
        quote=_post(quoted, by_id, {}, now, depth + 1) if quoted is not None and depth < 2 else None,
        poll=tuple(str(poll[key]) for key in sorted(poll) if key.startswith("option_") and len(key) == 8),
        spoiler=bool(post.get("is_spoiler_media")),
        audience=_AUDIENCE.get(str(post.get("reply_audience"))),
        answers=sum(str(item.get("reply_to_id")) == str(post["id"]) for item in by_id.values()),
        chain=tuple(_post(by_id[item], by_id, {}, now, depth + 1) for item in continued.get(str(post["id"]), ())),
    )


def _media(post: Mapping[str, Any]) -> tuple[Shown, ...]:
    children = (post.get("children") or {}).get("data")
    items = children if children else [post]
    return tuple(
        Shown(str(item["media_type"]), str(item["media_url"]), item.get("alt_text"))
        for item in items
        if item.get("media_url")
    )


def pieces(text: str) -> tuple[Piece, ...]:
    """The text cut where a link, a mention or a tag stands."""
    found: list[Piece] = []
    end = 0
    for match in _PIECES.finditer(text):
        if match.start() > end:
            found.append(Piece("text", text[end : match.start()]))
        found.append(Piece(str(match.lastgroup), match.group()))
        end = match.end()
    if end < len(text):
        found.append(Piece("text", text[end:]))
    return tuple(found)


def ago(span: timedelta) -> str:
    """ "now", "5 min", "3 h", "2 d"."""
    seconds = span.total_seconds()
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {name}"
    return "now"


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _css() -> str:
    return (_HERE / "static" / "feed.css").read_text("utf-8")
