"""Ctrl-C, from a real terminal's point of view: what is in hand is finished and recorded, nothing new is begun."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.flow.desk import CONFIG, Desk


def started(desk: Desk, *command: str) -> "subprocess.Popen[bytes]":
    ours = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "publisher", *command, "--format", "json"],
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
    child = started(desk, "publish", "--yes")
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
    child = started(desk, "publish", "--yes")
    home = desk.folder / ".publisher"
    while not list(home.glob("*.holder.json")):
        time.sleep(0.02)
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, desk.texts()) == (130, []), err
    assert not list(home.glob("*.holder.json"))
    desk.control("faults", [])
    assert desk.publish().code == 0


@pytest.mark.parametrize("command", ["delete", "replace"])
def test_an_interrupted_deletion_ends_after_the_part_in_hand_and_the_next_one_goes_on(desk: Desk, command: str) -> None:
    desk.begin(CONFIG)
    desk.post("chain", "text: One\nthread: [{text: Two}, {text: Three}, {text: Four}]\n")
    desk.post("stays", "text: Hello\n")
    assert desk.publish().code == 0
    desk.control("clock", {"advance": "1h"})
    if command == "replace":
        desk.post("chain", "text: New\n")
    else:
        (desk.folder / "posts/chain.yaml").unlink()
    desk.control("faults", [{"call": "delete", "fault": "slow", "seconds": 1, "times": 9}])
    words = (command, "chain", "--confirm", "chain", "--allow-deletes", "4")
    child = started(desk, *words)
    while len(desk.live()) == 5:
        assert child.poll() is None, child.communicate()
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert child.returncode == 130, err
    assert b'"interrupted": true' in out
    assert sorted(text or "" for text in desk.texts()) == ["Hello", "One", "Three", "Two"]
    desk.control("faults", [])
    assert desk(*words).code == 0
    assert desk.texts() == ["Hello", *(["New"] if command == "replace" else [])]
