"""A backend in memory that behaves: durable across objects, conditional, locked, with a history and with faults.

`Memory` is the place, `MemoryState` one run's view of it. Every version ever written is kept, so that a test can set
the place back or wipe it. Faults are named by the number of the write, counted from 1 over the life of the place.
"""

import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from publisher.errors import PublisherError, TryAgain
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import state_from_json, state_json
from publisher.state_backends import checks
from publisher.state_backends.attempts import Attempts, apart, same_content
from publisher.state_backends.checks import Mark

Fault = Literal["not_written", "answer_lost", "killed_before", "killed_after"]


class Killed(BaseException):
    """The process is gone: nothing of ours may catch this."""


@dataclass
class Memory:
    """Where the state is; it survives the runs that use it."""

    faults: dict[int, Fault] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)  # every document ever written, oldest first
    document: str | None = None
    holder: str | None = None
    mark: Mark | None = None
    writes: int = 0  # asked for, whether they came to anything or not
    guard: threading.RLock = field(default_factory=threading.RLock)
    _read: tuple[str, State] | None = None  # what was read last, and from which document: sweeps ask very often

    now: Callable[[], datetime] | None = None  # with it the lock is a lease, and runs out
    lease: timedelta = timedelta(minutes=10)
    leased_until: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    unrenewable: PublisherError | None = None  # what renewing it comes to
    slow: Callable[[], None] = lambda: None  # what renewing it takes
    renewed: int = 0

    reapplies: bool = False  # as a branch does, where two runs write of different posts

    def renew(self) -> None:
        if self.now is not None:
            self.slow()
            self.renewed += 1
            self.leased_until = self.now() + self.lease

    def wipe(self) -> None:
        self.document = None

    def set_back(self, versions: int = 1) -> None:
        """Be as before the last `versions` writes."""
        self.document = self.versions[-1 - versions]

    def forget_mark(self) -> None:
        """Be seen from another machine, which has not seen this state before."""
        self.mark = None

    def written(self, write_id: str) -> State | None:
        """What was written under this name, if it ever was kept."""
        states = (state_from_json(json.loads(document), where="memory") for document in reversed(self.versions))
        return next((state for state in states if state.write_id == write_id), None)

    def state(self) -> State:
        """What is durable now."""
        assert self.document is not None
        if self._read is None or self._read[0] is not self.document:
            self._read = self.document, state_from_json(json.loads(self.document), where="memory")
        return self._read[1]


class MemoryState:
    """One run's view of a `Memory`."""

    def __init__(self, memory: Memory, *, account: str, endpoint: str, run: str) -> None:
        self._memory = memory
        self._account = account
        self._endpoint = endpoint
        self._write_ids = checks.write_ids(run)
        self._attempts = Attempts()

    @property
    def where(self) -> str:
        return "memory"

    def load(self) -> State:
        with self._memory.guard:
            if self._memory.document is None:
                raise checks.missing(self.where)
            document = checks.document_from(self._memory.document.encode(), where=self.where)
            state = state_from_json(document, where=self.where)
            checks.check_belongs(state, account=self._account, endpoint=self._endpoint, where=self.where)
            checks.check_not_rewound(
                state, self._memory.mark, where=self.where, restore="restore it", restart="forget the mark"
            )
            self._memory.mark = Mark(state.lineage, state.serial)
            return state

    def create(self, state: State) -> State:
        with self._memory.guard:
            if self._memory.document is not None:
                raise checks.exists_already(self.where)
            return self._write(state, replace(state, serial=1, write_id=next(self._write_ids)), tuple(state.posts))

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        with self._memory.guard:
            if self._memory.document is None:
                raise checks.missing(self.where)
            found = self._memory.state()
            if found.write_id != state.write_id:
                ours = self._attempts.ours(found.write_id, state)
                if ours is None and not self._apart(state, found, changed):
                    raise checks.overtaken(self.where, seen=checks.version(found), expected=checks.version(state))
                if ours is not None and same_content(ours, state):
                    return ours
            changed = self._attempts.touched(state, changed)
            posts = _with_changes(found, state, changed)
            written = replace(state, posts=posts, serial=found.serial + 1, write_id=next(self._write_ids))
            return self._write(state, written, changed)

    def _apart(self, state: State, found: State, changed: tuple[str, ...]) -> bool:
        base = self._memory.written(state.write_id) if self._memory.reapplies else None
        if base is None:
            return False
        ids = base.posts.keys() | found.posts.keys()
        theirs = frozenset(post_id for post_id in ids if base.posts.get(post_id) != found.posts.get(post_id))
        heads = (replace(each, posts={}) for each in (base, found))
        return apart(state, changed, found, theirs) and same_content(*heads)

    def left(self) -> float:
        memory = self._memory
        if memory.now is None or memory.holder is None:
            return math.inf
        return (memory.leased_until - memory.now()).total_seconds()

    def hold(self, state: State, seconds: float) -> State:
        if self.left() < seconds:
            if self._memory.unrenewable is not None:
                raise self._memory.unrenewable
            self._memory.renew()
        return state

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        with self._memory.guard:
            if self._memory.holder is not None:
                raise checks.held(self.where, f"run {self._memory.holder}")
            self._memory.holder = run
            self._memory.renew()
        try:
            yield
        finally:
            self._memory.holder = None

    def unlock(self) -> str:
        with self._memory.guard:
            holder, self._memory.holder = self._memory.holder, None
            return f"held by run {holder}; taken away" if holder else "held by nobody"

    def _write(self, base: State, state: State, changed: tuple[str, ...]) -> State:
        self._memory.writes += 1
        self._attempts.note(base, state, changed)
        fault = self._memory.faults.get(self._memory.writes)
        if fault == "killed_before":
            raise Killed
        if fault == "not_written":
            raise TryAgain("memory could not be written", code="E411")
        self._memory.document = json.dumps(state_json(state))
        self._memory.versions.append(self._memory.document)
        self._memory.mark = Mark(state.lineage, state.serial)
        if fault == "killed_after":
            raise Killed
        if fault == "answer_lost":
            raise TryAgain("memory gave no answer", code="E411")
        return state


def _with_changes(found: State, state: State, changed: tuple[str, ...]) -> dict[str, PostRecord]:
    """Only what the caller says has changed is written, as a backend may do: who names too little notices."""
    posts = dict(found.posts)
    for post_id in changed:
        if post_id in state.posts:
            posts[post_id] = state.posts[post_id]
        else:
            posts.pop(post_id, None)
    return posts
