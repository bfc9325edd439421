"""What a part says in the API's own words: the parameters of its container (docs/threads.md). Pure.

Defaults of publisher.yaml come in here and nowhere earlier. Objects are JSON inside their field, lists are joined by
commas, and what is not meant is not sent at all: `false` and nothing are the same to Threads.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from publisher.content.attached_text import AttachedText
from publisher.content.post import MediaItem, Part
from publisher.content.spoilers import ranges

Params = tuple[tuple[str, str], ...]
_OPTIONS = ("option_a", "option_b", "option_c", "option_d")


def part_params(part: Part, defaults: Mapping[str, Any]) -> Params:
    """Every parameter of the part's container that refers to nothing else, in the order in which it is printed."""
    part = with_defaults(part, defaults)
    alone = part.media[0] if len(part.media) == 1 else None
    values = (
        ("text", part.text),
        ("link_attachment", part.link),
        ("poll_attachment", _json(dict(zip(_OPTIONS, part.poll, strict=False)))),
        ("gif_attachment", _json({"gif_id": part.gif, "provider": "GIPHY"}) if part.gif else None),
        ("text_attachment", _json(_attached(part.attached_text)) if part.attached_text else None),
        ("text_entities", _json(_spoilers(part))),
        ("topic_tag", part.topic),
        ("reply_control", part.reply_control),
        ("enable_reply_approvals", _flag(part.reply_approvals)),
        ("allowlisted_country_codes", ",".join(part.countries)),
        ("location_id", part.location),
        ("is_ghost_post", _flag(part.ghost)),
        ("crossreshare_to_ig", _flag(part.share_to_instagram == "story")),
        ("crossreshare_to_ig_dark_mode", _flag(part.share_to_instagram == "dark")),
        # A carousel is hidden as a whole, so its parent says so for all (docs/threads.md, Carousels).
        ("is_spoiler_media", _flag(any(item.spoiler for item in part.media))),
    )
    return (*((key, value) for key, value in values if value), *(item_params(alone) if alone else ()))


def item_params(item: MediaItem) -> Params:
    """What is said of one picture or video by itself."""
    return (("alt_text", item.alt),) if item.alt else ()


def with_defaults(part: Part, defaults: Mapping[str, Any]) -> Part:
    """The part with what publisher.yaml says of every post, where its file says nothing.

    A ghost post takes none of it. Replies inside a chain keep who may reply, and the topic, of their root; where a post
    is shown is a promise for all of its parts.
    """
    if part.ghost or not defaults:
        return part
    given = {key: value for key, value in defaults.items() if not getattr(part, key) and key not in part.declined}
    if part.index > 1:
        given = {key: value for key, value in given.items() if key == "countries"}
    if "share_to_instagram" in given:
        given["share_to_instagram"] = {True: "story", "dark": "dark"}.get(given["share_to_instagram"])
    return replace(part, **given)


def _spoilers(part: Part) -> list[dict[str, Any]]:
    found = ranges(part.text or "", part.spoilers)
    return [{"entity_type": "SPOILER", "offset": piece.offset, "length": piece.length} for piece in found]


def _attached(attached: AttachedText) -> dict[str, Any]:
    styled = [
        {"offset": piece.offset, "length": piece.length, "styling_info": list(piece.styles)}
        for piece in attached.styled
    ]
    facts = {"plaintext": attached.text, "link_attachment_url": attached.link, "text_with_styling_info": styled}
    return {key: value for key, value in facts.items() if value}


def _json(value: dict[str, Any] | list[Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


def _flag(value: bool) -> str:
    return "true" if value else ""
