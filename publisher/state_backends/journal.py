"""The lines that follow a large state file: one for each write, so that a receipt costs the same in year three.

Pure. A line holds the head and the posts that changed, names the write it follows, and carries its own checksum. A
last line that is cut off is what a crash leaves: it was never acknowledged, so it is left out. Anything else that
does not fit is damage, and refused.
"""

from dataclasses import dataclass, replace
from typing import Any

from publisher.errors import Refused
from publisher.planning.record_json import post_from_json, post_json
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import checked_head, checksum_as_written, head_json, sealed_bytes
from publisher.state_backends import checks


@dataclass(frozen=True, slots=True)
class Replayed:
    """A state brought up to date by its journal."""

    state: State
    length: int  # bytes of the journal that belong to it; 0 when none do


def line(base: State, written: State, changed: tuple[str, ...]) -> bytes:
    """What to append when `written` takes the place of `base`, differing in the posts `changed`."""
    posts = {key: post_json(written.posts[key]) if key in written.posts else None for key in changed}
    return sealed_bytes({**head_json(written), "after": base.write_id, "posts": posts}) + b"\n"


def replayed(state: State, journal: bytes, *, where: str) -> Replayed:
    """`state` with the lines of `journal` on top. Raises `Refused` E402 for lines that do not follow each other.

    Lines up to the serial of `state` were folded into it before the journal could be removed: they are passed over.
    """
    changes: dict[str, PostRecord | None] = {}
    base, length, at = state, 0, 0
    for raw in journal.splitlines(keepends=True):
        at += len(raw)
        if not raw.endswith(b"\n"):
            break  # cut off: the write it belongs to was never acknowledged
        document = checks.document_from(raw, where=where)
        head = checked_head(document, where=where, known=checksum_as_written(raw))
        if head.lineage == state.lineage and head.serial <= state.serial and not length:
            continue
        if head.lineage != state.lineage or document.get("after") != state.write_id:
            raise _misfit(where, head, state)
        changes.update(_changes(document.get("posts"), where=where))
        extra = {key: value for key, value in head.extra.items() if key != "after"}
        state, length = replace(head, extra=extra), at
    return Replayed(replace(state, posts=base.amended(changes).posts), length)


def _changes(documents: Any, *, where: str) -> dict[str, PostRecord | None]:
    if not isinstance(documents, dict):
        raise checks.unreadable(where, 'a line has no "posts" object')
    return {
        post_id: None if record is None else post_from_json(record, where=f"{where}: {post_id}")
        for post_id, record in documents.items()
    }


def _misfit(where: str, head: State, state: State) -> Refused:
    return Refused(
        f"{where} does not follow the state it lies beside: found {checks.version(head)}, expected one after "
        f"{checks.version(state)}",
        code="E402",
        why="one of the two was restored or copied without the other; what they say together cannot be trusted",
        fix="restore both from the same copy, then: publisher state verify",
    )
