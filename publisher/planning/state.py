"""What is known to have been done: the state of one account, as values and as JSON.

Pure. Backends move it to and from durable places; only `publishing` and the `state` commands make new ones. Holds no
text, no URL of media, no token: hashes, ids and permalinks (the state branch may be public). Keys that a newer minor
version added are kept in `extra` and written back.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from publisher.errors import Refused

FORMAT_VERSION = "1.0"


class Phase(StrEnum):
    """How far a part has got. It only moves forward, but for `planned` after a container died unpublished."""

    PLANNED = "planned"  # nothing irreversible was begun
    PREPARED = "prepared"  # a container exists; it was never offered for publishing
    INTENT = "intent"  # written before the publish call: from here on the outcome must be asked for
    PUBLISHED = "published"
    UNBOUND = "unbound"  # live, but its id is not known yet
    PARKED = "parked"  # waits for a person
    FAILED = "failed"  # refused for good, until the file changes
    SKIPPED = "skipped"  # present when the state was begun; not to be published
    DELETED = "deleted"  # tombstone

    @property
    def finished(self) -> bool:
        return self in (Phase.PUBLISHED, Phase.SKIPPED, Phase.DELETED)


@dataclass(frozen=True, slots=True)
class PartRecord:
    """One Threads object and what is known of it."""

    phase: Phase
    fingerprint: str
    container: str | None = None  # creation_id: "18079098539304490"
    container_at: datetime | None = None  # when the container was made
    children: tuple[str, ...] = ()  # child containers, for diagnosis only
    attempt: int = 0  # publish calls begun on this container
    attempt_at: datetime | None = None  # when the last one was begun, by the server's clock
    watermark: tuple[str, ...] = ()  # newest ids of the feed before the first attempt
    media_type: str = "TEXT"  # how it was sent, for finding it again: TEXT, IMAGE, VIDEO, CAROUSEL, REPOST
    n_children: int = 0
    ghost: bool = False  # such a post may be in a list of its own
    text_sha256: str | None = None  # of the canonical text; None when the part has no text
    reply_to: str | None = None  # media id
    quote: str | None = None  # media id
    repost: str | None = None  # media id of what is shown again
    media_id: str | None = None
    permalink: str | None = None
    published_at: datetime | None = None
    error: str | None = None  # why it failed: "E704 100/4279004"
    run: str | None = None  # which run wrote this: "9123/1"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def anew(self) -> "PartRecord":
        """Back to the beginning: its container can never go live, or a person said that it did not."""
        return replace(
            self,
            phase=Phase.PLANNED,
            container=None,
            container_at=None,
            children=(),
            attempt=0,
            attempt_at=None,
            watermark=(),
            error=None,
        )


@dataclass(frozen=True, slots=True)
class PostRecord:
    """One post file and its parts; identity is the id, never the path."""

    path: str
    kind: str
    fingerprint: str
    parts: tuple[PartRecord, ...]
    commit: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def phase(self) -> Phase:
        """That of the first unfinished part, else of the first one."""
        return next((part.phase for part in self.parts if not part.phase.finished), self.parts[0].phase)

    @property
    def finished(self) -> bool:
        return all(part.phase.finished for part in self.parts)

    @property
    def begun(self) -> bool:
        """Something irreversible was at least attempted."""
        return any(part.attempt or part.phase is Phase.PUBLISHED for part in self.parts)

    def wanted(self, parts: int) -> "PostRecord":
        """Without what its file lost since and nobody ever tried to publish; the file has `parts` parts."""
        begun = (part for part in self.parts[parts:] if part.attempt or part.phase.finished)
        return replace(self, parts=(*self.parts[:parts], *begun))

    def with_part(self, index: int, part: PartRecord) -> "PostRecord":
        """The record with part `index` (from 1) replaced."""
        return replace(self, parts=(*self.parts[: index - 1], part, *self.parts[index:]))


@dataclass(frozen=True, slots=True)
class State:
    """All records of one account. `serial` rises by one with each write."""

    lineage: str  # random, made by `state init`; another lineage is another history
    account: str
    endpoint: str  # base URL of the API: ids of a sandbox mean nothing on the real one
    serial: int = 0
    write_id: str = ""
    user_id: str | None = None  # recorded by the first publish
    posts: Mapping[str, PostRecord] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def with_post(self, post_id: str, record: PostRecord) -> "State":
        return replace(self, posts={**self.posts, post_id: record})

    def without(self, post_id: str) -> "State":
        return replace(self, posts={key: record for key, record in self.posts.items() if key != post_id})

    def moved(self, old: str, new: str, path: str) -> "State":
        """The record of `old` under its new id; its place in the order of posts is kept."""
        return replace(
            self,
            posts={
                (new if key == old else key): (replace(record, path=path) if key == old else record)
                for key, record in self.posts.items()
            },
        )

    def bound_ids(self) -> frozenset[str]:
        """Every media id that belongs to a known part, or to what a post was before it was replaced."""
        records = self.posts.values()
        replaced = (str(media_id) for record in records for media_id in record.extra.get("replaced", ()))
        live = (part.media_id for record in records for part in record.parts if part.media_id is not None)
        return frozenset((*live, *replaced))


# --- JSON -------------------------------------------------------------------------------------------------------

_TIMES = ("container_at", "attempt_at", "published_at")
_PART_KEYS = tuple(name for name in PartRecord.__dataclass_fields__ if name != "extra")
_POST_KEYS = ("path", "kind", "fingerprint", "parts", "commit", "phase")
_STATE_KEYS = (
    "format_version",
    "lineage",
    "serial",
    "write_id",
    "sha256",
    "account",
    "user_id",
    "endpoint",
    "posts",
)


def time_text(moment: datetime | None) -> str | None:
    """ "2026-11-23T09:00:41Z"; None stays None. Microseconds are kept when there are any."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def part_json(part: PartRecord) -> dict[str, Any]:
    facts: dict[str, Any] = {key: getattr(part, key) for key in _PART_KEYS}
    facts["phase"] = part.phase.value
    facts["children"] = list(part.children)
    facts["watermark"] = list(part.watermark)
    for key in _TIMES:
        facts[key] = time_text(facts[key])
    return {**part.extra, **facts}


def post_json(record: PostRecord) -> dict[str, Any]:
    return {
        **record.extra,
        "path": record.path,
        "commit": record.commit,
        "kind": record.kind,
        "fingerprint": record.fingerprint,
        "phase": record.phase.value,
        "parts": [part_json(part) for part in record.parts],
    }


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
    return sealed({**head_json(state), "posts": {key: post_json(record) for key, record in state.posts.items()}})


def checksum(document: Mapping[str, Any]) -> str:
    """SHA-256 over the document without `sha256`, as compact JSON with sorted keys."""
    rest = {key: value for key, value in document.items() if key != "sha256"}
    compact = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(compact.encode("utf-8", "surrogatepass")).hexdigest()


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    return {**document, "sha256": checksum(document)}


def state_from_json(document: Any, *, where: str) -> State:
    """A state from its document; `where` names the place for messages ("publisher-state.json").

    Raises `Refused` for anything that is not a whole, unaltered state of a format we know.
    """
    head = checked_head(document, where=where)
    posts = document.get("posts")
    if not isinstance(posts, dict):
        raise _unreadable(where, 'it has no "posts" object')
    return replace(
        head, posts={str(key): post_from_json(value, where=f"{where}: {key}") for key, value in posts.items()}
    )


def checked_head(document: Any, *, where: str) -> State:
    """The state without its posts, after checking shape, format and checksum."""
    if not isinstance(document, dict):
        raise _unreadable(where, "it is no JSON object")
    version = document.get("format_version")
    if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+", version):
        raise _unreadable(where, "it has no format_version")
    if version.split(".")[0] != FORMAT_VERSION.split(".")[0]:
        raise Refused(
            f"{where} has format {version}; this version of publisher knows {FORMAT_VERSION}",
            code="E403",
            why="an older program would drop what a newer one has recorded",
            fix="install the version of publisher that wrote it, or a newer one",
        )
    if document.get("sha256") != checksum(document):
        raise Refused(
            f"{where} does not match its own checksum",
            code="E402",
            why="it was edited by hand, cut off or damaged; what it says cannot be trusted",
            fix="restore the last good version of it, then: publisher state verify",
        )
    try:
        return State(
            lineage=_string(document, "lineage"),
            account=_string(document, "account"),
            endpoint=_string(document, "endpoint"),
            serial=_integer(document, "serial"),
            write_id=_string(document, "write_id"),
            user_id=_optional(document, "user_id"),
            extra={key: value for key, value in document.items() if key not in _STATE_KEYS},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(where, str(error)) from None


def post_from_json(document: Any, *, where: str) -> PostRecord:
    try:
        parts = tuple(_part_from_json(part) for part in document["parts"])
        if not parts:
            raise ValueError("a post without parts")
        return PostRecord(
            path=_string(document, "path"),
            kind=_string(document, "kind"),
            fingerprint=_string(document, "fingerprint"),
            parts=parts,
            commit=_optional(document, "commit"),
            extra={key: value for key, value in document.items() if key not in _POST_KEYS},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(where, str(error)) from None


def _part_from_json(document: Any) -> PartRecord:
    facts: dict[str, Any] = {key: document[key] for key in _PART_KEYS if key in document}
    facts["phase"] = Phase(document["phase"])
    facts["fingerprint"] = _string(document, "fingerprint")
    for key in ("children", "watermark"):
        facts[key] = tuple(str(item) for item in document.get(key, ()))
    for key in _TIMES:
        text = document.get(key)
        facts[key] = None if text is None else datetime.fromisoformat(text)
    return PartRecord(**facts, extra={key: value for key, value in document.items() if key not in _PART_KEYS})


def _string(document: Mapping[str, Any], key: str) -> str:
    value = document[key]
    if not isinstance(value, str):
        raise TypeError(f'"{key}" is no string')
    return value


def _optional(document: Mapping[str, Any], key: str) -> str | None:
    return None if document.get(key) is None else _string(document, key)


def _integer(document: Mapping[str, Any], key: str) -> int:
    value = document[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f'"{key}" is no whole number')
    return value


def _unreadable(where: str, reason: str) -> Refused:
    return Refused(
        f"{where} cannot be read as a state: {reason}",
        code="E401",
        why="a state that cannot be read is not an empty one: publishing now could post everything again",
        fix="restore the last good version of it, then: publisher state verify",
    )
