"""Records of what is being taken down, or was: the marks a deletion leaves, and what they mean. Pure.

A deletion is begun with a mark on the part and ends with its tombstone; a replacement marks the post as well, and ends
when the post begins anew under its id.
"""

from dataclasses import replace
from datetime import datetime

from publisher.planning.record_json import time_text
from publisher.planning.records import TAKEN_DOWN, PartRecord, Phase, PostRecord

REPLACING = "replacing"  # of a post: its new words go out once the old ones are gone
REPLACED = "replaced"  # of a post: media ids of what it was before, never taken for a post of this run


def begun(record: PostRecord, index: int, now: datetime, *, replacing: bool) -> PostRecord:
    """The record with the intent to delete part `index`."""
    part = record.parts[index - 1]
    intent = replace(part, extra={**part.extra, TAKEN_DOWN: time_text(now)})
    marked = {**record.extra, REPLACING: True} if replacing else record.extra
    return replace(record.with_part(index, intent), extra=marked)


def gone(record: PostRecord, index: int, *, replacing: bool = False) -> PostRecord:
    """The record with part `index` as a tombstone; with the last of them, what was never sent never will be.

    Who takes down the last of it decides: a deletion ends a replacement begun before it, so that no new words follow,
    and a replacement may end a deletion, so that they do.
    """
    extra = {key: value for key, value in record.extra.items() if key != REPLACING}
    record = replace(record, extra={**extra, REPLACING: True} if replacing else extra)
    record = record.with_part(index, replace(record.parts[index - 1], phase=Phase.DELETED))
    if any(part.phase is Phase.PUBLISHED for part in record.parts):
        return record
    parts = tuple(part if part.phase.finished else replace(part, phase=Phase.SKIPPED) for part in record.parts)
    return replace(record, parts=parts)


def reborn(record: PostRecord, first: PartRecord | None = None) -> PostRecord:
    """Nothing of it is live any more, and its new words may go out under the same id.

    `first`: what was made ready of them.
    """
    old = [part.media_id for part in record.parts if part.media_id is not None]
    extra = {key: value for key, value in record.extra.items() if key != REPLACING}
    parts = (first or PartRecord(phase=Phase.PLANNED, fingerprint=record.parts[0].fingerprint),)
    return replace(record, parts=parts, extra={**extra, REPLACED: [*extra.get(REPLACED, ()), *old]})


def half_replaced(record: PostRecord) -> bool:
    """The old words are gone, the record of the new ones is not begun."""
    return bool(record.extra.get(REPLACING)) and not any(part.phase is Phase.PUBLISHED for part in record.parts)


def half_taken_down(record: PostRecord) -> bool:
    """A deletion stopped on the way: a part is gone and another is not, or what came of the last call is not known."""
    live = [part for part in record.parts if part.phase is Phase.PUBLISHED]
    return any(TAKEN_DOWN in part.extra for part in live) or bool(live and parts_gone(record))


def parts_gone(record: PostRecord) -> int:
    return sum(part.phase is Phase.DELETED for part in record.parts)
