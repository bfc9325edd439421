"""Two ways of doing the same, timed in turns: how many times as long the one takes, and how far the rounds part.

Turns, because a machine that slows down for a second then slows both; the ratio is taken within a round.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 120
CALLS = 5  # of each side in a round


@dataclass(frozen=True, slots=True)
class Ratio:
    """`middle`: the median of the rounds' ratios; `low` and `high`: their quartiles."""

    middle: float
    low: float
    high: float
    ours_s: float  # of one call, median
    theirs_s: float

    def line(self, name: str) -> str:
        """`name ratio [low..high]`, and what was measured in microseconds a call."""
        span = f"[{self.low:.3g}..{self.high:.3g}]"
        return f"{name} {self.middle:.3g} {span}   ({self.ours_s * 1e6:,.0f} against {self.theirs_s * 1e6:,.0f} µs)"


def compare(
    ours: Callable[[], object], theirs: Callable[[], object], calls: int = CALLS, rounds: int = ROUNDS
) -> Ratio:
    """Each in turn, `rounds` times `calls`; a first round warms both and is not counted."""
    _timed(ours, calls), _timed(theirs, calls)
    return ratio_of([(_timed(ours, calls), _timed(theirs, calls)) for _ in range(rounds)])


def ratio_of(pairs: Sequence[tuple[float, float]]) -> Ratio:
    """Of seconds a call, ours and theirs, one pair a round."""
    low, middle, high = statistics.quantiles([ours / theirs for ours, theirs in pairs], n=4)
    ours_s, theirs_s = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Ratio(middle, low, high, ours_s, theirs_s)


def _timed(call: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - began) / calls
