"""One part of a post: from the keys of a mapping to what a `Part` holds, and everything that is wrong with it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from publisher.content import text_rules
from publisher.content.attached_text import AttachedText
from publisher.content.findings import Finding
from publisher.content.hidden import hidden
from publisher.content.hosts import strange_hosts
from publisher.content.inquiry import Inquiry
from publisher.content.key_rules import key_findings
from publisher.content.kinds.table import kind_findings
from publisher.content.media_rules import read_media
from publisher.content.post import MediaItem, Reference
from publisher.content.references import author, reference
from publisher.content.secrets import holds_secret
from publisher.content.view import View
from publisher.settings import Rules

_FREE_TEXT = ("text", "topic", "link")
# With a text, of these keys no two clash, and what each may say is told by the schema or by a rule of its own.
_QUIET = frozenset(
    ("id", "account", "note", "draft", "publish_at", "publish_by", "timezone", "if_late", "allow_repeat")
) | {"text", "topic", "reply_control", "location"}
_DECLINABLE = frozenset(("reply_approvals", "share_to_instagram"))


def read_part(view: View, asked: Inquiry) -> dict[str, Any]:
    """The fields of a `Part` of which the file says something; to be used only when nothing found is an error."""
    if not (view.data.keys() <= _QUIET and "text" in view.data):
        asked.findings += kind_findings(view)
        asked.findings += key_findings(view)
    said: dict[str, Any] = {}
    for key, value in view.data.items():
        if (read := _READ.get(key)) is not None:
            meant = read(value)
        elif (judged := _JUDGED.get(key)) is not None:
            meant = judged(view, key, asked)
        else:
            continue
        if meant:
            said[key] = meant
    if not _DECLINABLE.isdisjoint(view.data):
        said["declined"] = tuple(key for key in sorted(_DECLINABLE) if view.data.get(key) is False)
    if text_rules.link_limit_in_reach(said.get("text", ""), 2):
        asked.findings += _links(view)
    if asked.closely:
        asked.findings += _unseen(view)
    return said


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Any) -> bool:
    return value is True


def _words(value: Any) -> tuple[str, ...]:
    return tuple(word for word in value if isinstance(word, str) and word) if isinstance(value, list) else ()


def _different_words(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_words(value)))


def _share(value: Any) -> str | None:
    return "dark" if value == "dark" else "story" if value is True else None


def _text(view: View, key: str, asked: Inquiry) -> str | None:
    value = view.text(key)
    if value is None:
        return None
    if (size := text_rules.utf8_bytes(value)) > text_rules.TEXT_LIMIT:  # never fewer bytes than characters
        asked.findings += _length(view, value, text_rules.characters(value), size, asked.rules)
    if not view.document.straight:
        asked.findings += view.joined(key)
    return value


def _topic(view: View, key: str, asked: Inquiry) -> str | None:
    value = view.text(key)
    if value is None:
        return None
    topic = text_rules.topic(value)
    if (problem := text_rules.topic_problem(topic)) is not None:
        # The schema's pattern tells the same of characters that are never allowed; its finding stands at this place.
        if not re.search(r"[.&\n\t]", value):
            asked.findings.append(view.found("E214", view.place(key), problem))
    elif value.startswith("#"):
        asked.findings.append(view.found("W215", view.place(key), "the topic is sent without its #"))
    return topic


def _media(view: View, key: str, asked: Inquiry) -> tuple[MediaItem, ...]:
    items = [read_media(item, asked) for item in view.below(key)]
    return tuple(item for item in items if item is not None)


def _attached(view: View, key: str, asked: Inquiry) -> AttachedText | None:
    below = view.inside(key)
    if below is None:
        return None
    from publisher.content.attached_rules import read_attached

    attached, found = read_attached(view, below, asked.files.read, closely=asked.closely)
    asked.findings += found
    return attached


def _reference(view: View, key: str, asked: Inquiry) -> Reference | None:
    value = view.text(key)
    if value is None or "\n" in value:  # of two lines the schema has said that they are no reference
        return None
    place = view.place(key)
    target = reference(value, place)
    if target is None:
        asked.findings.append(view.found("E236", place, f"{key} is an address, but not of a post on Threads"))
    elif target.type == "permalink" and (name := author(value)) is not None and name.lower() != asked.account.lower():
        asked.findings.append(view.found("W230", place, f"{key} points at a post of @{name}"))
    return target


# From what the file says under a key to what the post holds, which is nothing where it says nothing. Of these keys the
# schema has said all there is to say.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "link": _word,
    "reply_control": _word,
    "reply_approvals": _flag,
    "poll": _words,
    "gif": _word,
    "spoilers": _words,
    "ghost": _flag,
    "countries": _different_words,
    "location": _word,
    "share_to_instagram": _share,
}
# And these have rules of their own.
_JUDGED: Mapping[str, Callable[[View, str, Inquiry], Any]] = {
    "text": _text,
    "media": _media,
    "topic": _topic,
    "quote": _reference,
    "reply_to": _reference,
    "repost": _reference,
    "attached_text": _attached,
}


def _length(view: View, text: str, characters: int, size: int, rules: Rules) -> Iterator[Finding]:
    limit = text_rules.TEXT_LIMIT
    place = view.place("text")
    if characters > limit:
        way = "make parts of it" if view.pointer else "make it a chain"
        fix = f"shorten it by {characters - limit:,}, or {way}: publisher split {view.document.path}"
        if view.has("ghost"):
            fix = f"shorten it by {characters - limit:,}; a ghost post cannot be a chain"
        if len(text) - len(text.rstrip("\n")) >= characters - limit:
            fix = "write text: |- so that the line end after the last word does not count"
        message = f"the text has {characters:,} characters; Threads takes {limit}"
        yield view.found("E210", place, message, why=_emoji_cost(text, characters), fix=fix)
    else:
        message = f"the text has {characters} characters and {size} bytes; Threads may refuse more than {limit} bytes"
        fix = f"shorten it by {size - limit:,} bytes"
        strict = rules.text_limit == "bytes"
        yield view.found("E211" if strict else "W210", place, message, fix=fix)


def _emoji_cost(text: str, characters: int) -> str:
    if text.isascii() or len(text) > text_rules.FAR_TOO_LONG:
        return ""
    seen = len(text_rules.graphemes(text))
    return f"a reader sees {seen}, but an emoji counts as its bytes" if seen != characters else ""


def _links(view: View) -> Iterator[Finding]:
    attached = view.data.get("attached_text")
    card = attached.get("link") if isinstance(attached, dict) else None
    text = view.text("text") or ""
    links = text_rules.unique_links(text, view.text("link"), card)
    if len(links) > text_rules.LINK_LIMIT:
        sixth = links[text_rules.LINK_LIMIT]
        below = view.inside("attached_text")
        if sixth in text or sixth == view.text("link") or below is None:
            place = view.place_in("text" if sixth in text else "link", sixth)
        else:
            place = below.place("link")
        message = f"the post has {len(links)} different links; Threads takes {text_rules.LINK_LIMIT}"
        yield view.found("E212", place, message)


def _unseen(view: View) -> Iterator[Finding]:
    """What hides in the words of this part, its alt texts included; and what must not be in them."""
    for key in _FREE_TEXT:
        if (text := view.text(key)) is not None:
            yield from _seen(view, key, text)
    for item in view.below("media"):
        for key in ("alt", "url"):
            if (text := item.text(key)) is not None:
                yield from _seen(item, key, text)
    for number, option in view.texts("poll"):
        yield from _seen(view, "poll", option, number)


def _seen(view: View, key: str, text: str, *item: int) -> Iterator[Finding]:
    """Of the text under `key`, or of one item of the list there."""
    pointer = (*view.pointer, key, *item)
    strange = strange_hosts(text) if key != "url" else ()  # whose host has a rule of its own, and no reader
    for thing in (*hidden(text), *strange):
        yield view.found(thing.code, view.document.place_in(pointer, thing.needle, thing.nth), thing.message)
    if holds_secret(text):
        yield view.found("E251", view.document.place_of(pointer), f"{key} holds what looks like a key or a token")
