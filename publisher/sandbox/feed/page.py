"""The feed as HTML, and what stands in its place where nothing is. The rest is in `markup`."""

from publisher.sandbox import markup
from publisher.sandbox.feed.values import FeedView

_SHEET = "feed"


def render_feed(view: FeedView) -> str:
    """The page of an account, or of one post."""
    return markup.render("feed", sheet=_SHEET, view=view)


def render_missing(username: str | None) -> str:
    """The page where there is none: no such post of `username`, or without that, no such profile."""
    return markup.render("missing", sheet=_SHEET, username=username)


def headers() -> dict[str, str]:
    """What both are sent with."""
    return markup.headers(_SHEET)
