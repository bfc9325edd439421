"""Parameters that are JSON inside a form field: poll, GIF, text attachment, spoilers (docs/threads.md). Pure."""

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from publisher.sandbox.answers import invalid
from publisher.sandbox.text import is_text

STYLES = ("bold", "italic", "highlight", "underline", "strikethrough")
OPTIONS = ("option_a", "option_b", "option_c", "option_d")


def parsed(params: Mapping[str, str], name: str) -> Any:
    """The JSON of a parameter; None where there is none. Raises the refusal for what is no JSON."""
    try:
        return _document(params.get(name) or "null")
    except (ValueError, RecursionError):
        raise invalid(f"Param {name} must be valid JSON") from None


def _document(text: str) -> Any:
    """JSON whose words are text: half of a surrogate pair could be neither shown nor stored. Raises ValueError."""
    document = json.loads(text)
    if "\\u" in text and not is_text(json.dumps(document, ensure_ascii=False)):
        raise ValueError("half of a surrogate pair")
    return document


def poll(params: Mapping[str, str]) -> dict[str, str] | None:
    """The poll's options, or None for one of the wrong shape: Threads drops that without a word."""
    try:
        document = _document(params.get("poll_attachment") or "null")
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or "option_a" not in document or "option_b" not in document:
        return None
    options = {key: document[key] for key in OPTIONS if key in document}
    return options if all(isinstance(value, str) for value in options.values()) else None


def check_poll(params: dict[str, str], *, strict: bool) -> None:
    """Drops a malformed poll from `params`, or refuses it when strict."""
    if not params.get("poll_attachment"):
        return
    options = poll(params)
    if options is None:
        if strict:
            raise invalid("Param poll_attachment must be an object with option_a and option_b")
        del params["poll_attachment"]
        return
    if not all(1 <= len(option) <= 25 for option in options.values()):
        raise invalid("Param poll_attachment: an option must have 1 to 25 characters")
    if strict and "option_d" in options and "option_c" not in options:
        raise invalid("Param poll_attachment: option_d goes with option_c only")


def check_gif(params: Mapping[str, str]) -> None:
    if not params.get("gif_attachment"):
        return
    gif = parsed(params, "gif_attachment")
    if not isinstance(gif, dict) or not isinstance(gif.get("gif_id"), str) or not gif["gif_id"]:
        raise invalid("Param gif_attachment must be an object with gif_id and provider")
    if gif.get("provider") != "GIPHY":
        raise invalid("Param gif_attachment[provider] must be one of {GIPHY}")


def check_text_attachment(params: Mapping[str, str], *, strict: bool) -> None:
    if not params.get("text_attachment"):
        return
    attachment = parsed(params, "text_attachment")
    plain = attachment.get("plaintext") if isinstance(attachment, dict) else None
    if not isinstance(plain, str) or not plain:
        raise invalid("The parameter text_attachment[plaintext] is required")
    if len(plain) > 10_000:
        raise invalid("Param text_attachment[plaintext] must be at most 10000 characters long.")
    if attachment.get("link_attachment_url") and params.get("link_attachment"):
        raise invalid("Invalid parameter: link_attachment_url does not go with link_attachment")
    styles = attachment.get("text_with_styling_info") or []
    found = _ranges(styles, "text_attachment[text_with_styling_info]", _units(plain) if strict else None)
    if any(first[0] + first[1] > second[0] for first, second in pairwise(sorted(found))):
        raise invalid("Invalid parameter: ranges of text_with_styling_info overlap")
    for item in styles:
        names = item.get("styling_info")
        if not isinstance(names, list) or not names or any(name not in STYLES for name in names):
            raise invalid(f"Param styling_info must be one of {{{', '.join(STYLES)}}}")


def check_text_entities(params: Mapping[str, str], *, strict: bool) -> None:
    if not params.get("text_entities"):
        return
    entities = parsed(params, "text_entities")
    _ranges(entities, "text_entities", _units(params.get("text", "")) if strict else None)
    if len(entities) > 10:
        raise invalid("Param text_entities must have at most 10 items")
    if any(str(item.get("entity_type")).upper() != "SPOILER" for item in entities):
        raise invalid("Param text_entities[entity_type] must be one of {SPOILER}")


def attached_link(params: Mapping[str, str]) -> str | None:
    """The link of a text attachment, if it has one."""
    attachment = parsed(params, "text_attachment")
    link = attachment.get("link_attachment_url") if isinstance(attachment, dict) else None
    return link if isinstance(link, str) and link else None


def spoilers(params: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """The text entities, as they are read back."""
    entities = parsed(params, "text_entities")
    if not entities:
        return None
    return [
        {"entity_type": "SPOILER", "offset": int(item["offset"]), "length": int(item["length"])} for item in entities
    ]


def _ranges(items: Any, name: str, end: int | None) -> list[tuple[int, int]]:
    """(offset, length) of each; numbers may be strings, as Meta's own sample sends them."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise invalid(f"Param {name} must be a list of objects")
    found = []
    for item in items:
        offset, length = _number(item.get("offset")), _number(item.get("length"))
        if offset is None or length is None or length < 1:
            raise invalid(f"Param {name}: offset must be at least 0 and length at least 1")
        if end is not None and offset + length > end:
            raise invalid(f"Param {name}: a range ends beyond the text")
        found.append((offset, length))
    return found


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _units(text: str) -> int:
    """Length in UTF-16 code units, the working assumption for offsets (docs/threads.md, Text)."""
    return len(text.encode("utf-16-le")) // 2
