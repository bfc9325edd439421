"""What a kind of post is, as a value; and the keys that Threads takes only where there is no media."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from publisher.content.post import Kind


@dataclass(frozen=True, slots=True)
class Clash:
    """Two keys that do not go together."""

    first: str
    second: str
    why: str
    certain: bool = True  # False: Meta says nothing of the two together, and clients avoid it


@dataclass(frozen=True, slots=True)
class KindRules:
    """What one kind demands and forbids (docs/threads.md, Attachments)."""

    kind: Kind
    name: str  # "a picture post"
    demands: tuple[str, ...] = ()
    forbids: Mapping[str, str] = field(default_factory=dict)  # key -> why
    clashes: tuple[Clash, ...] = ()


# Threads refuses these parameters, or drops them without a word, on anything but media_type TEXT.
TEXT_ONLY: Mapping[str, str] = {
    "link": "Threads shows a link card only below a post without media",
    "poll": "Threads takes a poll only on a post without media",
    "gif": "Threads takes a GIF only on a post without other media",
    "attached_text": "Threads takes attached text only on a post without media",
    "ghost": "a ghost post is text only",
}
