"""A strange repository has its findings, and takes little memory. The times: python -m tests.content.strange"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.content.strange import GOAL_MB, LARGE, STRANGE, as_it_should, validated

_CASES = [pytest.param(build, marks=[pytest.mark.slow] if build in LARGE else []) for build in STRANGE]


@pytest.mark.parametrize("build", _CASES, ids=[build.__name__ for build in STRANGE])
def test_what_is_strange_is_found_and_nothing_else_happens(build: Callable[[Path], None]) -> None:
    ended = validated(build)
    assert as_it_should(build, ended), ended
    assert ended.peak_mb < GOAL_MB
