"""The world in a folder: written before a call that changes something is answered, so that `kill -9` loses nothing.

Files are replaced whole. They are not forced to the disk: a process that dies loses nothing by that, and a sandbox
need not outlive its machine.
"""

import json
import types
import typing
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from publisher.sandbox.clock import MovableClock
from publisher.sandbox.values import Data
from publisher.sandbox.world import World


class FolderTaken(RuntimeError):
    """Another sandbox serves this folder: two worlds in one file would lose each other's posts."""


class FolderBroken(RuntimeError):
    """What the folder holds cannot be read. It is left as it is: a world made anew would overwrite it."""


class Folder:
    """`DIR/world.json`, `DIR/port` and `DIR/media/<sha256>`; one sandbox at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._kept: set[str] = set()  # media known to be in the folder
        (root / "media").mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(root / "lock")

    def take(self) -> None:
        """Raises `FolderTaken`. The lock goes with the process, however it ends."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise FolderTaken(f"{self.root} is served by another sandbox") from None

    def release(self) -> None:
        self._lock.release()

    def port(self) -> int:
        """The port it was served at last; 0 when it never was."""
        try:
            return int((self.root / "port").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def note_port(self, port: int) -> None:
        replace_file(self.root / "port", str(port).encode())

    def load(self, clock: MovableClock) -> Data | None:
        """What was saved last, and the clock moved as it was; None for a new folder. Raises `FolderBroken`."""
        file = self.root / "world.json"
        try:
            document = json.loads(file.read_text("utf-8"))
            data = _revive(Data, document)
            clock.advance(timedelta(seconds=document.get("clock_offset_s", 0)))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError) as error:
            raise FolderBroken(f"{file} cannot be read as a sandbox's world: {error}") from None
        assert isinstance(data, Data)
        return data

    def load_blobs(self, world: World) -> None:
        for file in (self.root / "media").iterdir():
            if not file.name.startswith("."):
                world.blobs.bytes[file.name] = file.read_bytes()
                self._kept.add(file.name)

    def save(self, world: World, clock: MovableClock) -> None:
        with world.lock:
            document = {**asdict(world.data), "clock_offset_s": clock.offset.total_seconds()}
            new = {name: data for name, data in world.blobs.bytes.items() if name not in self._kept}
        for name, data in new.items():
            replace_file(self.root / "media" / name, data)
            self._kept.add(name)
        replace_file(self.root / "world.json", json.dumps(document, default=_time).encode())


def replace_file(file: Path, data: bytes) -> None:
    """Whole or not at all, for whoever reads meanwhile."""
    temporary = file.with_name(f".{file.name}.tmp")
    temporary.write_bytes(data)
    temporary.replace(file)


def _time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _revive(kind: Any, value: Any) -> Any:
    """`value` from JSON as the annotated type `kind`. Members that are unknown, or missing, do not matter."""
    if value is None:
        return None
    if isinstance(kind, types.UnionType):  # "X | None" is the only kind of union here
        return _revive(next(arm for arm in kind.__args__ if arm is not type(None)), value)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is dict:
        return {key: _revive(arguments[1], item) for key, item in value.items()}
    if origin is list:
        return [_revive(arguments[0], item) for item in value]
    if kind is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = (field.name for field in fields(kind) if field.name in value)
        return typing.cast(Any, kind)(**{name: _revive(hints[name], value[name]) for name in known})
    return value
