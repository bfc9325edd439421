"""What a run knew when its state could not be written, in a file: whole, or not there."""

import errno
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from publisher.errors import TryAgain
from publisher.planning.state_json import state_json
from publisher.state_backends.durable import OS
from publisher.wiring.session import _rescued
from tests.state_backends.places import BEGUN, record

STATE = BEGUN.with_post("launch", record())


def test_a_rescued_state_is_named_and_can_be_read(tmp_path: Path) -> None:
    place: Any = SimpleNamespace(home=tmp_path / ".publisher")
    name = _rescued(place, STATE)
    assert name.endswith(f"rescued-{STATE.account}-{STATE.serial}.json")
    assert json.loads((place.home / Path(name).name).read_bytes()) == state_json(STATE)


def test_a_full_disk_leaves_no_half_of_it_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(disk: OS, handle: int, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(OS, "write", full)
    place: Any = SimpleNamespace(home=tmp_path / ".publisher")
    with pytest.raises(TryAgain):
        _rescued(place, STATE)
    assert list(place.home.iterdir()) == []
