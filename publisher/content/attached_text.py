"""Text that opens from a post: plain text and the stretches of it that are styled. Pure."""

import unicodedata
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Styled:
    """A stretch of the plain text and how it looks."""

    offset: int  # UTF-16 units from the beginning (docs/threads.md, Text)
    length: int  # UTF-16 units
    styles: tuple[str, ...]  # as the API spells them: "bold", "italic", …


@dataclass(frozen=True, slots=True)
class AttachedText:
    """Up to 10,000 characters, and a link shown with them."""

    text: str  # without its marks
    styled: tuple[Styled, ...] = ()  # in order, none over another
    link: str | None = None

    def facts(self) -> dict[str, Any]:
        """What of it is hashed. Offsets follow from the text and the pieces, whatever form its letters have."""
        facts = {
            "text": unicodedata.normalize("NFC", self.text),
            "styled": [[piece.offset, piece.length, *piece.styles] for piece in self.styled] or None,
            "link": self.link,
        }
        return {key: value for key, value in facts.items() if value is not None}
