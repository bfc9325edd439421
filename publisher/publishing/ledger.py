"""The state of a run in progress: every record goes through here, and is durable when it returns."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from publisher.errors import LostRace, PublisherError, TryAgain
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.publishing import invariants
from publisher.publishing.clock import Clock
from publisher.state_backends.backend import StateBackend

_TRIES = 5
_WAIT_S = 1.0


class Ledger:
    """Holds what the backend holds. `load` before anything else."""

    def __init__(self, backend: StateBackend, clock: Clock, *, rescue: Callable[[State], str] | None = None) -> None:
        self._backend = backend
        self._clock = clock
        self._rescue = rescue  # writes a state that could not be kept to a file; returns its name
        self._state: State | None = None
        self._overtaken = False  # another run has written since `load`, and its records are beside ours

    @property
    def state(self) -> State:
        if self._state is None:
            raise AssertionError("the ledger was not loaded")
        return self._state

    def load(self) -> State:
        self._state = self._backend.load()
        self._overtaken = False
        return self._state

    def confirm(self) -> None:
        """What is decided next rests on the newest state there is, read afresh.

        Raises `LostRace` E702 when another run has written meanwhile: what looks like a riddle may be its post. Asked
        before a person is troubled; a write need not ask, being conditional itself.
        """
        self.undisturbed()
        there = self._backend.load()
        if there.write_id != self.state.write_id:
            raise LostRace(
                f"{self._backend.where} was written by somebody else meanwhile: found serial {there.serial}, "
                f"expected serial {self.state.serial}",
                code="E702",
                why="what this run saw may be the other one's doing",
                fix="run again: it continues from what the other one recorded",
            )

    def hold(self, seconds: float) -> None:
        """Make sure that the account is ours for `seconds` more (protocol.md, 4.6). Raises `LostRace` E700 or E702."""
        try:
            self._state = self._backend.hold(self.state, seconds)
        except TryAgain as error:
            raise LostRace(
                f"the lock of {self._backend.where} could not be renewed: {error.message}",
                code="E700",
                why="another run may take the account over while a call to Threads is under way",
                fix="run again: it goes on from what is recorded",
            ) from error

    def left(self) -> float:
        """Seconds for which the account is surely ours."""
        return self._backend.left()

    def keep(self, post_id: str, record: PostRecord) -> None:
        """Make one record durable. Phases only move forward (I7), but back to `planned` when a container died."""
        self.keep_all({post_id: record})

    def keep_all(self, records: Mapping[str, PostRecord]) -> None:
        """Make several durable by one write; none of them is before all of them are."""
        for post_id, record in records.items():
            old = self.state.posts.get(post_id)
            if old is not None:
                invariants.before_write(old, record)
        self.write(self.state.amended(records), tuple(records))

    def write(self, state: State, changed: tuple[str, ...]) -> None:
        """Tried a few times; a write that cannot be done is rescued to a file, and the run ends (F41).

        Once another run's records came along with an earlier write, what this run has read is no longer all there is:
        it records what it has done, and begins nothing (F48). Raises `LostRace` E702 there, and nothing is written.
        """
        if state.opens(changed):
            self.undisturbed()
        tries = 0
        while True:
            tries += 1
            try:
                kept = self._backend.save(state, changed)
            except TryAgain as error:
                if tries == _TRIES:
                    raise self._rescued(state, error) from error
                self._clock.sleep(_WAIT_S * tries)
            else:
                invariants.after_write(state, kept)
                self._overtaken |= kept.posts is not state.posts and kept.posts != state.posts
                self._state = kept
                return

    def with_user(self, user_id: str, endpoint: str) -> None:
        """Record whose account this is, and on which Threads, the first time it is known."""
        if self.state.user_id is None:
            self.write(replace(self.state, user_id=user_id, endpoint=endpoint), ())

    def undisturbed(self) -> None:
        """Raises `LostRace` E702 where another run has written since `load`: what was planned then may be done now."""
        if self._overtaken:
            raise LostRace(
                f"{self._backend.where} was written by another run meanwhile",
                code="E702",
                why="what this run had still to send may be what the other one has sent",
                fix="run again: it continues from what the other one recorded",
            )

    def _rescued(self, state: State, error: TryAgain) -> TryAgain:
        try:
            name = self._rescue(state) if self._rescue is not None else None
        except (OSError, PublisherError):  # the disk that does not take the state does not take the file either
            name = None
        return TryAgain(
            f"the state could not be written: {error.message}",
            code=error.code,
            why="what was begun is covered by its intent; nothing is posted twice"
            + (f". What this run knew is in {name}" if name else ""),
            fix=error.fix or "run again",
        )
