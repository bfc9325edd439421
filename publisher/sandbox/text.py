"""What Threads sees in a text: its length, its links, its tag, whom it mentions (docs/threads.md, Text). Pure."""

import re
import unicodedata
from collections.abc import Mapping

_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"']+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])@([A-Za-z0-9_.]*[A-Za-z0-9_])")


def is_text(value: str) -> bool:
    """No half of a surrogate pair, which JSON can smuggle in and nothing can write."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def counted(text: str, way: str) -> int:
    """The length of a text as the chosen reading counts it."""
    if way == "bytes":
        return len(text.encode())
    if way == "code_points" or text.isascii():
        return len(text)
    import regex

    return sum(_cost(cluster) for cluster in regex.findall(r"\X", text))


def _cost(cluster: str) -> int:
    import regex

    if regex.search(r"[\uFE0F\u20E3\p{Regional_Indicator}\p{Emoji_Presentation}]", cluster):
        return len(cluster.encode())
    return 1


def links(text: str) -> set[str]:
    """The different links of a text; bare hosts beginning with www. are links too."""
    return {link.rstrip(".,;:!?)") for link in _LINK.findall(text)}


def mentions(text: str) -> set[str]:
    """Usernames that a text mentions, in lower case."""
    return {name.lower() for name in _MENTION.findall(text)}


def tag_of(params: Mapping[str, str]) -> str | None:
    """The topic: the parameter, else the first tag of the text. Whole numbers are no tags."""
    if params.get("topic_tag"):
        return params["topic_tag"].removeprefix("#")
    for found in re.finditer(r"#([^\s.&@!?,;:#]{1,50})", unicodedata.normalize("NFC", params.get("text", ""))):
        if not found.group(1).isdigit():
            return found.group(1)
    return None
