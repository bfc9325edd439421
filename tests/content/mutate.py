"""Takes out every rule in turn and looks for a case of the corpus that misses it.

python -m tests.content.mutate           every rule, with the case that fails without it; exits 1 if one has none
python -m tests.content.mutate poll E3   those whose name holds one of the words
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.content.cases import Case, cases
from tests.content.mutants import Mutant, mutants


@dataclass(frozen=True)
class Corpus:
    """Every case, and which of the bad ones expect a code."""

    bad: tuple[Case, ...]
    good: tuple[Case, ...]

    @classmethod
    def read(cls) -> "Corpus":
        return cls(tuple(cases("invalid")), tuple(cases("valid")))

    def misses(self, mutant: Mutant) -> str | None:
        """The first case whose findings are others without the rule; None when none notices."""
        with mutant.gone():
            return next((case.name for case in self._in_order(mutant.codes) if not _as_expected(case)), None)

    def _in_order(self, codes: Sequence[str]) -> list[Case]:
        """Those cases first that are about one of the codes: nearly always the first of them fails."""
        about = [case for case in self.bad if any(line.split()[-1] in codes for line in case.expected)]
        return [*about, *self.good, *(case for case in self.bad if case not in about)]


def _as_expected(case: Case) -> bool:
    try:
        return sorted(map(case.shown, case.check().findings)) == sorted(case.expected)
    except Exception:  # a rule that others lean on: without it the file is taken for sound, and something breaks
        return False


def main(words: Sequence[str]) -> int:
    corpus, started = Corpus.read(), time.monotonic()
    chosen = [mutant for mutant in mutants() if not words or any(word in mutant.name for word in words)]
    unnoticed = 0
    for mutant in chosen:
        case = corpus.misses(mutant)
        unnoticed += case is None
        print(f"{mutant.name:<72} {case or 'NOBODY'}", flush=True)
    took = time.monotonic() - started
    print(f"{len(chosen)} rules taken out, {unnoticed} of them missed by no case ({took:.0f} s)")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
