"""The world in a folder: written after every call that changes something, so that `kill -9` loses nothing answered."""

import json
import os
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from publisher.sandbox.clock import MovableClock
from publisher.sandbox.values import Account, Blob, Container, Data, Post, Settings
from publisher.sandbox.world import World

_TIMES = ("token_expires", "made_at", "ready_at", "published_at", "deleted_at")


class Folder:
    """`DIR/world.json` and `DIR/media/<sha256>`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "media").mkdir(parents=True, exist_ok=True)

    def load(self, clock: MovableClock) -> Data | None:
        try:
            document = json.loads((self.root / "world.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        clock.advance(timedelta(seconds=document.get("clock_offset_s", 0)))
        return Data(
            accounts={key: _revive(Account, value) for key, value in document["accounts"].items()},
            containers={key: _revive(Container, value) for key, value in document["containers"].items()},
            posts={key: _revive(Post, value) for key, value in document["posts"].items()},
            settings=Settings(**document["settings"]),
            next_id=document["next_id"],
        )

    def port(self) -> int:
        """The port the world was last served on; 0 when there is none."""
        try:
            return int((self.root / "port").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def note_port(self, port: int) -> None:
        _replace(self.root / "port", str(port).encode())

    def load_blobs(self, world: World) -> None:
        for file in (self.root / "media").iterdir():
            world.blobs.bytes[file.name] = file.read_bytes()

    def save(self, world: World, clock: MovableClock) -> None:
        for sha256, data in world.blobs.bytes.items():
            file = self.root / "media" / sha256
            if not file.exists():
                _replace(file, data)
        document = {**asdict(world.data), "clock_offset_s": clock.offset.total_seconds()}
        _replace(self.root / "world.json", json.dumps(document, default=_time).encode())


def _time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _revive(kind: Any, document: dict[str, Any]) -> Any:
    known = {field.name for field in fields(kind)} if is_dataclass(kind) else set()
    facts = {key: value for key, value in document.items() if key in known}
    for key in _TIMES:
        if facts.get(key) is not None:
            facts[key] = datetime.fromisoformat(facts[key])
    if facts.get("media") is not None:
        facts["media"] = Blob(**facts["media"])
    return kind(**facts)


def _replace(file: Path, data: bytes) -> None:
    temporary = file.with_name(f".{file.name}.tmp")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
