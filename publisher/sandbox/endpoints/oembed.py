"""A post as HTML for other pages (docs/threads.md, Reading). No token."""

import html
import re
from typing import TYPE_CHECKING, Any

from publisher.sandbox import quotas
from publisher.sandbox.answers import Refusal, invalid
from publisher.sandbox.route import Call, OpenRoute

if TYPE_CHECKING:
    from publisher.sandbox.world import World

_PATH = re.compile(r"/(?:@[A-Za-z0-9_.]+/post|t)/(?P<code>[A-Za-z0-9_-]{5,20})/?")
_HOSTS = ("https://www.threads.com", "https://www.threads.net", "https://threads.com", "https://threads.net")


def embed(world: "World", call: Call) -> dict[str, Any]:
    url = call.params.get("url", "")
    if not url:
        raise invalid("The parameter url is required")
    width = call.params.get("maxwidth", "658")
    if not (width.isascii() and width.isdigit() and len(width) < 6 and 320 <= int(width) <= 658):
        raise invalid("Param maxwidth must be a number from 320 to 658")
    quotas.check(world.data, "oembed", "", call.now)
    base = next((host for host in (world.base_url, *_HOSTS) if url.startswith(host + "/")), None)
    found = _PATH.fullmatch(url.removeprefix(base).split("?")[0]) if base is not None else None
    code = found["code"] if found is not None else None
    post = next((item for item in world.published() if item.shortcode == code), None)
    if post is None or "allowlisted_country_codes" in post.params:
        raise Refusal("Invalid URL", 100, 2207047, title="Invalid URL", said="The URL is no public post of Threads.")
    quotas.spend(world.data, "oembed", "", call.now)
    name = world.data.accounts[post.user_id].username
    link = html.escape(world.view().permalink(post))
    markup = (
        f'<blockquote class="text-post-media" data-text-post-permalink="{link}" data-text-post-version="0">'
        f'<a href="{link}">{html.escape(post.text or "View on Threads")}</a> @{html.escape(name)}</blockquote>'
    )
    return {
        "version": "1.0",
        "type": "rich",
        "html": markup,
        "provider_name": "Threads",
        "provider_url": "https://www.threads.com/",
        "width": int(width),
    }


ROUTES = (OpenRoute("GET", "/oembed", embed, ("url", "maxwidth")),)
