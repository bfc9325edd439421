"""How Threads counts: characters, bytes, links, topics. Pure arithmetic over strings (docs/threads.md, Text).

Cheap questions first: most texts are ASCII or hold nothing that takes the grapheme algorithm to count.
"""

import re
from functools import cache
from typing import Any

TEXT_LIMIT = 500  # characters, as `characters` counts them
FAR_TOO_LONG = 5_000  # code points; beyond, each counts 1: the exact number tells nobody anything, and takes seconds
LINK_LIMIT = 5  # different links of one post
TOPIC_LIMIT = 50  # characters

# Scripts and signs whose characters are one grapheme each and no emoji: Latin, Greek, Cyrillic, the usual punctuation
# and currency, kana, Han, full-width forms. Whatever is not in here is counted the slow way.
_ONE_EACH = (
    "\x00-\u02ff\u0370-\u0482\u048a-\u0559\u0561-\u0588\u2010-\u2027\u2030-\u203b\u2043-\u2048\u20a0-\u20c0"
    "\u2190-\u2193\u2200-\u22ff\u3001-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uff01-\uff5e"
)


def characters(text: str) -> int:
    """The length of a text by Meta's rule: an emoji costs its bytes in UTF-8, any other grapheme 1.

    >>> characters("Hello"), characters("日本"), characters("👍🏽")
    (5, 2, 8)
    """
    length = len(text) - text.count("\r\n")
    if text.isascii() or length > FAR_TOO_LONG:
        return length
    return length + sum(
        sum(len(cluster.encode()) if _is_emoji(cluster) else 1 for cluster in graphemes(piece)) - len(piece)
        for piece in _pieces(text)
    )


def graphemes(text: str) -> list[str]:
    """What a reader sees as single characters (extended grapheme clusters of Unicode)."""
    found: list[str] = _clusters().findall(text)
    return found


def utf8_bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def links(text: str) -> list[str]:
    """Every link of a text as Threads finds it, in order, repeats included: `https://…`, `http://…` and `www.…`.

    What ends a sentence does not belong to a link; a closing bracket only when it was opened inside.
    """
    if "://" not in text and "www." not in text.lower():
        return []
    return [trimmed for match in _link_pattern().finditer(text) if (trimmed := _trim(match[0]))]


def link_limit_in_reach(text: str, cards: int) -> bool:
    """Whether a text could have too many links at all, asked cheaply: each has `://`, or a w before a full stop."""
    return text.count("://") + text.count("w.") + text.count("W.") + cards > LINK_LIMIT


def unique_links(text: str, *cards: str | None) -> tuple[str, ...]:
    """The different links that Threads counts against `LINK_LIMIT`: those of the text and of the cards."""
    return tuple(dict.fromkeys([*links(text), *(card for card in cards if card)]))


def topic(written: str) -> str:
    """A topic as it is sent: without the leading `#`, which people write by habit."""
    return written.removeprefix("#").strip(" ")


def topic_problem(sent: str) -> str | None:
    """What is wrong with a topic; None when Threads takes it."""
    if not sent:
        return "the topic is empty"
    if (length := characters(sent)) > TOPIC_LIMIT:
        return f"the topic has {length} characters; the limit is {TOPIC_LIMIT}"
    bad = next((character for character in ".&\n\t" if character in sent), None)
    names = {".": "a full stop", "&": "an ampersand", "\n": "a line break", "\t": "a tab"}
    return f"the topic has {names[bad]}, which Threads does not take" if bad else None


@cache
def _clusters() -> Any:
    import regex

    return regex.compile(r"\X")


@cache
def _emoji() -> Any:
    import regex

    return regex.compile("[\ufe0f\u20e3\U0001f1e6-\U0001f1ff]|\\p{Emoji_Presentation}")


@cache
def _not_one_each() -> Any:
    return re.compile(f"[^{_ONE_EACH}]+")


def _pieces(text: str) -> list[str]:
    """The pieces of a text that take the slow way, with the neighbours that may belong to their clusters."""
    spans: list[tuple[int, int]] = []
    for match in _not_one_each().finditer(text):
        start, end = max(match.start() - 1, 0), match.end() + 1
        if spans and start < spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return [text[start:end] for start, end in spans]


def _is_emoji(grapheme: str) -> bool:
    return not grapheme.isascii() and _emoji().search(grapheme) is not None


@cache
def _link_pattern() -> Any:
    return re.compile(r"(?:https?://|(?<![\w@/.])www\.)[^\s<>\"“”]+", re.IGNORECASE)


def _trim(link: str) -> str:
    surplus = {closing: link.count(closing) - link.count(opening) for opening, closing in ("()", "[]", "{}")}
    end = len(link)
    while end and (link[end - 1] in ".,;:!?'’…*_~`»" or surplus.get(link[end - 1], 0) > 0):
        end -= 1
        if link[end] in surplus:
            surplus[link[end]] -= 1
    link = link[:end]
    return link if len(link) > len("www.") and not link.endswith("//") else ""
