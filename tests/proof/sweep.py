"""Runs cases in bulk, adds up what they came to, and names the first that went wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from tests.proof.cases import Case, run
from tests.proof.spread import spread
from tests.publishing.harness import Count

_CHUNK = 200


@dataclass
class Sum:
    """What a sweep came to."""

    count: Count = field(default_factory=Count)
    met: int = 0  # faults that were really met
    bad: list[str] = field(default_factory=list)  # lines that reproduce

    def add(self, other: "Sum") -> None:
        self.count += other.count
        self.met += other.met
        self.bad += other.bad

    def line(self, name: str) -> str:
        counts = " ".join(f"{key} {value}" for key, value in vars(self.count).items() if key != "runs")
        return f"{name:<34} {self.count.runs:>7} runs  {self.met:>7} faults met  {counts}"


def sweep_here(cases: Iterable[Case]) -> Sum:
    total = Sum()
    for case in cases:
        try:
            counted, met = run(case)
        except Exception as error:
            counted, met = Count(runs=1, unfinished=1), 0
            total.bad.append(f"{case}  raised {type(error).__name__}: {error}")
        else:
            if not counted.clean:
                total.bad.append(f"{case}  {counted}")
        total.add(Sum(counted, met))
    return total


def sweep(cases: Iterable[Case], *, jobs: int = 0) -> Sum:
    """Over `jobs` processes; 0: one for each processor."""
    total = Sum()
    remaining = iter(cases)
    portions = iter(lambda: list(islice(remaining, _CHUNK)), [])
    for part in spread(sweep_here, ((portion,) for portion in portions), jobs=jobs):
        total.add(part)
    return total
