"""What Threads refuses when a container is made (docs/threads.md). Pure.

Where Meta is silent the answer is `Invalid parameter`; what nobody has documented is let through unless the world is
strict.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from publisher.sandbox import attachments, text
from publisher.sandbox.answers import Refusal, invalid
from publisher.sandbox.countries import COUNTRIES
from publisher.sandbox.values import Settings

MEDIA_TYPES = ("TEXT", "IMAGE", "VIDEO", "CAROUSEL")
REPLY_CONTROLS = ("everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only")
PARAMS = (
    *("media_type", "text", "image_url", "video_url", "is_carousel_item", "children", "reply_to_id", "reply_control"),
    *("allowlisted_country_codes", "alt_text", "link_attachment", "quote_post_id", "poll_attachment"),
    *("auto_publish_text", "topic_tag", "is_spoiler_media", "text_entities", "text_attachment", "gif_attachment"),
    *("is_ghost_post", "enable_reply_approvals", "crossreshare_to_ig", "crossreshare_to_ig_dark_mode", "location_id"),
)
_BOOLEANS = (
    *("is_carousel_item", "auto_publish_text", "is_spoiler_media", "is_ghost_post", "enable_reply_approvals"),
    *("crossreshare_to_ig", "crossreshare_to_ig_dark_mode"),
)
_TEXT_ONLY = (
    *("poll_attachment", "gif_attachment", "link_attachment", "text_attachment", "is_ghost_post"),
    "auto_publish_text",
)
_MEDIA_ONLY = ("alt_text", "is_spoiler_media")
_ILLEGAL_PAIRS = (
    ("poll_attachment", "text_attachment"),
    ("poll_attachment", "link_attachment"),
)
_UNDOCUMENTED_PAIRS = (
    ("gif_attachment", "poll_attachment"),
    ("gif_attachment", "link_attachment"),
    ("gif_attachment", "text_attachment"),
    ("quote_post_id", "poll_attachment"),
    ("quote_post_id", "gif_attachment"),
    ("quote_post_id", "text_attachment"),
)
_GHOST_TAKES = {"media_type", "text", "text_entities", "is_ghost_post", "auto_publish_text"}


def accepted(params: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The parameters as the container keeps them. Raises the refusal that Threads answers them with."""
    kept = _normalised(params, strict=settings.strict)
    kind = kept["media_type"]
    attachments.check_poll(kept, strict=settings.strict)
    _check_text(kept, kind, settings.text_count)
    _check_links(kept)
    _check_combinations(kept, kind, strict=settings.strict)
    _check_ghost(kept)
    attachments.check_gif(kept)
    attachments.check_text_attachment(kept, strict=settings.strict)
    attachments.check_text_entities(kept, strict=settings.strict)
    _check_values(kept)
    return kept


def _normalised(params: Mapping[str, str], *, strict: bool) -> dict[str, str]:
    """Empty values, `false` and what means nothing left out; the media type in capitals."""
    if strict and (unknown := next((key for key in params if key not in PARAMS), None)):
        raise invalid(f"Unknown parameter: {unknown}")
    kept = {key: value for key, value in params.items() if value != "" and key in PARAMS}
    for name in _BOOLEANS:
        if (value := kept.pop(name, "false").lower()) not in ("true", "false"):
            raise invalid(f"Param {name} must be a boolean")
        if value == "true":
            kept[name] = "true"
    kind = kept.get("media_type", "").upper()
    if not kind and "is_carousel_item" in kept:
        # One of Meta's own examples leaves it out for items of a carousel.
        kind = "VIDEO" if "video_url" in kept else "IMAGE"
    if kind not in MEDIA_TYPES:
        raise invalid("Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}")
    if kind != "CAROUSEL":
        kept.pop("children", None)  # means nothing to the others
    return {**kept, "media_type": kind}


def _check_text(params: Mapping[str, str], kind: str, text_count: str) -> None:
    words = params.get("text", "")
    if kind == "TEXT" and not words:
        raise invalid("The parameter text is required")
    if text.counted(words, text_count) > 500:
        raise invalid("Param text must be at most 500 characters long.")


def _check_links(params: Mapping[str, str]) -> None:
    """Unique links of the text, and the link card when it is none of them."""
    found = text.links(params.get("text", ""))
    found |= {link for link in (params.get("link_attachment"), attachments.attached_link(params)) if link}
    if len(found) > 5:
        raise Refusal("THREADS_API__LINK_LIMIT_EXCEEDED: a post holds at most 5 links", 100)


def _check_combinations(params: Mapping[str, str], kind: str, *, strict: bool) -> None:
    if kind != "TEXT" and (named := next((key for key in _TEXT_ONLY if key in params), None)):
        raise invalid(f"Invalid parameter: {named} goes with media_type TEXT only")
    if kind == "TEXT" and (named := next((key for key in _MEDIA_ONLY if key in params), None)):
        raise invalid(f"Invalid parameter: {named} does not go with media_type TEXT")
    if kind in ("TEXT", "CAROUSEL") and "is_carousel_item" in params:
        raise invalid("Invalid parameter: is_carousel_item goes with media_type IMAGE or VIDEO only")
    for first, second in (*_ILLEGAL_PAIRS, *(_UNDOCUMENTED_PAIRS if strict else ())):
        if first in params and second in params:
            raise invalid(f"Invalid parameter: {first} does not go with {second}")


def _check_ghost(params: Mapping[str, str]) -> None:
    if "is_ghost_post" in params and (named := next((key for key in params if key not in _GHOST_TAKES), None)):
        raise invalid(f"Invalid parameter: {named} does not go with is_ghost_post")


def _check_values(params: Mapping[str, str]) -> None:
    if len(params.get("alt_text", "")) > 1000:
        raise invalid("Param alt_text must be at most 1000 characters long.")
    topic = params.get("topic_tag")
    if topic is not None and (len(topic) > 50 or re.search(r"[.&\n\t]", topic)):
        raise invalid("Param topic_tag must have 1 to 50 characters and no period or ampersand")
    if params.get("reply_control", "everyone") not in REPLY_CONTROLS:
        raise invalid(f"Param reply_control must be one of {{{', '.join(REPLY_CONTROLS)}}}")
    for name in ("image_url", "video_url", "link_attachment"):
        if name in params and not _is_web_address(params[name]):
            raise invalid(f"Param {name} is not a valid URI.")
    codes = params.get("allowlisted_country_codes", "").split(",") if "allowlisted_country_codes" in params else []
    if any(code.strip().upper() not in COUNTRIES for code in codes):
        raise Refusal("THREADS_API__GEO_GATING_INVALID_COUNTRY_CODES", 100)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
