"""The figures that are promised for the checks of post files. They are printed by: python -m tests.content.figures"""

from collections.abc import Callable

import pytest

from tests.content.cases import cases
from tests.content.figures import FIGURES
from tests.content.test_schema import SLIPS
from tests.content.traps import Trap, traps


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.__name__)
def test_the_figure_is_as_promised(figure: Callable[[], tuple[str, bool]]) -> None:
    line, good = figure()
    assert good, line


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(cases("invalid")) >= 300
    assert len(cases("valid")) >= 80
    assert len(SLIPS) >= 60
    assert len(traps()) == 30


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.name)
def test_what_yaml_takes_for_something_else_is_kept_or_told(trap: Trap) -> None:
    assert trap.by_us == trap.expected


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.name)
def test_a_trap_is_one_for_whoever_uses_stock_yaml(trap: Trap) -> None:
    meant = trap.expected.removeprefix("kept ")
    assert trap.by_stock_yaml != f"takes it for {meant!r}"
