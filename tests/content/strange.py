"""Strange repositories, each given to the real command: what it finds, how long it takes, and its peak of memory.

python -m tests.content.strange             all of them; exits 1 if one ends otherwise than it should, or over the goal
python -m tests.content.strange sparse two  those whose name holds one of the words
"""

import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

GOAL_S, GOAL_MB = 1.0, 200
_CONFIG = (Path(__file__).parents[2] / "example-posts" / "publisher.yaml").read_text("utf-8")
_POST = b"text: hello\n"

_TEN_MISTAKES = (
    "version: 9\nacounts: 1\npost: 2\nmedia: 3\nstate: 4\nrules: 5\ndefaults: 6\nuser_id: x\ntoken: 7\napi: 8\n"
)


# --- what is strange about them ---------------------------------------------------------------------------------------


def unreadable(root: Path) -> None:
    (root / "posts/x.yaml").write_bytes(_POST)
    (root / "posts/x.yaml").chmod(0)


def unreadable_folder(root: Path) -> None:
    (root / "posts/inner").mkdir()
    (root / "posts/inner/x.yaml").write_bytes(_POST)
    (root / "posts/inner").chmod(0)


def unreadable_config(root: Path) -> None:
    (root / "publisher.yaml").chmod(0)


def folder_as_file(root: Path) -> None:
    (root / "posts/x.yaml").mkdir()


def folder_as_config(root: Path) -> None:
    (root / "publisher.yaml").unlink()
    (root / "publisher.yaml").mkdir()


def non_utf8_name(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root / "posts") + b"/caf\xe9.yaml")).write_bytes(_POST)


def changing(root: Path) -> None:
    """Something writes to it all the time: `_written_to`."""
    (root / "posts/x.yaml").write_bytes(_POST)


def sparse(root: Path) -> None:
    _of_two_gigabytes(root / "posts/x.yaml")


def sparse_config(root: Path) -> None:
    _of_two_gigabytes(root / "publisher.yaml")


def sparse_picture(root: Path) -> None:
    (root / "posts/x.yaml").write_bytes(_POST + b"media:\n  - file: x.jpg\n    alt: Two gigabytes of darkness\n")
    _of_two_gigabytes(root / "posts/x.jpg")


def many_files(root: Path) -> None:
    for number in range(100_001):
        path = root / f"posts/{number}.yaml"
        if number % 50_000 == 0:
            path.write_bytes(_POST)
            one = path
        else:
            path.hardlink_to(one)  # faster than another file, and no other thing to whoever reads it


def empty(root: Path) -> None:
    (root / "posts").rmdir()
    (root / "publisher.yaml").unlink()


def no_posts(root: Path) -> None:
    (root / "posts").rmdir()


def no_config(root: Path) -> None:
    (root / "publisher.yaml").unlink()
    (root / "posts/x.yaml").write_bytes(_POST)


def two_configs(root: Path) -> None:
    (root / "publisher.yml").write_text(_CONFIG)


def misnamed_config(root: Path) -> None:
    (root / "publisher.yaml").rename(root / "publisher.yml")


def ten_mistakes(root: Path) -> None:
    (root / "publisher.yaml").write_text(_TEN_MISTAKES)


def _of_two_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 << 30)


# --- and what must be found -------------------------------------------------------------------------------------------

# Findings with their places; of what is no finding of a file, its code.
STRANGE: dict[Callable[[Path], None], tuple[str, ...]] = {
    unreadable: ("posts/x.yaml 1:1 E110",),
    unreadable_folder: ("posts/inner 1:1 E110",),
    unreadable_config: ("E501",),
    folder_as_file: ("posts/x.yaml 1:1 E110",),
    folder_as_config: ("E501",),
    non_utf8_name: (r"posts/caf\xe9.yaml 1:1 E110",),
    changing: ("posts/x.yaml 1:1 E110",),
    sparse: ("posts/x.yaml 1:1 E108",),
    sparse_config: ("publisher.yaml 1:1 E108",),
    sparse_picture: ("posts/x.yaml 3:11 E304",),
    many_files: ("posts 1:1 E108",),
    empty: ("E500",),
    no_posts: (),
    no_config: ("E500",),
    two_configs: ("publisher.yaml 1:1 E529",),
    misnamed_config: ("E500",),
    ten_mistakes: (
        "publisher.yaml 1:10 E514",
        "publisher.yaml 2:1 E513",
        "publisher.yaml 3:1 E513",
        "publisher.yaml 4:8 E510",
        "publisher.yaml 5:8 E510",
        "publisher.yaml 6:8 E510",
        "publisher.yaml 7:11 E510",
        "publisher.yaml 8:10 E516",
        "publisher.yaml 9:1 E527",
        "publisher.yaml 10:1 E513",
    ),
}
SOMETIMES = {changing}  # a reading may fall between two changes: then it is a post like any other
LARGE = {many_files}  # takes seconds to make


@dataclass(frozen=True)
class Ended:
    """How the command ended."""

    code: int
    found: tuple[str, ...]
    output: str
    took_s: float
    peak_mb: int


def as_it_should(build: Callable[[Path], None], ended: Ended) -> bool:
    """Whether it found what there is to be found, and nothing else happened."""
    expected = [STRANGE[build], ()] if build in SOMETIMES else [STRANGE[build]]
    return ended.found in expected and ended.code == (3 if ended.found else 0) and "Traceback" not in ended.output


# A process begins its peak with that of the one that started it: a small one stands between, and writes what it saw.
_MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as told:
    told.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def validated(build: Callable[[Path], None]) -> Ended:
    """One strange repository, made, given to `publisher validate`, and removed."""
    root = Path(tempfile.mkdtemp(prefix="strange-"))
    try:
        (root / "posts").mkdir()
        (root / "publisher.yaml").write_text(_CONFIG)
        build(root)
        changed = root / "posts/x.yaml" if build is changing else None
        with tempfile.TemporaryFile() as output, tempfile.NamedTemporaryFile() as peak, _written_to(changed):
            begun = time.monotonic()
            program = [sys.executable, "-m", "publisher", "validate", "--format", "json"]
            command = [sys.executable, "-S", "-c", _MEASURED, peak.name, *program]
            process = subprocess.Popen(
                command, cwd=root, stdout=output, stderr=output, preexec_fn=as_anybody if os.geteuid() == 0 else None
            )
            process.wait()
            took_s = time.monotonic() - begun
            output.seek(0)
            text, peak_kb = output.read().decode(), int(peak.read())
    finally:
        for folder in (root, *(root / "posts").glob("inner")):
            folder.chmod(0o700)
        shutil.rmtree(root)
    return Ended(process.returncode, _found(text), text, took_s, peak_kb // 1024)


def _found(text: str) -> tuple[str, ...]:
    """What the command's document names; nothing when it is none."""
    try:
        document, _ = json.JSONDecoder().raw_decode(text[text.index("{") :])
    except ValueError:
        return ("no document",)
    if document.get("error"):
        return (document["error"]["code"],)
    return tuple(f"{each['path']} {each['line']}:{each['column']} {each['code']}" for each in document["findings"])


def as_anybody() -> None:
    """Of root's powers without the two that read whatever the mode says: else nothing would be unreadable."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if libc.prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP: gone with the next program
            raise OSError(ctypes.get_errno(), "the powers of root cannot be laid down")


@contextmanager
def _written_to(path: Path | None) -> Iterator[None]:
    """While this lasts, something writes to the file as fast as it can."""
    if path is None:
        yield
        return
    done = threading.Event()

    def write() -> None:
        with path.open("r+b", buffering=0) as file:
            while not done.is_set():
                for length in range(2000):  # a sound post every time
                    os.pwrite(file.fileno(), _POST + b"#" * length, 0)
                file.truncate(len(_POST))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def shown(build: Callable[[Path], None]) -> bool:
    """One line about one repository; whether it ended as it should."""
    ended = validated(build)
    told = " ".join(ended.found) or "nothing found"
    print(f"{build.__name__:<17} exit {ended.code}  {ended.took_s:6.2f} s  {ended.peak_mb:4} MB  {told}", flush=True)
    return as_it_should(build, ended) and ended.took_s < GOAL_S and ended.peak_mb < GOAL_MB


def main(words: Sequence[str]) -> int:
    """The command; its exit code."""
    chosen = [build for build in STRANGE if not words or any(word in build.__name__ for word in words)]
    return 0 if False not in [shown(build) for build in chosen] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
