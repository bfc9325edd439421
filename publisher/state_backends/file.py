"""State in one JSON file on this machine: for people at their desks, and for the sandbox.

Conditional on what it was decided on, whole or not at all, and locked between processes of one machine. A fresh CI
runner has no such file: there a branch or S3 keeps the state.

A small state is rewritten with each write. A large one gets a journal beside it, `<name>.journal`, folded into the
file when the run ends. In `.publisher/` beside it: its locks, who holds them, and the highest serial seen, by which a
file that was set back betrays itself.
"""

import json
import math
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from publisher.errors import NotAllowed, PublisherError, Refused, TryAgain
from publisher.planning.record_json import time_text
from publisher.planning.state import State
from publisher.planning.state_json import checksum_as_written, sealed_bytes, state_from_json, state_json, unsealed_json
from publisher.state_backends import checks, durable, journal
from publisher.state_backends.attempts import Attempts
from publisher.state_backends.checks import Mark
from publisher.state_backends.durable import Durable

SMALL = 200  # posts; up to here the whole file is rewritten, in under 5 ms
LONGEST_JOURNAL = 4_000_000  # bytes; then it is folded, or reading it would cost more than it spares
ROOM = 1_000_000  # bytes that are left when a post is begun: what becomes of it must be recorded as well
_NOBODY = "held by nobody"

_Facts = tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class Found:
    """The state as it is on disk, and what its files looked like when it was read or written."""

    state: State
    file: _Facts
    journal: _Facts
    length: int  # bytes of the journal that belong to it


class FileState:
    """The state of `account` in the file `path`. `run` names this run in write ids: "9123/1".

    Up to `small` posts the file is rewritten with each write. `wait_s` is how long a write waits for one of another
    process; it takes milliseconds.
    """

    def __init__(
        self,
        path: Path,
        *,
        account: str,
        endpoint: str,
        run: str,
        disk: Durable | None = None,
        small: int = SMALL,
        wait_s: float = 30,
    ) -> None:
        self._path = path
        self._journal = path.with_name(f"{path.name}.journal")
        self._account = account
        self._endpoint = endpoint
        self._disk = disk or Durable()
        self._small = small
        self._write_ids = checks.write_ids(run)
        self._attempts = Attempts()
        self._found: Found | None = None
        self._beside = path.parent / ".publisher"
        self._mark_path = self._beside / f"{path.name}.mark.json"
        self._holder_path = self._beside / f"{path.name}.holder.json"
        self._write_lock = FileLock(self._beside / f"{path.name}.write.lock", timeout=wait_s)
        self._run_lock = FileLock(self._beside / f"{path.name}.run.lock", timeout=0)

    @property
    def where(self) -> str:
        return str(self._path)

    # --- the seam -----------------------------------------------------------------------------------------------

    def load(self) -> State:
        mark = self._read_mark()  # first: a write of somebody else's raises it only after the file
        found = self._read_undisturbed()
        if found is None:
            raise self._missing()
        state = found.state
        checks.check_belongs(state, account=self._account, endpoint=self._endpoint, where=self.where)
        checks.check_not_rewound(
            state,
            mark,
            where=self.where,
            restore=self._restore,
            restart=self._restart,
        )
        self._remember(found)
        return state

    def create(self, state: State) -> State:
        with self._writing():
            if (found := self._read()) is not None:
                raise checks.exists_already(self.where, found.state)
            if self._read_mark() is not None:
                raise self._missing()  # there was one: beginning anew would forget what it says
            self._remove_journal()
            return self._replace(replace(state, serial=1, write_id=next(self._write_ids)))

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        with self._writing():
            base = self._base(state)
            written = replace(state, serial=base.state.serial + 1, write_id=next(self._write_ids))
            self._attempts.note(state, written, changed)
            room = ROOM if state.opens(changed) else 0
            large = len(written.posts) > self._small and base.length < LONGEST_JOURNAL
            if large and base.state.write_id == state.write_id:
                line = journal.line(base.state, written, changed)
                if _size(base) + len(line) + room <= checks.LARGEST:
                    return self._append(base, written, line)
            return self._replace(written, room)

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        self._make_beside()
        try:
            self._run_lock.acquire()
        except Timeout:
            raise checks.held(self.where, self._holder()) from None
        except OSError as error:
            raise durable.explained(error, Path(self._run_lock.lock_file)) from None
        try:
            note = {"run": run, "since": time_text(datetime.now(UTC))}
            with suppress(OSError):  # only for messages
                self._holder_path.write_text(json.dumps(note))
            yield
        finally:
            try:
                self._fold()
                with suppress(OSError):
                    self._holder_path.unlink(missing_ok=True)
            finally:
                self._run_lock.release()

    def left(self) -> float:
        return math.inf  # the system's own lock: it ends with the process, and not before

    def hold(self, state: State, seconds: float) -> State:  # noqa: ARG002  (the lock lasts whatever is asked for)
        return state

    def unlock(self) -> str:
        """The system frees a dead run's lock by itself; what may be left is the note of who it was."""
        holder = self._holder()
        self._make_beside()
        try:
            with self._run_lock, suppress(OSError):
                self._holder_path.unlink(missing_ok=True)
        except Timeout:
            raise checks.held(self.where, f"{holder}, and it is alive") from None
        except OSError as error:
            raise durable.explained(error, Path(self._run_lock.lock_file)) from None
        return f"{holder}; taken away" if holder != _NOBODY else _NOBODY

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def _restore(self) -> str:
        return f"restore the newest {self._path.name}"

    @property
    def _restart(self) -> str:
        return f"rm {shlex.quote(str(self._mark_path))}"

    def _missing(self) -> PublisherError:
        if (obstacle := durable.obstacle(self._path)) is not None:
            return obstacle
        mark = self._read_mark()
        if mark is None:
            return checks.missing(self.where)
        return checks.missing(self.where, mark, restore=self._restore, restart=self._restart)

    def _read_undisturbed(self) -> Found | None:
        """Both files of one moment. Where we may only read, nobody of us writes meanwhile."""
        if _facts(self._path) is None and _facts(self._journal) is None:
            return None  # and nothing is made beside what does not exist
        try:
            with self._writing():
                return self._read()
        except NotAllowed:
            return self._read()

    def _read(self) -> Found | None:
        facts = _facts(self._path), _facts(self._journal)
        data = durable.read(self._path)
        lines = durable.read(self._journal)
        if data is None:
            if lines:
                raise durable.unreadable(self._path, f"only {self._journal.name} is there", "both files")
            return None
        document = checks.document_from(data, where=self.where)
        state = state_from_json(document, where=self.where, known=checksum_as_written(data))
        replayed = journal.replayed(state, lines or b"", where=str(self._journal))
        return Found(replayed.state, *facts, replayed.length)

    def _base(self, state: State) -> Found:
        """What is on disk, which must be what `state` was decided on, or a write of ours whose end we did not see."""
        found = self._found
        if found is None or (found.file, found.journal) != (_facts(self._path), _facts(self._journal)):
            found = self._read()
        if found is None:
            raise self._missing()
        there = found.state
        same = (there.lineage, there.serial, there.write_id) == (state.lineage, state.serial, state.write_id)
        if not same and self._attempts.ours(there.write_id, state) is None:
            raise checks.overtaken(self.where, seen=checks.version(there), expected=checks.version(state))
        return found

    # --- writing ------------------------------------------------------------------------------------------------

    def _replace(self, state: State, room: int = 0) -> State:
        """The whole file anew; then the journal has nothing to add. Raises `Refused` E411 where less than `room` bytes
        would be left for what comes after."""
        people_read_it = len(state.posts) <= self._small
        data = _for_people(state) if people_read_it else sealed_bytes(unsealed_json(state))
        if len(data) + 1 + room > checks.LARGEST:
            raise Refused(
                f"{self.where} would have {len(data) + 1:,} bytes, and a state has at most {checks.LARGEST:,}",
                code="E411",
                why="a larger one would not be read again; what is recorded so far is there, whole",
                fix="forget posts whose files are gone for good: publisher state rm ID, then run again",
            )
        self._disk.sweep(self._path)
        self._disk.replace(self._path, data + b"\n")
        self._remove_journal()
        self._remember(Found(state, _facts(self._path), _facts(self._journal), 0))
        return state

    def _append(self, base: Found, state: State, line: bytes) -> State:
        self._disk.append(self._journal, base.length, line)
        self._remember(Found(state, base.file, _facts(self._journal), base.length + len(line)))
        return state

    def _fold(self) -> None:
        """Leave one file behind, not two. When it cannot be done now, the next run does it."""
        found = self._found
        if found is None or not found.length:
            return
        with suppress(PublisherError), self._writing():
            if (found.file, found.journal) == (_facts(self._path), _facts(self._journal)):
                self._replace(found.state)

    def _remove_journal(self) -> None:
        """Its lines are in the file by now: should it stay, they are passed over."""
        with suppress(OSError):
            self._journal.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Nobody else replaces the file between our reading and our replacing it."""
        self._make_beside()
        try:
            self._write_lock.acquire()
        except Timeout:
            raise TryAgain(f"{self.where} is being written by another process", code="E411", fix="run again") from None
        except OSError as error:
            raise durable.explained(error, Path(self._write_lock.lock_file)) from None
        try:
            yield
        finally:
            self._write_lock.release()

    # --- what is kept beside it ---------------------------------------------------------------------------------

    def _make_beside(self) -> None:
        if self._beside.is_symlink():
            raise Refused(
                f"{self._beside} is a symbolic link",
                code="E401",
                why="what publisher keeps there would be written to a place that the link chose",
                fix=f"rm {shlex.quote(str(self._beside))}",
            )
        try:
            self._beside.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise durable.explained(error, self._beside) from None

    def _remember(self, found: Found) -> None:
        """Raise the mark. Where it cannot be written there is one safeguard fewer; the state itself is safe."""
        self._found = found
        mark = Mark(found.state.lineage, found.state.serial, found.state.write_id)
        if mark == self._read_mark():
            return
        fresh = self._mark_path.with_suffix(f".{os.getpid()}.part")
        with suppress(PublisherError, OSError):
            self._make_beside()
            fresh.write_text(json.dumps(asdict(mark)))
            fresh.replace(self._mark_path)

    def _read_mark(self) -> Mark | None:
        try:
            mark = checks.note_from(self._mark_path.read_bytes())
            known = Mark(str(mark["lineage"]), int(mark["serial"]))
            write_id = mark.get("write_id")
            return replace(known, write_id=write_id) if isinstance(write_id, str) else known
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None

    def _holder(self) -> str:
        try:
            note = checks.note_from(self._holder_path.read_bytes())
            return f"held by run {note['run']} since {note['since']}"
        except (OSError, KeyError, TypeError, RecursionError):
            return _NOBODY


def _for_people(state: State) -> bytes:
    return json.dumps(state_json(state), ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def _size(found: Found) -> int:
    """Bytes of both files; folded they are no more."""
    return (found.file[1] if found.file else 0) + found.length


def _facts(path: Path) -> _Facts:
    """By which a file that anybody has written since is told from one that nobody has."""
    try:
        facts = path.lstat()
    except OSError:
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
