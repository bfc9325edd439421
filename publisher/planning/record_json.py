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
_KNOWN_OF_POST = frozenset(("path", "kind", "fingerprint", "parts", "commit", "due", "phase"))
_HASHES = ("text_sha256", "alts_sha256")
_TEXTS = (*_HASHES, "container", "reply_to", "quote", "repost", "media_id", "permalink", "error", "run")
_YEARS = range(2000, 9000)  # with which can be reckoned, whatever is added or taken away


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


def short_json(record: PostRecord) -> dict[str, Any]:
    """`post_json` without the facts of its parts that say nothing: of a published record that is most of them."""
    return {**post_json(record), "parts": [_short(part_json(part)) for part in record.parts]}


def _short(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in _PART_KEYS or value not in (None, [], 0)}


def post_json(record: PostRecord) -> dict[str, Any]:
    due = {} if record.due is None else {"due": time_text(record.due)}
    return {
        **record.extra,
        **due,
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
        _list(document, "replaced")  # media ids, which every run goes through
        return PostRecord(
            path=string(document, "path"),
            kind=string(document, "kind"),
            fingerprint=string(document, "fingerprint"),
            parts=parts,
            commit=optional(document, "commit"),
            due=_time("due", due) if (due := optional(document, "due")) is not None else None,
            extra=_others(document, _KNOWN_OF_POST),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise unreadable(where, str(error)) from None


def _part_from_json(document: Any) -> PartRecord:
    extra = _others(document, _KNOWN_OF_PART)
    facts = {key: value for key, value in document.items() if key not in extra} if extra else dict(document)
    facts["phase"] = Phase(document["phase"])
    facts["fingerprint"] = string(document, "fingerprint")
    for key in _TEXTS:
        optional(document, key)
    for key in _LISTS:
        facts[key] = tuple(str(item) for item in _list(document, key))
    for key in _TIMES:
        if (text := document.get(key)) is not None:
            facts[key] = _time(key, text)
    part = PartRecord(**facts, extra=extra)
    _check(part)
    return part


def _check(part: PartRecord) -> None:
    """Its facts are of their kinds and do not contradict its phase. Raises `TypeError` or `ValueError`."""
    for key, count in (("attempt", part.attempt), ("n_children", part.n_children)):
        if type(count) is not int or count < 0:
            raise TypeError(f'"{key}" is no whole number')
    if not isinstance(part.media_type, str) or not isinstance(part.ghost, bool):
        raise TypeError("it does not say how it was sent")
    if part.phase is Phase.PUBLISHED and not part.media_id:
        raise ValueError("it is published, and has no media id")
    if part.phase is Phase.INTENT and (not part.attempt or part.attempt_at is None):
        raise ValueError("it is intent, and no attempt was begun")
    if part.phase in (Phase.INTENT, Phase.UNBOUND) and part.container is None and part.repost is None:
        raise ValueError(f"it is {part.phase.value}, and has no container")


def _time(key: str, text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year not in _YEARS:
        raise ValueError(f'"{key}" is no moment: {text}')
    return moment


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key, [])
    if not isinstance(value, list):
        raise TypeError(f'"{key}" is no list')
    return value


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
