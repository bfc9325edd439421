"""Ctrl-C, from a real terminal's point of view: what is in hand is finished and recorded, nothing new is begun."""

import os
import signal
import subprocess
import sys
import time

from tests.flow.desk import CONFIG, Desk


def test_an_interrupt_ends_with_130_within_seconds_and_the_next_run_goes_on(desk: Desk) -> None:
    desk.begin(CONFIG)
    for number in range(3):
        desk.post(f"p{number}", f"text: Number {number}\n")
    desk.control("faults", [{"call": "publish", "fault": "slow", "seconds": 1}])
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.folder), **desk.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", "publisher", "publish", "--yes", "--format", "json"],
        cwd=desk.folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
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
