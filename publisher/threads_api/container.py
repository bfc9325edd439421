"""What a container is made of: typed options in, Meta's parameters out. Pure.

Every option is a parameter of `POST /{user}/threads` and has its name; objects become JSON within the form field,
lists are joined by commas, booleans are lower case.
Source: https://developers.facebook.com/docs/threads/reference/publishing
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, get_type_hints

from publisher.threads_api.call import yes_or_no
from publisher.threads_api.errors import InvalidParameter


@dataclass(frozen=True, slots=True)
class Poll:
    """2 to 4 options of 1 to 25 characters. How long it runs is Threads' choice."""

    options: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        # Threads drops a poll of another shape without a word, so the names are made here and nowhere else.
        return {f"option_{letter}": option for letter, option in zip("abcd", self.options, strict=False)}


@dataclass(frozen=True, slots=True)
class Gif:
    gif_id: str  # as GIPHY's API gives it
    provider: str = "GIPHY"

    def as_json(self) -> dict[str, object]:
        return {"gif_id": self.gif_id, "provider": self.provider}


@dataclass(frozen=True, slots=True)
class TextEntity:
    """A spoiler within the text. Offset and length count UTF-16 units, as Meta's own sample does."""

    offset: int
    length: int
    entity_type: str = "SPOILER"

    @classmethod
    def covering(cls, part: str, text: str) -> "TextEntity":
        """The spoiler over the first `part` of `text`. Raises ValueError when it is not in it."""
        start = text.index(part)
        return cls(utf16_length(text[:start]), utf16_length(part))

    def as_json(self) -> dict[str, object]:
        return {"entity_type": self.entity_type, "offset": self.offset, "length": self.length}


@dataclass(frozen=True, slots=True)
class StyledRange:
    """A stretch of an attached text and its styles; units as in `TextEntity`."""

    offset: int
    length: int
    styles: tuple[str, ...]  # see `TextStyle`

    def as_json(self) -> dict[str, object]:
        return {"offset": self.offset, "length": self.length, "styling_info": [str(style) for style in self.styles]}


@dataclass(frozen=True, slots=True)
class TextAttachment:
    """A long text, up to 10,000 characters, folded under the post."""

    plaintext: str
    link_attachment_url: str | None = None
    styling: tuple[StyledRange, ...] = ()

    def as_json(self) -> dict[str, object]:
        document: dict[str, object] = {"plaintext": self.plaintext}
        if self.link_attachment_url is not None:
            document["link_attachment_url"] = self.link_attachment_url
        if self.styling:
            document["text_with_styling_info"] = [styled.as_json() for styled in self.styling]
        return document


class PostOptions(TypedDict, total=False):
    """Parameters of a post as a whole. None is the same as absent."""

    reply_to_id: str | None  # a media id, never a container id
    reply_control: str | None  # see `ReplyControl`
    quote_post_id: str | None
    link_attachment: str | None  # URL of the card; text posts only
    poll_attachment: Poll | None  # text posts only
    gif_attachment: Gif | None  # text posts only
    text_attachment: TextAttachment | None  # text posts only
    text_entities: Sequence[TextEntity] | None  # spoilers, at most 10
    topic_tag: str | None  # 1 to 50 characters, without #
    is_spoiler_media: bool | None
    is_ghost_post: bool | None  # archived after 24 hours; text only, no reply
    enable_reply_approvals: bool | None
    allowlisted_country_codes: Sequence[str] | None  # ISO 3166-1 alpha-2
    location_id: str | None  # from `client.locations.search`
    crossreshare_to_ig: bool | None
    crossreshare_to_ig_dark_mode: bool | None


class ContainerOptions(PostOptions, total=False):
    """Every parameter of `POST /{user}/threads`."""

    media_type: str | None  # TEXT, IMAGE, VIDEO, CAROUSEL; inferred when absent
    text: str | None  # at most 500 characters
    image_url: str | None  # fetched by Threads when the container is made
    video_url: str | None  # fetched by Threads afterwards
    is_carousel_item: bool | None
    children: Sequence[str] | None  # 2 to 20 container ids, in order
    alt_text: str | None  # at most 1,000 characters; pictures, videos and carousel items
    auto_publish_text: bool | None  # goes live at once: see `PublishingResource.create_container`


def media_type_of(options: ContainerOptions) -> str:
    """The media type that is named, or the one that the rest implies."""
    named = options.get("media_type")
    if named:
        return str(named).upper()
    if options.get("children") is not None:
        return "CAROUSEL"
    if options.get("video_url"):
        return "VIDEO"
    return "IMAGE" if options.get("image_url") else "TEXT"


def params_of(options: ContainerOptions) -> dict[str, str]:
    """The options in Meta's spelling, ready to be sent. Raises `InvalidParameter` for a name that Threads has not."""
    given: Mapping[str, object] = {**options, "media_type": media_type_of(options)}
    if unknown := next((name for name in given if name not in SPELLINGS), None):
        raise InvalidParameter(f"`{unknown}` is no parameter of a container")
    return {name: SPELLINGS[name](value) for name, value in given.items() if value is not None}


def _json(value: object) -> str:
    document = [item.as_json() for item in value] if isinstance(value, list | tuple) else value.as_json()  # type: ignore[attr-defined]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _commas(value: object) -> str:
    return ",".join(str(item) for item in value)  # type: ignore[attr-defined]


def _boolean(value: object) -> str:
    return yes_or_no(bool(value))


_OBJECTS = {"poll_attachment", "gif_attachment", "text_attachment", "text_entities"}
_LISTS = {"children", "allowlisted_country_codes"}
_BOOLEANS = {
    "auto_publish_text",
    "crossreshare_to_ig",
    "crossreshare_to_ig_dark_mode",
    "enable_reply_approvals",
    "is_carousel_item",
    "is_ghost_post",
    "is_spoiler_media",
}


def _spelling(name: str) -> Callable[[object], str]:
    if name in _OBJECTS:
        return _json
    if name in _LISTS:
        return _commas
    return _boolean if name in _BOOLEANS else str


SPELLINGS: Mapping[str, Callable[[object], str]] = {name: _spelling(name) for name in get_type_hints(ContainerOptions)}


def utf16_length(text: str) -> int:
    """Length in UTF-16 units: characters beyond the basic plane count two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
