"""What `publisher validate` costs, P1 to P6: next to its yardsticks, each in turn, whole processes.

python -m benchmarks.validate [POSTS [MORE]]     10,000 and 100,000 unless told otherwise; 0 for MORE leaves growth out

Seconds are those of the clock, as whoever waits has them: let the machine do nothing else meanwhile. Beside each stands
the same of the processor's seconds, those of child processes included, which other work disturbs less. Every rule is
on and places are kept, as in any run.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.posts import write_posts
from benchmarks.ratio import Ratio, ratio_of

_HERE = Path(__file__).parent
_BIN = Path(sys.executable).parent
_PUBLISHER = str(_BIN / "publisher")
_SCHEMA = str(_HERE.parent / "schemas" / "post.json")
_ROUNDS = 7
_FEW_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Used:
    """What one process took."""

    seconds: float  # of the clock
    processor: float  # seconds of it, over all processors
    memory: int  # bytes at its peak


def used(command: Sequence[str], folder: Path) -> Used:
    """Run a command to its end. Raises `CalledProcessError` when it fails: what fails is not compared."""
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command[:5])
    return Used(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


@dataclass(frozen=True, slots=True)
class Compared:
    """By the clock, which is what the goals are about, and by the processor."""

    clock: Ratio
    processor: Ratio

    @staticmethod
    def of(pairs: Sequence[tuple[Used, Used]]) -> "Compared":
        return Compared(
            ratio_of([(ours.seconds, theirs.seconds) for ours, theirs in pairs]),
            ratio_of([(ours.processor, theirs.processor) for ours, theirs in pairs]),
        )


def in_turn(ours: Sequence[str], yardsticks: Sequence[Sequence[str]], folder: Path, rounds: int) -> list[Compared]:
    """Ours against each yardstick, all in `folder`; a first run of each warms the file cache and is not counted.

    The same run can take a fifth more a minute later, on the same files: a shared processor is as fast as its
    neighbours let it be. So all yardsticks are held against one run of ours; each runs before it and after it, and the
    mean of the two counts. The last of them, which should be the shortest, stands next to ours on both sides.
    """
    for command in (ours, *yardsticks):
        used(command, folder)
    pairs: list[list[tuple[Used, Used]]] = [[] for _ in yardsticks]
    for _ in range(rounds):
        before = [used(theirs, folder) for theirs in yardsticks]
        between = used(ours, folder)
        after = [used(theirs, folder) for theirs in reversed(yardsticks)]
        for number, (one, two) in enumerate(zip(before, reversed(after), strict=True)):
            pairs[number].append((between, _mean(one, two)))
    return [Compared.of(each) for each in pairs]


def _mean(one: Used, two: Used) -> Used:
    return Used((one.seconds + two.seconds) / 2, (one.processor + two.processor) / 2, max(one.memory, two.memory))


def growth(few: Path, many: Path, posts: tuple[int, int], size: float) -> tuple[Compared, float]:
    """P5: time per post with many posts and with few; P6: memory per post more, in mean sizes of a post file."""
    runs = [(used(_validate(), many), used(_validate(), few)) for _ in range(_FEW_ROUNDS)]
    times = [(_of_one(more, posts[1]), _of_one(less, posts[0])) for more, less in runs]
    slope = statistics.median((more.memory - less.memory) / (posts[1] - posts[0]) for more, less in runs)
    return Compared.of(times), slope / size


def _of_one(run: Used, posts: int) -> Used:
    return Used(run.seconds / posts, run.processor / posts, run.memory)


def floor_program(folder: Path) -> str | None:
    """The C program that only parses, compiled; None, with the reason told, where that cannot be done."""
    program = folder / "floor"
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        print("P4 skipped: there is no C compiler; apt-get install gcc libyaml-dev")
        return None
    build = [compiler, "-O2", "-o", str(program), str(_HERE / "floor.c"), "-lyaml"]
    if subprocess.run(build, check=False, capture_output=True).returncode:
        print("P4 skipped: floor.c does not compile; apt-get install libyaml-dev")
        return None
    return str(program)


def main(count: int = 10_000, more: int = 100_000) -> None:
    """Make the posts, run everything in turn, print a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # An installation has its bytecode, whatever the environment says of this working tree.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        few = folder / "few"
        size = write_posts(few, count) / count
        os.sync()  # a first run should not wait for these files to be written back
        print(f"{count:,} posts of {size:.0f} bytes on the average")
        click = [sys.executable, "-c", "import click"]
        (start,) = in_turn([_PUBLISHER, "--help"], [click], folder, 3 * _ROUNDS)
        _tell("P1 start-up", start, 1.4)
        one = "posts/000000.yaml"
        single = folder / "single"
        write_posts(single, 1)
        (file,) = in_turn([_PUBLISHER, "validate", one], [_check_jsonschema(one)], single, 2 * _ROUNDS)
        _tell("P2 one file", file, 0.5)
        files = sorted(f"posts/{path.name}" for path in (few / "posts").glob("*.yaml"))
        floor = floor_program(folder)
        peers = [_check_jsonschema(*files), *([[floor, "posts"]] if floor else [])]
        ratios = in_turn(_validate(), peers, few, _ROUNDS)
        for title, ratio, goal in zip(("P3 our schema", "P4 libyaml alone"), ratios, (0.12, 8), strict=False):
            _tell(title, ratio, goal)
        if more > count:
            write_posts(folder / "many", more)
            os.sync()
            time, memory = growth(few, folder / "many", (count, more), size)
            _tell(f"P5 {more:,} posts", time, 1.1)
            print(f"P6 memory {memory:.3g}   goal 6")


def _validate(*paths: str) -> list[str]:
    return [_PUBLISHER, "validate", "--format", "json", *paths]


def _check_jsonschema(*paths: str) -> list[str]:
    return [str(_BIN / "check-jsonschema"), "--schemafile", _SCHEMA, *paths]


def _tell(name: str, found: Compared, goal: float) -> None:
    print(f"{found.clock.line(name)}   goal {goal}   by the processor {found.processor.middle:.3g}", flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
