"""A post: a post file that needs no further checking.

Everything here is what the file itself says. Defaults of publisher.yaml are applied when actions are made, so that
changing one edits no published post; that is why the fingerprint is taken from these values alone.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from publisher.content import text_rules
from publisher.content.attached_text import AttachedText
from publisher.content.findings import START, Place
from publisher.content.fingerprint import fingerprint

IfLate = Literal["hold", "publish", "skip"]


class Kind(StrEnum):
    """What Threads will show. Inferred, never written by the author."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    CAROUSEL = "carousel"
    CHAIN = "chain"
    REPOST = "repost"


@dataclass(frozen=True, slots=True)
class MediaItem:
    """One picture or video: a file of the repository, or a URL that Threads fetches itself."""

    kind: Literal["image", "video"]
    file: str | None  # from the repository's root, with "/": "posts/cat.jpg"
    url: str | None
    alt: str | None  # None only when decorative, or when the rule allows it
    decorative: bool = False
    spoiler: bool = False
    sha256: str | None = None  # of the file's bytes as they lie in the repository; None for a url
    size: int | None = field(default=None, compare=False)  # bytes of the file; None for a url


@dataclass(frozen=True, slots=True)
class Reference:
    """What `quote`, `reply_to` or `repost` points at.

    `permalink` "https://www.threads.com/@acme/post/DXbVXtqE2sj" · `media_id` "18050000000000002" ·
    `post` the id of another post of this repository (a file name is resolved to it when posts are read).
    """

    type: Literal["permalink", "media_id", "post"]
    value: str
    place: Place = field(default=START, compare=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One Threads object: the whole of a single post, or one link of a chain."""

    index: int  # from 1
    text: str | None = None
    media: tuple[MediaItem, ...] = ()
    link: str | None = None
    topic: str | None = None  # without "#"
    quote: Reference | None = None
    reply_to: Reference | None = None  # the first part only; later parts answer the part before them
    repost: Reference | None = None
    reply_control: str | None = None  # "everyone", … as the API spells it
    reply_approvals: bool = False
    poll: tuple[str, ...] = ()  # 2 to 4 options
    gif: str | None = None  # GIPHY's id
    attached_text: AttachedText | None = None
    spoilers: tuple[str, ...] = ()  # pieces of `text`, as the author wrote them
    ghost: bool = False
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    location: str | None = None  # id of a place
    share_to_instagram: Literal["story", "dark"] | None = None
    declined: tuple[str, ...] = ()  # keys that the file sets to false: no default of publisher.yaml reaches them

    @property
    def characters(self) -> int:
        """The length of the text as Meta counts it."""
        return text_rules.characters(self.text or "")

    @property
    def bytes(self) -> int:
        """The length of the text in UTF-8."""
        return text_rules.utf8_bytes(self.text or "")

    @property
    def doubtful(self) -> bool:
        """Whether only Meta can tell if the text is short enough: it is offered before a chain's first part is live."""
        return self.bytes > text_rules.TEXT_LIMIT >= self.characters

    @property
    def kind(self) -> Kind:
        if self.repost is not None:
            return Kind.REPOST
        if len(self.media) > 1:
            return Kind.CAROUSEL
        if self.media:
            return Kind.VIDEO if self.media[0].kind == "video" else Kind.IMAGE
        return Kind.TEXT

    @property
    def fingerprint(self) -> str:
        """As `Post.fingerprint`, of this part alone."""
        return fingerprint(_part_facts(self), _names(self.references()))

    def references(self) -> Iterator[Reference]:
        """Everything it points at, in order."""
        for reference in (self.reply_to, self.quote, self.repost):
            if reference is not None:
                yield reference


@dataclass(frozen=True, slots=True)
class Post:
    """A valid post file."""

    id: str
    path: str  # from the repository's root, with "/"
    account: str
    parts: tuple[Part, ...]
    draft: bool = False
    note: str | None = None  # for reviewers; never sent
    publish_at: datetime | None = None  # UTC
    publish_by: datetime | None = None  # UTC
    if_late: IfLate = "hold"
    allow_repeat: bool = False

    @property
    def kind(self) -> Kind:
        return Kind.CHAIN if len(self.parts) > 1 else self.parts[0].kind

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything the file would send; media by their source bytes, a url by its text. Behind it stand
        the ids of the posts that it points at (`content/fingerprint`).
        """
        return fingerprint([_part_facts(part) for part in self.parts], _names(self.references()))

    def references(self) -> Iterator[Reference]:
        """Everything this post points at, in order."""
        for part in self.parts:
            yield from part.references()


def _part_facts(part: Part) -> dict[str, Any]:
    """What is hashed. A key without a value is left out, so that a key added later changes no old fingerprint."""
    facts = {
        "text": unicodedata.normalize("NFC", part.text) if part.text is not None else None,
        "media": [_media_facts(item) for item in part.media] or None,
        "link": part.link,
        "topic": part.topic,
        "quote": _pointer_facts(part.quote),
        "reply_to": _pointer_facts(part.reply_to),
        "repost": _pointer_facts(part.repost),
        "reply_control": part.reply_control,
        "reply_approvals": part.reply_approvals or None,
        "poll": list(part.poll) or None,
        "gif": part.gif,
        "attached_text": part.attached_text.facts() if part.attached_text else None,
        "spoilers": sorted(unicodedata.normalize("NFC", piece) for piece in part.spoilers) or None,
        "ghost": part.ghost or None,
        "countries": list(part.countries) or None,
        "location": part.location,
        "share_to_instagram": part.share_to_instagram,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _media_facts(item: MediaItem) -> dict[str, Any]:
    facts = {"sha256": item.sha256, "url": item.url, "alt": item.alt, "spoiler": item.spoiler or None}
    return {key: value for key, value in facts.items() if value is not None}


def _pointer_facts(reference: Reference | None) -> list[str] | None:
    """Without the name of a post, which may change."""
    if reference is None:
        return None
    return [reference.type] if reference.type == "post" else [reference.type, reference.value]


def _names(references: Iterable[Reference]) -> Iterator[str]:
    return (reference.value for reference in references if reference.type == "post")
