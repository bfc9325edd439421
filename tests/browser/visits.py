"""Every page that the sandbox shows to people, by name, and how a browser is brought there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from publisher.sandbox.serve import Sandbox

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SMALLEST, PHONE, DESKTOP = 320, 390, 1280
SCHEMES = ("light", "dark")
_WISH = {
    "client_id": "4711",
    "redirect_uri": f"http://127.0.0.1:9/{'a-long-way-back/' * 8}",
    "response_type": "code",
    "scope": "threads_basic,threads_content_publish,threads_manage_replies,threads_share_to_instagram",
    "state": "s",
}
# How the text of a post begins that has a page of its own here.
POSTS = {
    "chain": "How we stopped",
    "approvals": "Questions?",
    "quotes": "Quoting ourselves",
    "spoiler": "The killer",
    "poll": "أي",
    "ghost": "This will be gone",
    "both directions": "Two languages",
    "clusters": "One letter",
    "veiled carousel": "Seen, and counted",
    "long text": "The long story",
    "hostile": "<script>",
}
PAGES = (
    *("feed", "profile of another", "empty feed", "consent", "consent refused", "missing post", "missing profile"),
    *(f"post: {name}" for name in POSTS),
)

REFUSED = ("consent refused", "missing post", "missing profile")  # answered by another status than 200


def permalink(gallery: Sandbox, words: str) -> str:
    """Where the post is shown that begins so."""
    posts = gallery.world.data.posts.values()
    found = next(post for post in posts if post.text and post.text.startswith(words))
    return gallery.world.view().permalink(found)


def address(page: str, gallery: Sandbox) -> str:
    """The URL of one of `PAGES`."""
    if page.startswith("post: "):
        return permalink(gallery, POSTS[page.removeprefix("post: ")])
    base = gallery.threads_api
    return {
        "feed": gallery.feed,
        "profile of another": f"{base}/@mira.codes",
        "empty feed": f"{base}/@nobody.yet",
        "consent": f"{base}/oauth/authorize?{urlencode(_WISH)}",
        "consent refused": f"{base}/oauth/authorize?client_id=4711",
        "missing post": f"{gallery.feed}/post/nothing",
        "missing profile": f"{base}/@nobody.ever",
    }[page]


def show(
    browser: "Chrome",
    url: str,
    width: int = DESKTOP,
    scheme: str = "light",
    *,
    scale: int = 1,
    features: Mapping[str, str] | None = None,
) -> None:
    """Open `url` in a window of `width` CSS pixels; `features`: more media features, such as `prefers-…`.

    What the console said and what was fetched before is forgotten.
    """
    resize(browser, width, scale)
    prefer(browser, {"prefers-color-scheme": scheme, **(features or {})})
    log(browser, "browser")
    log(browser, "performance")
    browser.get(url)


def resize(browser: "Chrome", width: int, scale: int = 1) -> None:
    """A window of `width` CSS pixels, each of `scale` x `scale` dots."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": scale, "mobile": width <= PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def prefer(browser: "Chrome", features: Mapping[str, str]) -> None:
    """What the person prefers, by the names of the media features; all else as browsers have it."""
    media = [{"name": name, "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})


def log(browser: "Chrome", kind: str) -> list[dict[str, Any]]:
    """What was logged since this was asked last; `kind`: "browser" (the console) or "performance"."""
    entries: list[dict[str, Any]] = browser.get_log(kind)  # type: ignore[no-untyped-call]
    return entries
