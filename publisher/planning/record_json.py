"""Records as JSON, as schemas/state.json has them, and back. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from publisher.errors import Refused
from publisher.planning.records import PartRecord, Phase, PostRecord

_TIMES = ("container_at", "attempt_at", "published_at")
_LISTS = ("children", "watermark")
_PART_KEYS = tuple(name for name in PartRecord.__dataclass_fields__ if name != "extra")
_KNOWN_OF_PART = frozenset(_PART_KEYS)
_KNOWN_OF_POST = frozenset(("path", "kind", "fingerprint", "parts", "commit", "phase"))


def time_text(moment: datetime | None) -> str | None:
    """ "2026-11-23T09:00:41Z"; None stays None. Microseconds are kept when there are any."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def part_json(part: PartRecord) -> dict[str, Any]:
    facts: dict[str, Any] = {key: getattr(part, key) for key in _PART_KEYS}
    facts["phase"] = part.phase.value
    for key in _LISTS:
        facts[key] = list(facts[key])
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


def post_from_json(document: Any, *, where: str) -> PostRecord:
    """Raises `Refused` E401 for what is no record; `where` names the place for messages."""
    try:
        parts = tuple(_part_from_json(part) for part in document["parts"])
        if not parts:
            raise ValueError("a post without parts")
        return PostRecord(
            path=string(document, "path"),
            kind=string(document, "kind"),
            fingerprint=string(document, "fingerprint"),
            parts=parts,
            commit=optional(document, "commit"),
            extra=_others(document, _KNOWN_OF_POST),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise unreadable(where, str(error)) from None


def _part_from_json(document: Any) -> PartRecord:
    extra = _others(document, _KNOWN_OF_PART)
    facts = {key: value for key, value in document.items() if key not in extra} if extra else dict(document)
    facts["phase"] = Phase(document["phase"])
    facts["fingerprint"] = string(document, "fingerprint")
    for key in _LISTS:
        facts[key] = tuple(str(item) for item in document.get(key, ()))
    for key in _TIMES:
        if (text := document.get(key)) is not None:
            facts[key] = datetime.fromisoformat(text)
    return PartRecord(**facts, extra=extra)


def _others(document: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """What a newer minor version added."""
    return {} if document.keys() <= known else {key: value for key, value in document.items() if key not in known}


def string(document: Mapping[str, Any], key: str) -> str:
    value = document[key]
    if not isinstance(value, str):
        raise TypeError(f'"{key}" is no string')
    return value


def optional(document: Mapping[str, Any], key: str) -> str | None:
    return None if document.get(key) is None else string(document, key)


def unreadable(where: str, reason: str) -> Refused:
    return Refused(
        f"{where} cannot be read as a state: {reason}",
        code="E401",
        why="a state that cannot be read is not an empty one: publishing now could post everything again",
        fix="restore the last good version of it, then: publisher state verify",
    )
