"""What Threads refuses when a container is made (threads-api: 2.9, 3, 4). Pure."""

import json
import re
import unicodedata
from urllib.parse import urlsplit

from publisher.sandbox.answers import Refusal, invalid

MEDIA_TYPES = ("TEXT", "IMAGE", "VIDEO", "CAROUSEL")
REPLY_CONTROLS = (
    "everyone",
    "accounts_you_follow",
    "mentioned_only",
    "parent_post_author_only",
    "followers_only",
)
_TEXT_ONLY = ("poll_attachment", "gif_attachment", "link_attachment", "text_attachment", "is_ghost_post")
_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"']+", re.IGNORECASE)


def check(params: dict[str, str], *, text_count: str) -> None:
    """Raise the refusal that Threads answers these parameters with, if any."""
    kind = params.get("media_type", "")
    if kind not in MEDIA_TYPES:
        raise invalid("Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}")
    text = params.get("text", "")
    if kind == "TEXT" and not text:
        raise invalid("The parameter text is required")
    if counted(text, text_count) > 500:
        raise invalid("Param text must be at most 500 characters long.")
    if links(params) > 5:
        raise Refusal("THREADS_API__LINK_LIMIT_EXCEEDED: a post holds at most 5 links", 100)
    if kind != "TEXT" and (named := next((key for key in _TEXT_ONLY if params.get(key)), None)):
        raise invalid(f"Invalid parameter: {named} goes with media_type TEXT only")
    if kind == "TEXT" and params.get("alt_text"):
        raise invalid("Invalid parameter: alt_text does not go with media_type TEXT")
    if len(params.get("alt_text", "")) > 1000:
        raise invalid("Param alt_text must be at most 1000 characters long.")
    _check_topic(params.get("topic_tag"))
    if params.get("reply_control") and params["reply_control"] not in REPLY_CONTROLS:
        raise invalid(f"Param reply_control must be one of {{{', '.join(REPLY_CONTROLS)}}}")
    for name in ("image_url", "video_url", "link_attachment"):
        if params.get(name) and urlsplit(params[name]).scheme not in ("http", "https"):
            raise invalid(f"Param {name} is not a valid URI.")
    _check_ghost(params)


def _check_topic(topic: str | None) -> None:
    if topic is not None and (not 1 <= len(topic) <= 50 or re.search(r"[.&\n\t]", topic)):
        raise invalid("Param topic_tag must have 1 to 50 characters and no period or ampersand")


def _check_ghost(params: dict[str, str]) -> None:
    if params.get("is_ghost_post") != "true":
        return
    allowed = {"media_type", "text", "text_entities", "is_ghost_post"}
    if named := next((key for key, value in params.items() if value and key not in allowed), None):
        raise invalid(f"Invalid parameter: {named} does not go with is_ghost_post")


def counted(text: str, way: str) -> int:
    """The length of a text as the chosen reading counts it (threads-api: 3.1)."""
    if way == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    if way == "code_points" or text.isascii():
        return len(text)
    import regex

    return sum(_cost(cluster) for cluster in regex.findall(r"\X", text))


def _cost(cluster: str) -> int:
    import regex

    if regex.search(r"[\uFE0F\u20E3\p{Regional_Indicator}\p{Emoji_Presentation}]", cluster):
        return len(cluster.encode("utf-8", "surrogatepass"))
    return 1


def links(params: dict[str, str]) -> int:
    """Unique links of the text, and the link card when it is none of them."""
    found = {link.rstrip(".,;:!?)") for link in _LINK.findall(params.get("text", ""))}
    if params.get("link_attachment"):
        found.add(params["link_attachment"])
    return len(found)


def poll(params: dict[str, str]) -> dict[str, str] | None:
    """The poll, or None for one of the wrong shape: Threads drops that without a word."""
    try:
        document = json.loads(params.get("poll_attachment") or "null")
    except ValueError:
        return None
    if not isinstance(document, dict) or "option_a" not in document or "option_b" not in document:
        return None
    options = {key: document[key] for key in ("option_a", "option_b", "option_c", "option_d") if key in document}
    if any(not isinstance(value, str) or not 1 <= len(value) <= 25 for value in options.values()):
        raise invalid("Param poll_attachment: an option must have 1 to 25 characters")
    return options


def tag_of(params: dict[str, str]) -> str | None:
    """The topic: the parameter, else the first tag of the text."""
    if params.get("topic_tag"):
        return params["topic_tag"]
    for found in re.finditer(r"#([^\s.&@!?,;:#]{1,50})", unicodedata.normalize("NFC", params.get("text", ""))):
        if not found.group(1).isdigit():
            return found.group(1)
    return None
