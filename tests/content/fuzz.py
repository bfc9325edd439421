"""Spoils post files and media files by the million, and lets the checks judge each: none may raise, none may be slow.

python -m tests.content.fuzz yaml=1000000 media=20000 jobs=2 seed=6   exits 1 if an input raised or took over a second
python -m tests.content.fuzz again kind=yaml seed=6 n=4711            one input once more, with its traceback

An input follows from its kind, its seed and its number alone, so a failure's line is all that it takes to see it again.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from pathlib import Path

from publisher.content.look import MediaProblem
from publisher.content.validate import Source, check_posts
from publisher.errors import PublisherError
from publisher.media.prepare import prepare
from publisher.media.probe import Probe
from publisher.repository import Repository
from tests.content.cases import CONTEXT, cases
from tests.content.looks import look
from tests.content.slow import SLOW
from tests.content.spoil import drawn, spoiled_bytes, spoiled_text

EXAMPLES = Path(__file__).parents[2] / "example-posts" / "posts"
SLOW_S = 1.0  # of processor time, which another process on the machine does not lengthen
_BATCH = 500

Judge = Callable[[int, int], int]  # seed and number of an input in, the number of findings out


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some inputs of a kind."""

    count: int
    findings: int
    failures: tuple[str, ...]  # a line for each, with the arguments that show it again
    worst_s: float  # of processor time
    worst_n: int
    peak_mb: int  # of the process that judged them

    def __add__(self, other: "Tally") -> "Tally":
        worst = max(self, other, key=lambda tally: tally.worst_s)
        return Tally(
            self.count + other.count,
            self.findings + other.findings,
            (*self.failures, *other.failures),
            worst.worst_s,
            worst.worst_n,
            max(self.peak_mb, other.peak_mb),
        )


def judge_yaml(seed: int, n: int) -> int:
    """How many findings a spoiled post file has; it is a post or broken, never neither and never both."""
    return _judged(spoiled_text(random.Random(f"yaml {seed} {n}"), short_posts()))


def judge_slow(seed: int, n: int) -> int:
    """How many findings a file has that was made to be slow; there are few of them, whatever the seed."""
    return _judged(SLOW[n].encode())


def _judged(data: bytes) -> int:
    checked = check_posts([Source("posts/x.yaml", data)], CONTEXT, look)
    assert len(checked.posts) + len(checked.broken) == 1
    assert bool(checked.broken) == any(finding.severity == "error" for finding in checked.findings)
    return len(checked.findings)


def judge_media(seed: int, n: int) -> int:
    """1 if a spoiled media file is turned away, with words for it; 0 if it is prepared all the same."""
    dice = random.Random(f"media {seed} {n}")
    name, data = dice.choice(_media())
    with _folder() as root:
        (root / name).write_bytes(spoiled_bytes(dice, data))
        repository = Repository(root)
        facts = Probe(repository)(name)
        if isinstance(facts, MediaProblem):
            return 1
        try:
            prepare(repository, name, facts, root / "prepared")
        except PublisherError:
            return 1
    return 0


KINDS: dict[str, Judge] = {"yaml": judge_yaml, "slow": judge_slow, "media": judge_media}


def judged(kind: str, seed: int, numbers: range) -> Tally:
    """What became of the inputs `numbers`; an exception is a failure's line and stops nothing."""
    findings, failures, worst_s, worst_n = 0, [], 0.0, numbers.start
    for n in numbers:
        begun = time.process_time()
        try:
            findings += KINDS[kind](seed, n)
        except Exception as error:  # the very thing that is looked for
            failures.append(f"{type(error).__name__}: again kind={kind} seed={seed} n={n}")
        if (took := time.process_time() - begun) > worst_s:
            worst_s, worst_n = took, n
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Tally(len(numbers), findings, tuple(failures), worst_s, worst_n, peak_mb)


def main(arguments: Sequence[str]) -> int:
    """The command; its exit code."""
    options = dict(argument.partition("=")[::2] for argument in arguments)
    seed = int(options.get("seed", "6"))
    options["slow"] = str(len(SLOW))
    if "again" in options:
        print(KINDS[options["kind"]](seed, int(options["n"])), "findings")
        return 0
    fine = True
    with ProcessPoolExecutor(int(options.get("jobs", "1"))) as pool:
        for kind in KINDS:
            if count := int(options.get(kind, "0")):
                begun = time.monotonic()
                batches = [range(at, min(at + _BATCH, count)) for at in range(0, count, _BATCH)]
                tally = Tally(0, 0, (), 0.0, 0, 0)
                for part in pool.map(judged, repeat(kind), repeat(seed), batches):
                    tally += part
                _tell(kind, seed, tally, time.monotonic() - begun)
                fine = fine and not tally.failures and tally.worst_s < SLOW_S
    return 0 if fine else 1


def _tell(kind: str, seed: int, tally: Tally, took_s: float) -> None:
    for line in tally.failures[:20]:
        print(line)
    again = f"again kind={kind} seed={seed} n={tally.worst_n}"
    print(
        f"{kind}: seed {seed}, {tally.count} inputs, {tally.findings} findings,"
        f" {len(tally.failures)} uncaught exceptions, worst input {tally.worst_s:.3f} s ({again}),"
        f" peak {tally.peak_mb} MB, {took_s:.0f} s",
        flush=True,
    )


@cache
def short_posts() -> tuple[bytes, ...]:
    """Every post file of the corpus and of the example that is short enough to spoil by the million."""
    found = [data for kind in ("valid", "invalid") for case in cases(kind) for data in case.files.values()]
    found += [path.read_bytes() for path in sorted(EXAMPLES.glob("*.yaml"))]
    return tuple(data for data in found if len(data) < 2_000)


@cache
def _media() -> tuple[tuple[str, bytes], ...]:
    """Names and bytes of whole media files: the example's, and small ones of the formats it has none of."""
    whole = [(path.name, path.read_bytes()) for path in sorted((EXAMPLES / "media").iterdir())]
    return (*whole, *drawn())


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        yield Path(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
