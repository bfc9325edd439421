"""State in one JSON file on this machine: for people at their desks, and for the sandbox.

Conditional on what this object last read, whole or not at all, and locked between processes of one machine. A fresh
CI runner has no such file: there a branch or S3 keeps the state. Beside the file, in `.publisher/`: its locks, who
holds them, and the highest serial seen, by which a file that was set back betrays itself.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from publisher.errors import PublisherError
from publisher.planning.state import State, state_from_json, state_json, time_text
from publisher.state_backends import checks, durable
from publisher.state_backends.checks import Mark
from publisher.state_backends.durable import Durable


class FileState:
    """The state of `account` in the file `path`. `run` names this run in write ids and locks: "9123/1"."""

    def __init__(
        self, path: Path, *, account: str, endpoint: str, run: str, disk: Durable | None = None
    ) -> None:
        self._path = path
        self._account = account
        self._endpoint = endpoint
        self._disk = disk or Durable()
        self._write_ids = checks.write_ids(run)
        self._seen: State | None = None
        beside = path.parent / ".publisher"
        self._mark_path = beside / f"{path.name}.mark.json"
        self._holder_path = beside / f"{path.name}.holder.json"
        self._write_lock = FileLock(beside / f"{path.name}.write.lock", timeout=30)
        self._run_lock = FileLock(beside / f"{path.name}.run.lock", timeout=0)

    @property
    def where(self) -> str:
        return str(self._path)

    def load(self) -> State:
        state = self._read()
        if state is None:
            raise checks.missing(self.where)
        checks.check_belongs(state, account=self._account, endpoint=self._endpoint, where=self.where)
        checks.check_not_rewound(
            state, self._read_mark(), where=self.where, restart=f"remove {self._mark_path}"
        )
        self._remember(state)
        return state

    def create(self, state: State) -> State:
        with self._writing():
            found = self._read()
            if found is not None:
                raise checks.exists_already(self.where, found)
            return self._write(replace(state, serial=1, write_id=next(self._write_ids)))

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        with self._writing():
            found = self._read()
            if found is None:
                raise checks.missing(self.where)
            seen = self._seen or state
            if (found.lineage, found.serial, found.write_id) != (seen.lineage, seen.serial, seen.write_id):
                raise checks.overtaken(self.where, seen=checks.version(found), expected=checks.version(seen))
            return self._write(
                replace(state, lineage=seen.lineage, serial=seen.serial + 1, write_id=next(self._write_ids))
            )

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        self._mark_path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._run_lock.acquire()
        except Timeout:
            raise checks.held(self.where, self._holder()) from None
        try:
            note = {"run": run, "since": time_text(datetime.now(UTC))}
            self._disk.replace(self._holder_path, json.dumps(note).encode())
            yield
        finally:
            self._holder_path.unlink(missing_ok=True)
            self._run_lock.release()

    def unlock(self) -> str:
        holder = self._holder()
        try:
            with self._run_lock:
                self._holder_path.unlink(missing_ok=True)
        except Timeout:
            return f"{holder}, and still alive: it was left alone"
        return f"{holder}; taken away" if holder != _NOBODY else _NOBODY

    # --- the file -------------------------------------------------------------------------------------------

    def _read(self) -> State | None:
        data = durable.read(self._path)
        if data is None:
            return None
        return state_from_json(checks.document_from(data, where=self.where), where=self.where)

    def _write(self, state: State) -> State:
        text = json.dumps(state_json(state), ensure_ascii=False, indent=1)
        self._disk.replace(self._path, text.encode() + b"\n")
        self._remember(state)
        return state

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Nobody else reads and replaces the file between our reading and our replacing it."""
        self._mark_path.parent.mkdir(parents=True, exist_ok=True)
        with self._write_lock:
            yield

    # --- what is kept beside it -----------------------------------------------------------------------------

    def _remember(self, state: State) -> None:
        self._seen = state
        mark = json.dumps({"lineage": state.lineage, "serial": state.serial}).encode()
        try:
            self._mark_path.parent.mkdir(parents=True, exist_ok=True)
            self._disk.replace(self._mark_path, mark)
        except (PublisherError, OSError):
            pass  # a folder we may not write to: one safeguard fewer, but the state itself is safe

    def _read_mark(self) -> Mark | None:
        try:
            mark = json.loads(self._mark_path.read_bytes())
            return Mark(str(mark["lineage"]), int(mark["serial"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _holder(self) -> str:
        try:
            note = json.loads(self._holder_path.read_bytes())
            return f"held by run {note['run']} since {note['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return _NOBODY


_NOBODY = "held by nobody we know of"
