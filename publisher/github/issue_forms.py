"""A filled-in issue form, as the event of a workflow has it, as a post file.

Whoever may open an issue wrote it, so every word is hostile: headings that imitate the form's, quotes that would end a
value, megabytes. Nothing of it becomes syntax: texts are written as blocks or in quotes, the file is parsed again and
must say what the form said, and pictures stay addresses that Threads fetches itself. `validate` judges the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from publisher.content.characters import forbidden_character
from publisher.content.document import Document
from publisher.content.editing.scalars import escaped, literal, quoted
from publisher.content.parsing import parse
from publisher.errors import InvalidContent

MAX_EVENT = 1024 * 1024  # bytes of the event's file
MAX_TEXT = 20_000  # characters of the form

# Heading of the form (`templates/threads-post.yml`) -> key, which is also the name of a workflow's input.
_FIELDS = {"Text": "text", "Pictures": "pictures", "Link": "link", "Topic": "topic", "Not before": "publish_at"}
_EMPTY = "_No response_"
# None of them looks twice at a character that another attempt has passed: a body has 65,536, and its author the time.
_HEADING = re.compile(r"^### ([^\n]+)$", re.MULTILINE)
_PICTURE = re.compile(
    r"!\[(?P<alt>(?:(?!!\[)[^\]\n])*)\]\((?P<url>https://[^\s()]+)\)|<img\b(?P<tag>[^<>\n]*)>|(?P<bare>https://\S+)"
)
_ATTRIBUTE = re.compile(r"\b(alt|src)=\"([^\"\n]*)\"")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be posted."""

    title: str  # names the file
    source: str  # of the post file


def wish_of(event: Any, *, modeline: str = "") -> Wish:
    """The post file that an event asks for. Raises `InvalidContent` for an event without a form, or a form to doubt."""
    title, fields = _fields(event)
    if sum(map(len, fields.values())) > MAX_TEXT:
        raise _refused(f"the form has more than {MAX_TEXT:,} characters")
    for name, value in fields.items():
        if bad := forbidden_character(value):
            raise _refused(f"{name} has the character {bad}, which no post may hold")
    data: dict[str, Any] = {"text": fields["text"]} if fields.get("text") else {}
    if media := _pictures(fields.get("pictures", "")):
        data["media"] = media
    data |= {key: " ".join(fields[key].split()) for key in ("link", "topic", "publish_at") if fields.get(key)}
    if "text" not in data and "media" not in data:
        raise _refused("the form has neither a text nor a picture")
    source = (f"{modeline}\n" if modeline else "") + _written(data)
    document = parse("the form", source.encode())
    if not isinstance(document, Document) or document.data != data:
        raise _refused("the form holds something that a post file cannot say")
    return Wish(title[:200], source)


def _fields(event: Any) -> tuple[str, dict[str, str]]:
    """The title, and what stands under each heading; of a form that was sent by hand, its inputs."""
    if isinstance(event, Mapping) and isinstance(issue := event.get("issue"), Mapping):
        title, body = str(issue.get("title") or ""), str(issue.get("body") or "")
        return title, _sections(body.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(event, Mapping) and isinstance(inputs := event.get("inputs"), Mapping):
        fields = {key: str(inputs.get(key) or "").replace("\r\n", "\n").strip() for key in _FIELDS.values()}
        return str(inputs.get("title") or fields["text"]), fields
    raise _refused("the event is neither of an issue nor of a workflow started by hand")


def _sections(body: str) -> dict[str, str]:
    if len(body) > MAX_EVENT:
        raise _refused("the form is too long")
    headings = [match for match in _HEADING.finditer(body) if match[1].rstrip(" \t") in _FIELDS]
    fields: dict[str, str] = {}
    for match, after in zip_longest(headings, headings[1:]):
        label = match[1].rstrip(" \t")
        key = _FIELDS[label]
        if key in fields:  # a text that holds a heading of the form: which of the two is the form's, nobody can tell
            raise _refused(f'the heading "{label}" stands twice in the form')
        value = body[match.end() : after.start() if after else None].strip()
        fields[key] = "" if value == _EMPTY else value
    if not fields:
        raise _refused("the issue was not written with the form")
    return fields


def _pictures(written: str) -> list[dict[str, str]]:
    """The pictures as GitHub writes what was dropped into the field, or as bare addresses; alt texts still to write."""
    pictures = []
    for match in _PICTURE.finditer(written):
        attributes = dict(_ATTRIBUTE.findall(match["tag"] or ""))
        url = match["url"] or match["bare"] or attributes.get("src", "")
        alt = (match["alt"] or attributes.get("alt", "")).strip()
        if url.startswith("https://"):
            pictures.append({"url": url, "alt": alt if alt and alt.lower() != "image" else "TODO"})
    return pictures


def _written(data: Mapping[str, Any]) -> str:
    lines = []
    if "text" in data:
        first, *rest = literal(data["text"], 2) or [escaped(data["text"])]
        lines += [f"text: {first}", *rest]
    if "media" in data:
        lines.append("media:")
        for item in data["media"]:
            lines += [f"  - url: {quoted(item['url'])}", f"    alt: {quoted(item['alt'])}"]
    lines += [f"{key}: {quoted(data[key])}" for key in ("link", "topic", "publish_at") if key in data]
    return "\n".join(lines) + "\n"


def _refused(message: str) -> InvalidContent:
    return InvalidContent(message, code="E206", fix="fill in the form that publisher init --forms writes")
