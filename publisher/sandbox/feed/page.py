"""The page as HTML: one template, its style inline, and a policy that lets in nothing else."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.sandbox.feed.values import FeedView

if TYPE_CHECKING:
    from jinja2 import Environment

_SANDBOX = Path(__file__).parents[1]


def render_feed(view: FeedView) -> str:
    """The page of an account, or of one post."""
    return _templates().get_template("feed.html").render(view=view, css=_css(), policy=_policy(), hue=_hue)


@cache
def _policy() -> str:
    """Nothing but the page's own style, and media of the sandbox itself. It stands in the page, so that a page saved
    to disk or served by another program keeps it."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; media-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hue(username: str) -> int:
    """The colour of an account's initial: 0-359, the same everywhere."""
    return int.from_bytes(hashlib.sha256(username.encode()).digest()[:2]) % 360


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_SANDBOX / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _css() -> str:
    return (_SANDBOX / "static" / "feed.css").read_text("utf-8")
