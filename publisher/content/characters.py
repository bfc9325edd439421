"""Characters that no file of posts may hold, and those that a reviewer would not see. Pure."""

import re
from functools import cache
from typing import Any

from publisher.content.hidden import SEEN_ONLY_BY_MACHINES

BOM = b"\xef\xbb\xbf"
_HARMLESS = bytes((*b"\t\n\r", *range(0x20, 0x7F)))  # most of nearly every file; a search is slow, so it is spared them
# Line and paragraph separators and NEL end a line in YAML but not in an editor: places would disagree.
FORBIDDEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"


def want_a_second_look(data: bytes) -> bool:
    """Whether a file, which is UTF-8, holds anything that must not be in it, or is not seen in it."""
    rest = data.translate(None, _HARMLESS)
    return bool(rest) and _all().search(rest.decode()) is not None


@cache
def _all() -> Any:
    return re.compile(f"{FORBIDDEN[:-1]}{SEEN_ONLY_BY_MACHINES}]")


def forbidden_character(text: str) -> str | None:
    """The first character that no post may hold, as "U+0007"; None when all are fine."""
    match = re.search(FORBIDDEN, text)
    return f"U+{ord(match[0]):04X}" if match else None


def without_forbidden(data: bytes) -> str:
    """The text of a file, with a stand-in for every character or byte that may not be: places stay what they were."""
    source = data.removeprefix(BOM).decode("utf-8", "replace").replace("\r\n", "\n")
    return re.sub(f"{FORBIDDEN}|\r", "\ufffd", source)
