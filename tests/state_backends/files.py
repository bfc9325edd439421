"""What the tests of the state file share."""

from pathlib import Path

from publisher.planning.state import State
from publisher.state_backends.durable import Durable
from publisher.state_backends.file import FileState
from tests.state_backends.places import ENDPOINT, record

NAME = "publisher-state.json"


def backend(path: Path, run: str = "1/1", disk: Durable | None = None, small: int = 200) -> FileState:
    return FileState(path, account="acme", endpoint=ENDPOINT, run=run, disk=disk, small=small)


def with_post(state: State, text: str) -> State:
    return state.with_post("launch", record(text))
