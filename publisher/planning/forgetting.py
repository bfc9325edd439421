"""What it means to forget a record by hand: refused for what may be live, and told of all else. Pure."""

from publisher.errors import Refused
from publisher.planning.records import TAKEN_DOWN, Phase, PostRecord

_OPEN = (Phase.INTENT, Phase.UNBOUND, Phase.PARKED)


def refusal(post_id: str, record: PostRecord) -> Refused | None:
    """Of an attempt that is not settled the record is all there is: without it the post goes out twice."""
    phases = {part.phase for part in record.parts if part.phase is not Phase.PARKED or part.attempt}
    if phases.isdisjoint(_OPEN):
        return None
    what = "is live, and its id is not known yet" if Phase.UNBOUND in phases else "was begun, and may be live"
    return Refused(
        f"{post_id} {what}; its record is not forgotten",
        code="E425",
        why="only this record keeps the next run from posting it again",
        fix="publisher reconcile",
    )


def warning(record: PostRecord) -> str:
    """What a person should know before it is forgotten; nothing for what never went out."""
    live = [number for number, part in enumerate(record.parts, start=1) if part.phase is Phase.PUBLISHED]
    if live:
        return f"{_named(live, record)}, and would be posted a second time."
    phases = {part.phase for part in record.parts}
    if Phase.DELETED in phases:
        return "It was taken down, and would be posted again."
    if Phase.SKIPPED in phases:
        return "It was not to be published, and would be."
    return ""


def _named(live: list[int], record: PostRecord) -> str:
    parts = [record.parts[number - 1] for number in live]
    ids = ", ".join(str(part.media_id) for part in parts)
    leaving = any(TAKEN_DOWN in part.extra for part in parts)
    if len(live) == len(record.parts):
        return f"It {'may still be' if leaving else 'is'} live ({ids})"
    named = f"{'Part' if len(live) == 1 else 'Parts'} {', '.join(map(str, live))} of {len(record.parts)}"
    is_ = "may still be" if leaving else "is" if len(live) == 1 else "are"
    return f"{named} {is_} live ({ids})"
