"""What every backend asks of a state before it lets anybody publish by it: one wording for all of them.

Pure: bytes and values in, a state or `Refused` out.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from publisher.errors import LostRace, Refused
from publisher.planning.record_json import unreadable as unreadable
from publisher.planning.state import State

LARGEST = 100_000_000  # bytes; a state of 100,000 posts has about 60 MB


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest state this machine has seen: the same lineage with a lower serial is a rewound one."""

    lineage: str
    serial: int
    write_id: str | None = None  # None in a mark of a time when it was not kept: then it is not checked


def document_from(data: bytes, *, where: str) -> Any:
    """JSON from bytes. Raises `Refused` E401 for an empty, huge, cut off or otherwise unreadable text."""
    if not data or data.isspace():
        raise unreadable(where, "it is empty")
    if len(data) > LARGEST:
        raise unreadable(where, f"it has {len(data):,} bytes, and a state has at most {LARGEST:,}")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise unreadable(where, f"it is no JSON ({_of_json(error)})") from None


def note_from(data: bytes) -> Any:
    """JSON of a note beside the state, such as who holds its lock; None where it is none: nothing hangs on it."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _of_json(error: Exception) -> str:
    """Where it stops being JSON, for people."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "it is not UTF-8"


@contextmanager
def restored_by(restore: Callable[[], str]) -> Iterator[None]:
    """What cannot be read or trusted in here is refused with `restore`, the way to the last good version of it."""
    try:
        yield
    except Refused as refused:
        if refused.code not in ("E401", "E402"):
            raise
        fix = f"{restore()}, then: publisher state verify"
        raise Refused(refused.message, code=refused.code, why=refused.why, fix=fix) from None


def missing(where: str, mark: Mark | None = None, *, restore: str = "restore it", restart: str = "") -> Refused:
    """E400; `restore` is how a person gets the lost one back, as a command where there is one.

    Where `mark` says that there was one, `restart` is how a person begins anew on purpose.
    """
    if mark is not None:
        return Refused(
            f"there is no state at {where}, and serial {mark.serial} of it has been seen here",
            code="E400",
            why="a state that is lost is not an empty one: everything published so far would be posted again",
            fix=f"{restore}; or, to begin anew on purpose: {restart}, then: publisher state init",
        )
    return Refused(
        f"there is no state at {where}",
        code="E400",
        why="a missing state is not an empty one: everything published so far would be posted again",
        fix=f"{restore}; or, if nothing was ever published from here: publisher state init",
    )


def exists_already(where: str, state: State | None = None) -> Refused:
    seen = f" (lineage {state.lineage[:8]}, serial {state.serial})" if state else ""
    return Refused(
        f"there is a state at {where} already{seen}",
        code="E405",
        why="beginning again would forget what is published, and post it again",
        fix="use it as it is: publisher state verify",
    )


def check_belongs(state: State, *, account: str, endpoint: str, where: str) -> None:
    """Raises `Refused` when the state is of another account (E406) or of another API endpoint (E407).

    A state through which nothing was published yet has no user; it takes the endpoint of its first publish.
    """
    if state.account != account:
        raise Refused(
            f'{where} is the state of account "{state.account}"; this one is "{account}"',
            code="E406",
            why="ids of another account mean nothing here, and its posts would be posted again",
            fix="give each account a state.path of its own, for instance with {account} in it",
        )
    if state.user_id is not None and state.endpoint.rstrip("/") != endpoint.rstrip("/"):
        raise Refused(
            f"{where} belongs to {state.endpoint}; this run would publish to {endpoint}",
            code="E407",
            why="ids of one Threads mean nothing on another, such as a sandbox's on the real one",
            fix=f"set THREADS_API_BASE_URL to {state.endpoint}, or use another state.path",
        )


def check_not_rewound(state: State, mark: Mark | None, *, where: str, restore: str, restart: str) -> None:
    """Raises `Refused` E404 for a lower serial than the mark's or another write of the same, E408 for another lineage.

    `restore` says how a person gets the newer state back, `restart` how to go on with the older one on purpose.
    """
    if mark is None:
        return
    if state.lineage != mark.lineage:
        raise Refused(
            f"{where} has lineage {state.lineage[:8]}; the one used here has lineage {mark.lineage[:8]}",
            code="E408",
            why="it is another history, in which other posts are published",
            fix=f"{restore}; or, if this one is meant: {restart}, then: publisher reconcile",
        )
    if state.serial < mark.serial:
        raise Refused(
            f"{where} was set back: it has serial {state.serial}, and serial {mark.serial} has been seen here",
            code="E404",
            why="what was published in between would be posted again",
            fix=f"{restore}; or, if this one is meant: {restart}, then: publisher reconcile",
        )
    if state.serial == mark.serial and mark.write_id not in (None, state.write_id):
        raise forked(state, mark, where=where, restore=restore, restart=restart)


def forked(state: State, mark: Mark, *, where: str, restore: str, restart: str) -> Refused:
    """E404 for a state of the mark's lineage, no older, that does not hold what the mark's held."""
    return Refused(
        f"{where} was set back and written anew: {version(state)} does not go on from "
        f"serial {mark.serial} ({mark.write_id}), which has been seen here",
        code="E404",
        why="each of the two records posts that the other does not know of, and would post again",
        fix=f"{restore}; or, if this one is meant: {restart}, then: publisher reconcile",
    )


def overtaken(where: str, *, seen: str, expected: str) -> LostRace:
    return LostRace(
        f"{where} was written by somebody else meanwhile: found {seen}, expected {expected}",
        code="E702",
        why="two runs must not publish from the same state",
        fix="run again: it continues from what the other one recorded",
    )


def held(where: str, holder: str) -> LostRace:
    return LostRace(
        f"{where} is held: {holder}",
        code="E700",
        why="one run at a time publishes for an account",
        fix="wait for it to end; if it died: publisher state unlock",
    )


def version(state: State) -> str:
    """For messages: "serial 412 (9123.1.a41f:7)"."""
    return f"serial {state.serial} ({state.write_id})"


def write_ids(run: str) -> Iterator[str]:
    """A fresh name for each write of one backend object: "9123.1.a41f09:7" for run "9123/1"."""
    stem = f"{run.replace('/', '.')}.{secrets.token_hex(6)}"
    return (f"{stem}:{n}" for n in count(1))
