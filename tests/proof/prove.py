"""`make prove`: every sweep, whole, with its numbers. Exits 1 when one of them is not what it must be.

python -m tests.proof.prove                  all that runs on virtual time (a quarter of an hour on two processors)
python -m tests.proof.prove singles mutants  some of it
python -m tests.proof.prove processes        real processes: killed, and in crowds (about an hour)
python -m tests.proof.prove processes kills=30 rounds=4    the same, smaller
python -m tests.proof.prove soak minutes=2   three accounts in bad weather; 20 minutes unless told
python -m tests.proof.prove again LINE       one case, as a failure printed it
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence

from tests.proof import cases, processes, runners, soak, wipes
from tests.proof.mutants import MUTANTS
from tests.proof.sweep import Sum, sweep
from tests.proof.sweeps import SWEEPS
from tests.publishing.harness import WORKLOADS, Count

SMALL = ("text", "image", "video", "carousel-2", "chain-2", "chain-5", "mix")
EVIL = {"second_publish": "duplicate"}
DOUBLES = 100_000
SEED = 20261126


def singles() -> bool:
    """One fault of each kind at every call of every workload, in four models of the server."""
    return _told("single faults", sweep(cases.singles(tuple(WORKLOADS), cases.MODELS)))


def doubles() -> bool:
    """Two faults, drawn by a seed."""
    drawn = cases.doubles(SMALL, cases.MODELS, number=DOUBLES, seed=SEED)
    return _told(f"double faults, seed {SEED}", sweep(drawn))


def two_runners() -> bool:
    """A frozen runner that wakes, and two runners that change hands at every pair of steps."""
    good = True
    for name in ("text", "image", "chain-2"):
        good &= _told(f"zombies, {name}", Sum(_add(runners.zombies(name))))
        good &= _told(f"two runners, {name}", Sum(_add(runners.switches(name))))
    good &= _told("zombies, mix", Sum(_add(runners.zombies("mix"))))
    good &= _told("two runners, mix", Sum(_add(runners.switches("mix", every=2))))
    hole = Sum(_add(runners.zombies("text", **EVIL)))
    print(hole.line("the one hole, by name: zombie, evil"))
    closed = Sum(_add(runners.zombies("text", park=True, **EVIL)))
    print(closed.line("the same, on_ambiguous: park"))
    return good and hole.count.duplicates == 1


def wiped() -> bool:
    """The state lost, or set back, before every call."""
    return _told("state wiped or set back", Sum(_add(wipes.all_wipes(SMALL))))


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


PARTS: dict[str, Callable[[], bool]] = {
    "singles": singles,
    "doubles": doubles,
    "runners": two_runners,
    "wipes": wiped,
    "mutants": mutants,
}

# On real time, so only by name; numbers (`kills=30`) go to their parameters.
LONG_PARTS: dict[str, Callable[..., bool]] = {"processes": processes.prove, "soak": soak.prove}


def _add(found: Iterator[Count]) -> Count:
    return sum(found, Count())


def _told(name: str, total: Sum) -> bool:
    print(total.line(name), flush=True)
    for line in total.bad[:20]:
        print(f"  again with: python -m tests.proof.prove again '{line}'")
    return total.count.clean and not total.bad


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["again"]:
        line = arguments[1]
        print(*cases.run(cases.Case.read(line[: line.rindex("}") + 1])))
        return 0
    began = time.monotonic()
    numbers = {key: int(value) for key, _, value in (word.partition("=") for word in arguments) if value}
    names = [word for word in arguments if "=" not in word] or list(PARTS)
    # All of them, whatever the first ones say.
    results = [LONG_PARTS[name](**numbers) if name in LONG_PARTS else PARTS[name]() for name in names]
    good = all(results)
    print(f"{'proven' if good else 'NOT PROVEN'} in {time.monotonic() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
