"""Ctrl-C, from a real terminal's point of view: what is in hand is finished and recorded, nothing new is begun."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.flow.desk import CONFIG, Desk


def publishing(desk: Desk) -> "subprocess.Popen[bytes]":
    ours = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "publisher", "publish", "--yes", "--format", "json"],
        cwd=desk.folder,
        env={**ours, "HOME": str(desk.folder), **desk.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_an_interrupt_ends_with_130_within_seconds_and_the_next_run_goes_on(desk: Desk) -> None:
    desk.begin(CONFIG)
    for number in range(3):
        desk.post(f"p{number}", f"text: Number {number}\n")
    desk.control("faults", [{"call": "publish", "fault": "slow", "seconds": 1}])
    child = publishing(desk)
    while not desk.live():
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = child.communicate(timeout=20)
    assert child.returncode == 130, err
    assert time.monotonic() - began < 6
    assert b'"interrupted": true' in out
    assert desk.texts() == ["Number 0"]
    desk.control("faults", [])
    assert desk.publish().code == 0
    assert desk.texts() == ["Number 0", "Number 1", "Number 2"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_while_it_only_looks_gives_its_lock_back(desk: Desk, number: signal.Signals) -> None:
    desk.begin(CONFIG).post("p", "text: Hello\n")
    desk.control("faults", [{"call": "me", "fault": "slow", "seconds": 2}])
    child = publishing(desk)
    home = desk.folder / ".publisher"
    while not list(home.glob("*.holder.json")):
        time.sleep(0.02)
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, desk.texts()) == (130, []), err
    assert not list(home.glob("*.holder.json"))
    desk.control("faults", [])
    assert desk.publish().code == 0
