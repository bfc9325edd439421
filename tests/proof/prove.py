"""`make prove`: every sweep, whole, with its numbers. Exits 1 when one of them is not what it must be.

python -m tests.proof.prove                  all that runs on virtual time, on every processor
python -m tests.proof.prove singles mutants  some of it
python -m tests.proof.prove doubles number=5000 seed=7 jobs=8    fewer, others, by eight processes
python -m tests.proof.prove machine lives=500 steps=80           random lives of an account
python -m tests.proof.prove processes        real processes: killed, and in crowds (about an hour)
python -m tests.proof.prove processes kills=30 rounds=4    the same, smaller
python -m tests.proof.prove soak minutes=2   three accounts in bad weather; 20 minutes unless told
python -m tests.proof.prove again LINE       one case, as a failure printed it
"""

import inspect
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.flow import ways
from tests.proof import cases, failures, machine, processes, runners, soak, stores, wipes
from tests.proof.life import Life
from tests.proof.mutants import MUTANTS
from tests.proof.spread import spread
from tests.proof.sweep import Sum, sweep
from tests.proof.sweeps import SWEEPS
from tests.publishing.harness import WORKLOADS, Count

SMALL = ("text", "image", "video", "carousel-2", "chain-2", "chain-5", "mix")
STORED = ("text", "chain-2")
EVIL: dict[str, Any] = {"second_publish": "duplicate"}
DOUBLES = 100_000
SEED = 20261126


def table() -> bool:
    """How many failures are made to happen, and by how many tests; `make test` holds that all of them exist."""
    print(failures.summary())
    return True


def singles(every: int = 1, jobs: int = 0) -> bool:
    """One fault of each kind at every call of every workload, in four models of the server."""
    alone = sweep(cases.singles(tuple(WORKLOADS), cases.MODELS, every=every), jobs=jobs)
    grouped = sweep(cases.singles(cases.GROUPED, cases.MODELS, every=every, group=cases.GROUP), jobs=jobs)
    good = _told("single faults", alone)
    good &= _told("single faults, groups", grouped)
    return good and alone.count.asked + grouped.count.asked == 0  # one fault is nothing to trouble a person with


def doubles(number: int = DOUBLES, seed: int = SEED, jobs: int = 0) -> bool:
    """Two faults, drawn by a seed."""
    drawn = cases.doubles(SMALL, cases.MODELS, number=number, seed=seed)
    good = _told(f"double faults, seed {seed}", sweep(drawn, jobs=jobs))
    grouped = cases.doubles(cases.GROUPED, cases.MODELS, number=number // 10, seed=seed, group=cases.GROUP)
    return _told("double faults, groups", sweep(grouped, jobs=jobs)) and good


def two_runners() -> bool:
    """A frozen runner that wakes, and two runners that change hands at every pair of steps."""
    good = True
    for name in ("text", "image", "chain-2"):
        good &= _told(f"zombies, {name}", _in_turn(runners.zombies(name)))
        good &= _told(f"two runners, {name}", _in_turn(runners.switches(name)))
    good &= _told("zombies, mix", _in_turn(runners.zombies("mix")))
    good &= _told("two runners, mix", _in_turn(runners.switches("mix", every=2)))
    good &= _told("two runners, a file renamed between their tips", _in_turn(runners.two_tips()))
    hole = _in_turn(runners.zombies("text", **EVIL))
    print(hole.line("the one hole, by name: zombie, evil"))
    closed = _in_turn(runners.zombies("text", park=True, **EVIL))
    print(closed.line("the same, on_ambiguous: park"))
    return good and hole.count.duplicates == 1


def wiped() -> bool:
    """The state lost, or set back, before every call."""
    return _told("state wiped or set back", _in_turn(wipes.all_wipes((*SMALL, "wordless", "bare"))))


def failing_stores(every: int = 1, jobs: int = 0) -> bool:
    """Each backend, failing in every way at every call that it makes."""
    drawn = [(backend, name, every) for name in STORED for backend in stores.KINDS]
    drawn += [(backend, "points", every) for backend in stores.SEALING]
    good = True
    for (backend, name, _), (counted, bad) in zip(drawn, spread(stores.swept, drawn, jobs=jobs), strict=True):
        good &= _told(f"stores, {backend}, {name}", Sum(counted, counted.runs, bad))
    return good


def transcripts() -> bool:
    """Each way out of an exit 4 or 8, walked by the real command, as docs/ways-out.md shows it."""
    ways.main()
    return True


def mutants() -> bool:
    """Each safeguard taken out in turn."""
    good = all(SWEEPS[name]().clean for name in {mutant.sweep for mutant in MUTANTS})
    print("the sweeps themselves: " + ("all clean" if good else "NOT CLEAN"))
    for mutant in MUTANTS:
        killed = not mutant.seen().clean
        print(f"  {'killed' if killed else 'SURVIVED':<9} {mutant.safeguard:<52} {mutant.sweep}")
        good &= killed
    print(f"mutants: {len(MUTANTS)}, " + ("all killed" if good else "NOT all killed"))
    return good


PARTS: dict[str, Callable[..., bool]] = {
    "failures": table,
    "singles": singles,
    "doubles": doubles,
    "runners": two_runners,
    "wipes": wiped,
    "stores": failing_stores,
    "transcripts": transcripts,
    "machine": machine.prove,
    "mutants": mutants,
}

# On real time, so only by name.
LONG_PARTS: dict[str, Callable[..., bool]] = {"processes": processes.prove, "soak": soak.prove}


def _in_turn(found: Iterator[Count]) -> Sum:
    """Cases that follow from their number: the first that is not clean is told by it."""
    total = Sum()
    for number, counted in enumerate(found, start=1):
        total.add(
            Sum(counted, bad=[] if counted.clean else [f"case {number} of this sweep, counted from 1: {counted}"])
        )
    return total


def _told(name: str, total: Sum) -> bool:
    print(total.line(name), flush=True)
    for line in total.bad[:20]:
        print(f"  again with: python -m tests.proof.prove again '{line}'" if line.startswith("{") else f"  {line}")
    return total.count.clean and not total.bad


def again(line: str) -> None:
    """One case or one life, from the line that its failure printed."""
    facts = line[: line.rindex("}") + 1]
    if '"acts"' in facts:
        Life.again(facts)
        print("this life ended well")
    elif '"store"' in facts:
        print(stores.again(facts))
    else:
        print(*cases.run(cases.Case.read(facts)))


def _proven(part: Callable[..., bool], numbers: Mapping[str, int]) -> bool:
    """With those of the numbers (`jobs=4`) that are its parameters."""
    names = inspect.signature(part).parameters
    began = time.monotonic()
    good = part(**{name: value for name, value in numbers.items() if name in names})
    print(f"  {part.__name__}: {time.monotonic() - began:.0f} s", flush=True)
    return good


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["again"]:
        again(arguments[1])
        return 0
    began = time.monotonic()
    numbers = {key: int(value) for key, _, value in (word.partition("=") for word in arguments) if value}
    names = [word for word in arguments if "=" not in word] or list(PARTS)
    results = [_proven((PARTS | LONG_PARTS)[name], numbers) for name in names]  # all, whatever the first ones say
    good = all(results)
    print(f"{'proven' if good else 'NOT PROVEN'} in {time.monotonic() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
