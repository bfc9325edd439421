"""Combinations that Threads certainly refuses, refused before anything is sent. Pure.

Only where Meta's documentation says so in words: what is undocumented is left to Threads. Each rule keeps the words
and the page they stand on. How long a text may be is not among them: Meta counts an emoji by its bytes, and how the
rest is counted is disputed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from publisher.threads_api.container import ContainerOptions, StyledRange, media_type_of
from publisher.threads_api.errors import InvalidParameter

_DOCS = "https://developers.facebook.com/docs/threads"
_REFERENCE = f"{_DOCS}/reference/publishing"
_TEXT_ONLY = (
    "link_attachment",
    "poll_attachment",
    "gif_attachment",
    "text_attachment",
    "is_ghost_post",
    "auto_publish_text",
)
# The pages disagree on whether an attachment can stand in for the text, so either is taken.
_TEXT_POST = ("text", "link_attachment", "text_attachment", "poll_attachment", "gif_attachment")
_WITH_GHOST = {"media_type", "text", "text_entities", "is_ghost_post", "auto_publish_text", "enable_reply_approvals"}


@dataclass(frozen=True, slots=True)
class Rule:
    """`broken` tells whether the options break it; `words` are what Meta says."""

    broken: Callable[[ContainerOptions], object]  # `media_type` is always there
    words: str
    source: str = _REFERENCE


RULES: tuple[Rule, ...] = (
    Rule(
        lambda o: o["media_type"] not in ("TEXT", "IMAGE", "VIDEO", "CAROUSEL"),
        "`media_type` is one of TEXT, IMAGE, VIDEO, CAROUSEL",
    ),
    Rule(
        lambda o: o["media_type"] == "TEXT" and not any(o.get(name) for name in _TEXT_POST),
        "a text post requires `text`",
    ),
    Rule(lambda o: o["media_type"] == "IMAGE" and not o.get("image_url"), "an IMAGE requires `image_url`"),
    Rule(lambda o: o["media_type"] == "VIDEO" and not o.get("video_url"), "a VIDEO requires `video_url`"),
    Rule(
        lambda o: (
            (bool(o.get("image_url")) and o["media_type"] != "IMAGE")
            or (bool(o.get("video_url")) and o["media_type"] != "VIDEO")
        ),
        "`image_url` goes with IMAGE only, `video_url` with VIDEO only",
    ),
    Rule(
        lambda o: o["media_type"] == "CAROUSEL" and not 2 <= len(o.get("children") or ()) <= 20,
        "a carousel has 2 to 20 children",
        f"{_DOCS}/posts",
    ),
    Rule(
        lambda o: o.get("children") and o["media_type"] != "CAROUSEL",
        "`children` go with CAROUSEL only",
        f"{_DOCS}/posts",
    ),
    Rule(
        lambda o: o.get("is_carousel_item") and o["media_type"] not in ("IMAGE", "VIDEO"),
        "a carousel item is an IMAGE or a VIDEO",
        f"{_DOCS}/posts",
    ),
    Rule(
        lambda o: o["media_type"] != "TEXT" and any(o.get(name) for name in _TEXT_ONLY),
        "`link_attachment`, `poll_attachment`, `gif_attachment`, `text_attachment`, `is_ghost_post` and "
        "`auto_publish_text` go with text posts only",
    ),
    Rule(
        lambda o: o.get("poll_attachment") and (o.get("text_attachment") or o.get("link_attachment")),
        "a poll cannot be combined with a text attachment or a link attachment",
        f"{_DOCS}/create-posts/polls",
    ),
    Rule(
        lambda o: (poll := o.get("poll_attachment")) and not 2 <= len(poll.options) <= 4,
        "a poll has 2 to 4 options",
        f"{_DOCS}/create-posts/polls",
    ),
    Rule(
        lambda o: (poll := o.get("poll_attachment")) and not all(1 <= len(each) <= 25 for each in poll.options),
        "a poll option has 1 to 25 characters",
        f"{_DOCS}/create-posts/polls",
    ),
    Rule(
        lambda o: (gif := o.get("gif_attachment")) and gif.provider != "GIPHY",
        "the provider of a GIF is GIPHY; TENOR ended on 2026-03-31",
    ),
    Rule(
        lambda o: (long := o.get("text_attachment")) and o.get("link_attachment") and long.link_attachment_url,
        "the link is given once: as `link_attachment` or within `text_attachment`",
        f"{_DOCS}/create-posts/text-attachments",
    ),
    Rule(
        lambda o: (long := o.get("text_attachment")) and not 1 <= len(long.plaintext) <= 10_000,
        "an attached text has 1 to 10,000 characters",
        f"{_DOCS}/create-posts/text-attachments",
    ),
    Rule(
        lambda o: (long := o.get("text_attachment")) and _overlap(long.styling),
        "styled ranges must not overlap",
        f"{_DOCS}/create-posts/text-attachments",
    ),
    Rule(
        lambda o: len(o.get("text_entities") or ()) > 10,
        "a post has at most 10 text spoilers",
        f"{_DOCS}/create-posts/spoilers",
    ),
    Rule(
        lambda o: any(item.offset < 0 or item.length < 1 for item in o.get("text_entities") or ()),
        "a spoiler begins at 0 or later and is at least 1 long",
        f"{_DOCS}/create-posts/spoilers",
    ),
    Rule(
        lambda o: o.get("is_spoiler_media") and o["media_type"] == "TEXT",
        "`is_spoiler_media` goes with IMAGE, VIDEO and CAROUSEL only",
        f"{_DOCS}/create-posts/spoilers",
    ),
    Rule(
        lambda o: o.get("alt_text") is not None and o["media_type"] == "TEXT",
        "`alt_text` describes a picture or a video; a text post has none",
        f"{_DOCS}/posts/accessibility",
    ),
    Rule(
        lambda o: len(o.get("alt_text") or "") > 1000,
        "`alt_text` has at most 1,000 characters",
        f"{_DOCS}/posts/accessibility",
    ),
    Rule(
        lambda o: o.get("is_ghost_post") and any(_given(o, name) for name in o if name not in _WITH_GHOST),
        "a ghost post has text and text spoilers, nothing else, and is no reply",
        f"{_DOCS}/create-posts/ghost-posts",
    ),
    Rule(
        lambda o: o.get("is_ghost_post") and o.get("enable_reply_approvals"),
        "reply approvals cannot be enabled on a ghost post",
        f"{_DOCS}/create-posts/ghost-posts",
    ),
    Rule(
        lambda o: (
            (tag := o.get("topic_tag")) is not None
            and (not 1 <= len(tag) <= 50 or any(character in tag for character in ".&"))
        ),
        "a topic tag has 1 to 50 characters, none of them . or &",
        f"{_DOCS}/posts",
    ),
)


def broken_rules(options: ContainerOptions) -> Iterator[Rule]:
    """Every rule that the options break."""
    whole: ContainerOptions = {**options, "media_type": media_type_of(options)}
    return (rule for rule in RULES if rule.broken(whole))


def check(options: ContainerOptions) -> None:
    """Raises `InvalidParameter` with Meta's words for everything that is wrong, and where they stand."""
    if broken := list(broken_rules(options)):
        raise InvalidParameter("; ".join(f"{rule.words} ({rule.source})" for rule in broken))


def _given(options: ContainerOptions, name: str) -> bool:
    value = options.get(name)
    return value is not None and value is not False


def _overlap(styling: tuple[StyledRange, ...]) -> bool:
    ranges = sorted((item.offset, item.offset + item.length) for item in styling)
    return any(end > start for (_, end), (start, _) in pairwise(ranges))
