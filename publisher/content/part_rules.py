"""One part of a post: from the keys of a mapping to a `Part`, or everything that is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from publisher.content import text_rules
from publisher.content.attached_text import AttachedText
from publisher.content.findings import Finding
from publisher.content.hidden import hidden, may_hide
from publisher.content.hosts import may_mislead, strange_hosts
from publisher.content.key_rules import key_findings
from publisher.content.kinds.table import kind_findings
from publisher.content.look import Files
from publisher.content.media_rules import read_media
from publisher.content.post import Part, Reference
from publisher.content.references import author, reference
from publisher.content.secrets import holds_secret, may_hold_secret
from publisher.content.view import View
from publisher.settings import Rules

_REFERENCES = ("reply_to", "quote", "repost")
_FREE_TEXT = ("text", "topic", "link")
_DECLINABLE = ("reply_approvals", "share_to_instagram")


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part as far as it could be read: it is to be used only when no finding is an error."""

    part: Part
    findings: tuple[Finding, ...]


def read_part(view: View, index: int, files: Files, rules: Rules, account: str) -> ReadPart:
    """Part `index` (from 1) of a post, with everything that is wrong with it."""
    items = [read_media(item, files.look, rules) for item in view.below("media")]
    findings = [finding for item in items for finding in item.findings]
    findings += kind_findings(view)
    findings += key_findings(view)
    text = view.text("text")
    characters = size = 0
    if text is not None:
        characters, size = text_rules.characters(text), text_rules.utf8_bytes(text)
        findings += _length(view, text, characters, size, rules)
        findings += view.joined("text")
    findings += _links(view)
    attached = _attached(view, files, findings)
    findings += _unseen(view)
    topic = view.text("topic")
    if topic is not None:
        findings += _topic(view, topic)
        topic = text_rules.topic(topic)
    targets = {key: _reference(view, key, account, findings) for key in _REFERENCES if key in view.data}
    part = Part(
        index=index,
        text=text,
        media=tuple(item.item for item in items if item.item is not None),
        link=view.text("link"),
        topic=topic,
        quote=targets.get("quote"),
        reply_to=targets.get("reply_to"),
        repost=targets.get("repost"),
        reply_control=view.text("reply_control"),
        poll=tuple(option for _, option in view.texts("poll")),
        gif=view.text("gif"),
        countries=tuple(dict.fromkeys(code for _, code in view.texts("countries"))),
        location=view.text("location"),
        share_to_instagram=_share(view),
        declined=tuple(key for key in _DECLINABLE if view.data.get(key) is False),
        reply_approvals=view.flag("reply_approvals"),
        attached_text=attached,
        ghost=view.flag("ghost"),
        spoilers=tuple(piece for _, piece in view.texts("spoilers")),
        doubtful=characters <= text_rules.TEXT_LIMIT < size,
        characters=characters,
        bytes=size,
        place=view.own_place,
    )
    return ReadPart(part, tuple(findings))


def _attached(view: View, files: Files, findings: list[Finding]) -> AttachedText | None:
    below = view.inside("attached_text")
    if below is None:
        return None
    from publisher.content.attached_rules import read_attached

    attached, found = read_attached(view, below, files.read)
    findings += found
    return attached


def _share(view: View) -> Literal["story", "dark"] | None:
    return "dark" if view.text("share_to_instagram") == "dark" else "story" if view.flag("share_to_instagram") else None


def _length(view: View, text: str, characters: int, size: int, rules: Rules) -> Iterator[Finding]:
    limit = text_rules.TEXT_LIMIT
    if size <= limit:  # never fewer bytes than characters
        return
    place = view.place("text")
    if characters > limit:
        way = "make parts of it" if view.pointer else "make it a chain"
        fix = f"shorten it by {characters - limit:,}, or {way}: publisher split {view.document.path}"
        if len(text) - len(text.rstrip("\n")) >= characters - limit:
            fix = "write text: |- so that the line end after the last word does not count"
        message = f"the text has {characters:,} characters; Threads takes {limit}"
        yield view.found("E210", place, message, why=_emoji_cost(text, characters), fix=fix)
    elif size > limit:
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
    if not text_rules.link_limit_in_reach(text, 2):
        return
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


def _topic(view: View, written: str) -> Iterator[Finding]:
    if (problem := text_rules.topic_problem(text_rules.topic(written))) is not None:
        # The schema's pattern tells the same of characters that are never allowed; its finding stands at this place.
        if not re.search(r"[.&\n\t]", written):
            yield view.found("E214", view.place("topic"), problem)
    elif written.startswith("#"):
        yield view.found("W215", view.place("topic"), "the topic is sent without its #")


def _unseen(view: View) -> Iterator[Finding]:
    """What hides in the words of this part, its alt texts included; and what must not be in them."""
    source = view.document.source
    if "\\" not in source and not (may_hide(source) or may_mislead(source) or may_hold_secret(source)):
        return
    for key in _FREE_TEXT:
        if (text := view.text(key)) is not None:
            yield from _words(view, key, text)
    for item in view.below("media"):
        for key in ("alt", "url"):
            if (text := item.text(key)) is not None:
                yield from _words(item, key, text)
    for number, option in view.texts("poll"):
        yield from _words(view, "poll", option, number)


def _words(view: View, key: str, text: str, *item: int) -> Iterator[Finding]:
    """Of the text under `key`, or of one item of the list there."""
    pointer = (*view.pointer, key, *item)
    strange = strange_hosts(text) if key != "url" else ()  # whose host has a rule of its own, and no reader
    for thing in (*hidden(text), *strange):
        yield view.found(thing.code, view.document.place_in(pointer, thing.needle, thing.nth), thing.message)
    if holds_secret(text):
        yield view.found("E251", view.document.place_of(pointer), f"{key} holds what looks like a key or a token")


def _reference(view: View, key: str, account: str, findings: list[Finding]) -> Reference | None:
    written = view.text(key)
    if written is None:
        return None
    place = view.place(key)
    target = reference(written, place)
    if target is None:
        findings.append(view.found("E236", place, f"{key} is an address, but not of a post on Threads"))
    elif target.type == "permalink" and (name := author(written)) is not None and name.lower() != account.lower():
        findings.append(view.found("W230", place, f"{key} points at a post of @{name}"))
    return target
