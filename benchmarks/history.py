"""What a long history costs in time: P9, planning beside it, and P16, one write to it.

    python -m benchmarks.history            all of it
    python -m benchmarks.history file s3    P16 of these backends

P9: `plan` of 200 posts with 20,000 records in the state, less the same with 200, next to `json.load` of the 20,000 (the
file read by a process of its own, less a process that only starts); times of the processor. P16: one write of a changed
record at 100,000 records, next to one at 100, in turns; every place is on this machine, without its network.
Lines are `name ratio [low..high] goal`: the median of the rounds and their quartiles.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from benchmarks.places import BACKENDS, Cost, history, opened
from benchmarks.posts import CONFIG
from benchmarks.ratio import Ratio, compare, ratio_of
from publisher.state_backends.file import FileState

POSTS = 200
RECORDS = 20_000
FEW, MANY = 100, 100_000
WRITES = {"file": 40, "branch": 12, "s3": 40}  # rounds
_ROUNDS = 5
_ENDPOINT = "https://graph.threads.net"


def planned() -> Ratio:
    """P9. The posts are new, so that nothing but loading has to look at the history."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = (_checkout(Path(folder, str(records)), records) for records in (RECORDS, POSTS))
        start = [sys.executable, "-c", "import json, sys"]
        load = [*start[:2], f"{start[2]}; json.load(open(sys.argv[1], 'rb'))", str(many / "publisher-state.json")]
        plans = [[sys.executable, "-m", "publisher", "-C", str(root), "plan", "--offline"] for root in (many, few)]

        def more(commands: Sequence[list[str]]) -> float:
            return _processor(commands[0]) - _processor(commands[1])

        more(plans)  # so that all bytecode is there
        return ratio_of([(more(plans), more((load, start))) for _ in range(_ROUNDS)])


def _checkout(root: Path, records: int) -> Path:
    (root / "posts").mkdir(parents=True)
    state = root / "publisher-state.json"
    (root / "publisher.yaml").write_text(f"{CONFIG}state: {{backend: file, path: {state.name}}}\n", "utf-8")
    for number in range(POSTS):
        (root / "posts" / f"{number:03}.yaml").write_text(f"text: The station slept for {number} days.\n", "utf-8")
    begun = replace(history(records), endpoint=_ENDPOINT)
    FileState(state, account="acme", endpoint=_ENDPOINT, run="1/1").create(begun)
    return root


def _processor(command: list[str]) -> float:
    """Seconds of the processor that a process takes."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise AssertionError(f"{command}: {errors.read().decode()}")
    return used.ru_utime + used.ru_stime


def written(backend: str) -> Ratio:
    """P16, as a run writes: loaded once, under the lock, one post after the other."""
    with ExitStack() as stack:
        return compare(*(_writer(backend, records, stack) for records in (MANY, FEW)), calls=5, rounds=WRITES[backend])


def _writer(backend: str, records: int, stack: ExitStack) -> Callable[[], None]:
    """What writes the newest record anew each time it is called."""
    counted = stack.enter_context(opened(backend, records, Cost()))
    stack.enter_context(counted.lock("1/1"))
    state = counted.load()
    post_id = "old-000000"
    record = state.posts[post_id]
    number = 0

    def write() -> None:
        nonlocal state, number
        number += 1
        changed = replace(record, path=f"posts/{number}.yaml")
        state = counted.save(state.with_post(post_id, changed), (post_id,))

    return write


def main(arguments: Sequence[str]) -> None:
    if not arguments:
        print(f"{planned().line(f'P9 plan beside {RECORDS:,} records')}   goal 1.5", flush=True)
    for backend in arguments or BACKENDS:
        print(f"{written(backend).line(f'P16 a write, {backend}')}   goal 1.3", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
