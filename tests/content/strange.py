"""Strange repositories, each given to the real command: what it finds, how long it takes, and its peak of memory.

python -m tests.content.strange             all of them; exits 1 if one ends in a traceback, a signal, or over the goal
python -m tests.content.strange sparse two  those whose name holds one of the words
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

GOAL_S, GOAL_MB = 1.0, 200
_CONFIG = (Path(__file__).parents[2] / "example-posts" / "publisher.yaml").read_text("utf-8")
_POST = b"text: hello\n"

_TEN_MISTAKES = (
    "version: 9\nacounts: 1\npost: 2\nmedia: 3\nstate: 4\nrules: 5\ndefaults: 6\nuser_id: x\ntoken: 7\napi: 8\n"
)


def unreadable(root: Path) -> None:
    """For everybody but the superuser, who reads it all the same."""
    (root / "posts/x.yaml").write_bytes(_POST)
    (root / "posts/x.yaml").chmod(0)


def folder_as_file(root: Path) -> None:
    (root / "posts/x.yaml").mkdir()


def non_utf8_name(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root / "posts") + b"/caf\xe9.yaml")).write_bytes(_POST)


def sparse(root: Path) -> None:
    with (root / "posts/x.yaml").open("wb") as file:
        file.truncate(2 << 30)


def many_files(root: Path) -> None:
    for number in range(100_001):
        (root / f"posts/{number}.yaml").write_bytes(_POST)


def empty(root: Path) -> None:
    (root / "posts").rmdir()
    (root / "publisher.yaml").unlink()


def no_config(root: Path) -> None:
    (root / "publisher.yaml").unlink()
    (root / "posts/x.yaml").write_bytes(_POST)


def two_configs(root: Path) -> None:
    (root / "publisher.yml").write_text(_CONFIG)


def ten_mistakes(root: Path) -> None:
    (root / "publisher.yaml").write_text(_TEN_MISTAKES)


STRANGE: tuple[Callable[[Path], None], ...] = (
    unreadable, folder_as_file, non_utf8_name, sparse, many_files, empty, no_config, two_configs, ten_mistakes,
)  # fmt: skip


def shown(build: Callable[[Path], None]) -> bool:
    """One line about one repository; whether it ended as it should."""
    root = Path(tempfile.mkdtemp(prefix="strange-"))
    try:
        (root / "posts").mkdir()
        (root / "publisher.yaml").write_text(_CONFIG)
        build(root)
        with tempfile.TemporaryFile() as output:
            begun = time.monotonic()
            command = [sys.executable, "-m", "publisher", "validate"]
            process = subprocess.Popen(command, cwd=root, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            took_s = time.monotonic() - begun
            output.seek(0)
            text = output.read().decode()
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        shutil.rmtree(root)
    codes = sorted(set(re.findall(r"\b[EW]\d{3}\b", text)))
    peak_mb = usage.ru_maxrss // 1024
    fine = 0 <= process.returncode < 10 and "Traceback" not in text and took_s < GOAL_S and peak_mb < GOAL_MB
    told = " ".join(codes) or "nothing found"
    print(f"{build.__name__:<16} exit {process.returncode}  {took_s:6.2f} s  {peak_mb:4} MB  {told}", flush=True)
    return fine


def main(words: Sequence[str]) -> int:
    """The command; its exit code."""
    chosen = [build for build in STRANGE if not words or any(word in build.__name__ for word in words)]
    return 0 if False not in [shown(build) for build in chosen] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
