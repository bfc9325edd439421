"""A state as JSON, as schemas/state.json has it, and back; and by what it is known to be whole. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from publisher.errors import Refused
from publisher.planning.history import History
from publisher.planning.record_json import optional, post_from_json, post_json, string, unreadable
from publisher.planning.state import State

FORMAT_VERSION = "1.0"
_KEYS = frozenset(
    ("format_version", "lineage", "serial", "write_id", "sha256", "account", "user_id", "endpoint", "posts")
)
_LEAD, _TAIL = b'{"sha256":"', b'",'  # around the checksum of `sealed_bytes`


def head_json(state: State) -> dict[str, Any]:
    """Everything but the posts and the checksum."""
    return {
        **state.extra,
        "format_version": FORMAT_VERSION,
        "lineage": state.lineage,
        "serial": state.serial,
        "write_id": state.write_id,
        "account": state.account,
        "user_id": state.user_id,
        "endpoint": state.endpoint,
    }


def state_json(state: State) -> dict[str, Any]:
    """The one document of schemas/state.json, with its checksum."""
    return sealed(unsealed_json(state))


def unsealed_json(state: State) -> dict[str, Any]:
    """`state_json` without its checksum."""
    posts = state.posts
    if isinstance(posts, History):
        return {**head_json(state), "posts": posts.documents()}
    return {**head_json(state), "posts": {key: post_json(record) for key, record in posts.items()}}


def checksum(document: Mapping[str, Any]) -> str:
    """SHA-256 over the document without `sha256`, as compact JSON with sorted keys."""
    return hashlib.sha256(_compact(document)).hexdigest()


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    return {**document, "sha256": checksum(document)}


def sealed_bytes(document: Mapping[str, Any]) -> bytes:
    """`sealed` as text for machines: just what the checksum is over, with the checksum in front of it."""
    return _sealed_text(_compact(document))


def sealed_members(members: Mapping[str, bytes]) -> bytes:
    """`sealed_bytes` of an object of which each value is compact text already."""
    return _sealed_text(object_text(member_text(key, text) for key, text in sorted(members.items()) if key != "sha256"))


def object_text(members: Iterable[bytes]) -> bytes:
    """An object as compact text, of its members in their order."""
    return b"{" + b",".join(members) + b"}"


def member_text(key: str, text: bytes) -> bytes:
    return compact(key) + b":" + text


def _sealed_text(text: bytes) -> bytes:
    return b"".join((_LEAD, hashlib.sha256(text).hexdigest().encode(), _TAIL, memoryview(text)[1:]))


def checksum_as_written(data: bytes) -> str | None:
    """The checksum of what `sealed_bytes` wrote and nobody touched; None: `data` may be good, but is no such text.

    Taken over the bytes, so that a long history need not be made into text again to know that it is whole.
    """
    at = len(_LEAD) + hashlib.sha256().digest_size * 2
    if not data.startswith(_LEAD) or data[at : at + len(_TAIL)] != _TAIL:
        return None
    digest = hashlib.sha256(b"{")
    digest.update(memoryview(data)[at + len(_TAIL) : len(data) - data.endswith(b"\n")])
    found = digest.hexdigest()
    return found if data[len(_LEAD) : at] == found.encode() else None


def _compact(document: Mapping[str, Any]) -> bytes:
    return compact({key: value for key, value in document.items() if key != "sha256"})


def compact(value: Any) -> bytes:
    """As text of which there is one alone: without spaces, keys sorted."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def state_from_json(document: Any, *, where: str, known: str | None = None) -> State:
    """A state from its document; `where` names the place for messages ("publisher-state.json").

    `known` is what `checksum_as_written` said of its bytes: then its records are made when they are asked for.

    Raises `Refused` for anything that is not a whole, unaltered state of a format we know.
    """
    head = checked_head(document, where=where, known=known)
    posts = document.get("posts")
    if not isinstance(posts, dict):
        raise unreadable(where, 'it has no "posts" object')
    if known is not None:
        return replace(head, posts=History(posts, where))
    return replace(
        head, posts={str(key): post_from_json(value, where=f"{where}: {key}") for key, value in posts.items()}
    )


def checked_head(document: Any, *, where: str, known: str | None = None) -> State:
    """The state without its posts, after checking shape, format and checksum (`known` where the bytes gave it)."""
    if not isinstance(document, dict):
        raise unreadable(where, "it is no JSON object")
    version = document.get("format_version")
    if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+", version):
        raise unreadable(where, "it has no format_version")
    if version.split(".")[0] != FORMAT_VERSION.split(".")[0]:
        raise Refused(
            f"{where} has format {version}; this version of publisher knows {FORMAT_VERSION}",
            code="E403",
            why="an older program would drop what a newer one has recorded",
            fix="install the version of publisher that wrote it, or a newer one",
        )
    if document.get("sha256") != (known or checksum(document)):
        raise Refused(
            f"{where} does not match its own checksum",
            code="E402",
            why="it was edited by hand, cut off or damaged; what it says cannot be trusted",
            fix="restore the last good version of it, then: publisher state verify",
        )
    try:
        return State(
            lineage=string(document, "lineage"),
            account=string(document, "account"),
            endpoint=string(document, "endpoint"),
            serial=_integer(document, "serial"),
            write_id=string(document, "write_id"),
            user_id=optional(document, "user_id"),
            extra={key: value for key, value in document.items() if key not in _KEYS},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(where, str(error)) from None


def _integer(document: Mapping[str, Any], key: str) -> int:
    value = document[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f'"{key}" is no whole number')
    return value
