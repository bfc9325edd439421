"""What a part of a post says, as four tellers tell it: its file, the plan, the sandbox's feed, and a client reading it.

Each teller is read by itself, the file by stock YAML and by a Markdown reader of twenty lines: what they have in common
is only the form in which they are compared.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from publisher.threads_api import Media

# A part: text, media as (kind, alt) and what each shows, link, poll, … ; a reference is the id of a post.
Told = dict[str, Any]

_STYLES = {"**": "bold", "_": "italic", "==": "highlight", "~~": "strikethrough", "<u>": "underline"}


def by_file(file: Path) -> list[Told]:
    """The parts as their author wrote them."""
    written = yaml.safe_load(file.read_bytes())
    return [_by_mapping(part, file.parent) for part in (written, *written.get("thread", ()))]


def _by_mapping(part: Mapping[str, Any], folder: Path) -> Told:
    media = part.get("media", ())
    return _without_nothing({
        "text": part.get("text"),
        "media": [(_kind(item["file"]), item.get("alt")) for item in media],
        "shown": [shown((folder / item["file"]).read_bytes()) for item in media],
        "hidden": any(item.get("spoiler") for item in media),
        "link": part.get("link"),
        "poll": part.get("poll"),
        "gif": part.get("gif"),
        "attached": _attached(part["attached_text"], folder) if "attached_text" in part else None,
        "spoilers": sorted(_range(part["text"], piece) for piece in part.get("spoilers", ())),
        "topic": part.get("topic"),
        "quote": _stem(part.get("quote")),
        "reply_to": _stem(part.get("reply_to")),
        "repost": _stem(part.get("repost")),
        "reply_control": part.get("reply_control", "everyone"),
        "countries": part.get("countries"),
        "location": part.get("location"),
        "ghost": part.get("ghost"),
    })  # fmt: skip


def by_plan(part: Mapping[str, Any], media: Mapping[str, str]) -> Told:
    """A part of `plan --format json`. `media`: SHA-256 of a file -> what it shows."""
    attached = part["attached_text"]
    return _without_nothing({
        **{key: part[key] for key in ("text", "link", "poll", "gif", "topic", "countries", "location", "ghost")},
        "media": [(item["kind"], item["alt"]) for item in part["media"]],
        "shown": [media[item["sha256"]] for item in part["media"]],
        "hidden": any(item["spoiler"] for item in part["media"]),
        "attached": attached and (
            attached["text"],
            attached["link"],
            [(piece["offset"], piece["length"], *piece["styles"]) for piece in attached["styled"]],
        ),
        "spoilers": [(piece["offset"], piece["length"]) for piece in part["spoilers"]],
        **{key: _stem(part[key]) for key in ("quote", "reply_to", "repost")},
        "reply_control": part["reply_control"] or "everyone",
    })  # fmt: skip


def by_feed(live: Mapping[str, Any], fetch: Callable[[str], bytes], names: Mapping[str, str]) -> Told:
    """A post of the sandbox's feed. `names`: media id -> the post whose first part it is."""
    attached = live.get("text_attachment")
    items = live["children"]["data"] if "children" in live else [live] if "media_url" in live else []
    poll = live.get("poll_attachment", {})
    return _without_nothing({
        "text": live.get("text"),
        "media": [(item["media_type"].lower(), item.get("alt_text")) for item in items],
        "shown": [shown(fetch(item["media_url"])) for item in items],
        "hidden": live.get("is_spoiler_media"),
        "link": live.get("link_attachment_url"),
        "poll": [poll[key] for key in ("option_a", "option_b", "option_c", "option_d") if key in poll],
        "gif": _gif(live.get("gif_url")),
        "attached": attached and (
            attached["plaintext"],
            attached["link_attachment_url"],
            [(item["offset"], item["length"], *item["styling_info"]) for item in attached["text_with_styling_info"]],
        ),
        "spoilers": [(piece["offset"], piece["length"]) for piece in live.get("text_entities", {"data": ()})["data"]],
        "topic": live.get("topic_tag"),
        "quote": names.get(live.get("quoted_post", {}).get("id")),
        "reply_to": names.get(live["reply_to_id"]),
        "repost": names.get(live.get("reposted_post", {}).get("id")),
        "reply_control": live["reply_audience"].lower(),
        "countries": live.get("allowlisted_country_codes"),
        "location": live.get("location_id"),
        "ghost": "ghost_post_status" in live,
    })  # fmt: skip


def by_client(media: Media, fetch: Callable[[str], bytes], names: Mapping[str, str]) -> Told:
    """A post as a client reads it back, with all its fields."""
    attached = media.text_attachment
    items = media.carousel or ((media,) if media.media_url is not None else ())
    return _without_nothing({
        "text": media.text,
        "media": [(str(item.media_type).lower(), item.alt_text) for item in items],
        "shown": [shown(fetch(str(item.media_url))) for item in items],
        "hidden": media.is_spoiler_media,
        "link": media.link_attachment_url,
        "poll": [option.text for option in media.poll_attachment.options] if media.poll_attachment else None,
        "gif": _gif(media.gif_url),
        "attached": attached and (
            attached.plaintext,
            attached.link_attachment_url,
            [(piece.offset, piece.length, *piece.styles) for piece in attached.styling],
        ),
        "spoilers": [(piece.offset, piece.length) for piece in media.text_entities],
        "topic": media.topic_tag,
        "quote": names.get(media.quoted_post or ""),
        "reply_to": names.get(media.replied_to or ""),
        "repost": names.get(media.reposted_post or ""),
        "reply_control": str(media.reply_audience).lower(),
        "countries": list(media.allowlisted_country_codes),
        "location": media.location_id,
        "ghost": media.ghost_post_status is not None,
    })  # fmt: skip


def _without_nothing(told: Told) -> Told:
    """What is not there, and what is false, is the same to all of them."""
    return {key: value for key, value in told.items() if value}


def _attached(written: Mapping[str, str], folder: Path) -> tuple[str, str | None, list[tuple[int, int, str]]]:
    """Plain text and styled ranges, none of which stands inside another in what we read here."""
    source = (folder / written["file"]).read_text("utf-8").rstrip() if "file" in written else written["text"]
    plain, styled, begun = "", [], None
    for piece in re.split(r"(\*\*|==|~~|</?u>|(?<!\w)_|_(?!\w))", source):
        style = _STYLES.get(piece.replace("/", ""))
        if style is None:
            plain += piece
        elif begun is None:
            begun = _units(plain)
        else:
            styled.append((begun, _units(plain) - begun, style))
            begun = None
    return plain, written.get("link"), styled


def _range(text: str, piece: str) -> tuple[int, int]:
    assert text.count(piece) == 1, piece
    return _units(text[: text.index(piece)]), _units(piece)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _kind(file: str) -> str:
    return "video" if file.endswith((".mp4", ".mov")) else "image"


def _gif(url: str | None) -> str | None:
    return url.split("/")[-2] if url else None


def _stem(reference: str | None) -> str | None:
    return reference.removesuffix(".yaml") if reference else None


def shown(data: bytes) -> str:
    """A digest of what is seen: the pixels of a picture, the frames of a video.

    A picture may leave in a file of another make, and a video without the words about who filmed it where.
    """
    if data[4:8] == b"ftyp":
        start = data.index(b"mdat")
        return hashlib.sha256(data[start : start - 4 + int.from_bytes(data[start - 4 : start])]).hexdigest()
    with Image.open(BytesIO(data)) as picture:
        return hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()
