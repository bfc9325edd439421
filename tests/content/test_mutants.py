"""No rule can be taken out without a case of the corpus that misses it. The table: python -m tests.content.mutate"""

import pytest

from tests.content.mutants import NOT_HERE, Mutant, every_mutant, mutants
from tests.content.mutate import Corpus

CORPUS = Corpus.read()


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_case_fails_without_the_rule(mutant: Mutant) -> None:
    assert CORPUS.misses(mutant) is not None


def test_what_is_said_to_be_proved_elsewhere_is_a_rule() -> None:
    assert set(NOT_HERE) <= {mutant.name for mutant in every_mutant()}


def test_a_rule_that_was_taken_out_is_back_afterwards() -> None:
    for mutant in mutants()[::25]:
        with mutant.gone():
            pass
    assert all(sorted(map(case.shown, case.check().findings)) == sorted(case.expected) for case in CORPUS.bad[::10])
