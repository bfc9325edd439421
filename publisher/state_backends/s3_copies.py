"""The journal of a state in S3: a copy of every head. One after the newest head shows that this was set back.

Also how a person gets a head back: each refusal ends with the command that does it.
"""

import re
import shlex
from concurrent.futures import ThreadPoolExecutor

from publisher.errors import PublisherError, Refused, TryAgain
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.objects import Conflict, Object, Objects

_FOLDER = "journal/"
_COPY = re.compile(r"journal/([1-9][0-9]{0,17})\.json")


class Copies:
    """`where` is the head that they are copies of, for messages."""

    def __init__(self, objects: Objects, where: str) -> None:
        self._objects = objects
        self._where = where
        self._newest = ""  # the write id of the last head whose copy is known to be there

    def there(self) -> bool:
        return self._objects.any_under(_FOLDER)

    def has(self, state: State) -> bool:
        """Whether the copy of this head is known to be there; asks nobody."""
        return state.write_id == self._newest

    def leave(self, state: State, head: bytes) -> bool:
        """Leave the copy of a head; False when it is not known to be there."""
        metadata = {"lineage": state.lineage, "write-id": state.write_id}
        try:
            self._objects.put(_key(state.serial), head, replacing=None, metadata=metadata)
        except Conflict:
            found = self._objects.head(_key(state.serial))
            if found is None:
                return False
            if found.metadata.get("write-id") != state.write_id:
                raise self._set_back(state) from None
        except TryAgain:
            return False
        self._newest = state.write_id
        return True

    def doubt(self, state: State) -> Refused | None:
        """A copy after ours, or another one at our serial, says that this head is not the newest."""
        with ThreadPoolExecutor(2) as pool:
            ours, later = pool.map(lambda n: self._objects.head(_key(n)), (state.serial, state.serial + 1))
        if ours is not None and ours.metadata.get("lineage") != state.lineage:
            return self._foreign(state, ours)
        if later is not None or (ours is not None and ours.metadata.get("write-id") != state.write_id):
            return self._set_back(state)
        if ours is None:
            return self._unheard_of(state)
        self._newest = state.write_id
        return None

    def restore(self) -> str:
        """How a person gets the newest copy back. Asked only for a refusal, as the journal is listed for it."""
        try:
            newest = self._last()
        except PublisherError:
            return f"put the newest copy under {self._objects.where}{_FOLDER} back as head.json"
        if newest is None:
            return f"restore an older version of {self._where}"
        copy = shlex.quote(f"{self._objects.where}{_key(newest)}")
        return f"put the newest copy back: aws s3 cp {copy} {shlex.quote(self._where)}"

    def missing(self) -> Refused:
        """There is no head."""
        if not self.there():
            return checks.missing(self._where)
        return Refused(
            f"there is no state at {self._where}, but its journal is there",
            code="E400",
            why="a missing state is not an empty one: everything published so far would be posted again",
            fix=self.restore(),
        )

    # --- inside -------------------------------------------------------------------------------------------------

    def _last(self) -> int | None:
        """The highest serial; None for an empty journal. One call for each thousand of copies."""
        found = (_COPY.fullmatch(key) for key in self._objects.under(_FOLDER))
        return max((int(match[1]) for match in found if match), default=None)

    def _unheard_of(self, state: State) -> Refused | None:
        """A head without a copy: its writer died before it, or the head comes from elsewhere."""
        before = self._objects.head(_key(state.serial - 1))
        if before is not None and before.metadata.get("lineage") == state.lineage:
            return None
        newest = self._last()
        if newest is None:
            return None  # copies may be kept for a time only
        copy = self._objects.head(_key(newest))
        if copy is not None and copy.metadata.get("lineage") != state.lineage:
            return self._foreign(state, copy)
        if newest > state.serial:
            return self._set_back(state)
        there = shlex.quote(f"{self._objects.where}{_key(state.serial)}")
        facts = shlex.quote(f"lineage={state.lineage},write-id={state.write_id}")
        return Refused(
            f"{self._where} has serial {state.serial}; its journal ends at serial {newest}",
            code="E408",
            why="each write leaves its copy there, so this head was written elsewhere: what it does not know of would "
            "be posted again",
            fix=f"{self.restore()}; or, if this head is meant: aws s3 cp {shlex.quote(self._where)} {there} "
            f"--metadata-directive REPLACE --metadata {facts}, then: publisher reconcile",
        )

    def _foreign(self, state: State, copy: Object) -> Refused:
        return Refused(
            f"{self._where} has lineage {state.lineage[:8]}; its journal is of lineage "
            f"{copy.metadata.get('lineage', 'unknown')[:8]}",
            code="E408",
            why="it is another history, in which other posts are published",
            fix=f"{self.restore()}; or use another state.path",
        )

    def _set_back(self, state: State) -> Refused:
        return Refused(
            f"{self._where} was set back: it has serial {state.serial}, and its journal goes on",
            code="E404",
            why="what was published in between would be posted again",
            fix=self.restore(),
        )


def _key(serial: int) -> str:
    return f"{_FOLDER}{serial}.json"
