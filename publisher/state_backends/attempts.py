"""What one run has tried to write, so that it knows its own writes again when an answer was lost.

Pure. A write whose answer never came may have been kept: what is found there then has a write_id of ours (F42, F50).
"""

from collections.abc import Iterable
from dataclasses import replace

from publisher.planning.state import State


class Attempts:
    """The writes of one backend object in the place of the state that its caller holds.

    Those in the place of an earlier one are done with, and a long history is not kept once for each of them.
    """

    def __init__(self) -> None:
        self._base = ""  # the write id of that state
        self._written: dict[str, State] = {}  # by write id
        self._changed: set[str] = set()

    def note(self, base: State, written: State, changed: tuple[str, ...]) -> None:
        """`written` is about to be sent, to take the place of `base`, from which it differs in the posts `changed`."""
        if base.write_id != self._base:
            self._base, self._written, self._changed = base.write_id, {}, set()
        self._written[written.write_id] = written
        self._changed.update(changed)

    def touched(self, base: State, changed: tuple[str, ...]) -> tuple[str, ...]:
        """`changed`, and what an earlier write in the place of `base` may have changed, whether it was kept or not.

        A backend that writes only what changed writes all of these, so that what is kept is what its caller holds.
        """
        earlier = sorted(self._changed) if base.write_id == self._base else ()
        return tuple(dict.fromkeys((*changed, *earlier)))

    def ours(self, found_write_id: str, base: State) -> State | None:
        """What we wrote under `found_write_id` in the place of `base`; None when it is somebody else's."""
        return self._written.get(found_write_id) if base.write_id == self._base else None


def apart(state: State, changed: tuple[str, ...], found: State, theirs: frozenset[str]) -> bool:
    """Whether our records `changed` may be put on top of what others wrote: of the posts `theirs`, in `found` (F48).

    What is so at Threads already must not be lost. But what a call follows was decided on all that was read: theirs may
    be the same post under another name, so that there they must have changed nothing. And no two records are of one
    live post.
    """
    if state.opens(changed):
        return not theirs
    return theirs.isdisjoint(changed) and _live(state, changed).isdisjoint(_live(found, theirs))


def _live(state: State, post_ids: Iterable[str]) -> set[str]:
    """The media ids on record for these posts."""
    records = (state.posts[post_id] for post_id in post_ids if post_id in state.posts)
    return {part.media_id for record in records for part in record.parts if part.media_id is not None}


def same_content(one: State, other: State) -> bool:
    """Equal but for the name and number of the write."""
    return replace(one, serial=0, write_id="") == replace(other, serial=0, write_id="")
