"""For every test: secrets in the environment, and the certainty that none of them came out."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import canary as canaries

SHOWN = 4_000  # characters of a log

_GIVEN = canaries.fresh_environment()

# A machine that does other things meanwhile is no mistake; a hang ends by pytest's own timeout.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")


@dataclass(frozen=True)
class Canary:
    """What this run was given; no value of it may come out anywhere."""

    token: str
    environ: dict[str, str]


def pytest_configure() -> None:
    # A shell starts what runs in the background deaf to Ctrl-C, and whatever that starts: our children would be, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.update(_GIVEN)


@pytest.fixture
def canary() -> Canary:
    return Canary(_GIVEN["THREADS_ACCESS_TOKEN"], dict(_GIVEN))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    if report.when == "teardown":
        return report
    watched = _GIVEN | _sandbox_tokens(item)
    said = "\n".join(text for _, text in report.sections).encode() + canaries.heard()
    found = [f"{leak} in the output" for leak in canaries.leaks(said, watched)]
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.when == "call" and isinstance(folder, Path):
        found += canaries.leaks_in(folder, watched)
    if found:
        report.outcome = "failed"
        report.longrepr = "A secret came out:\n" + "\n".join(f"  {leak}" for leak in found)
    # Debug logs are kept for the search; of a failure a person wants the end of them.
    report.sections = [(title, text[-SHOWN:] if " log " in title else text) for title, text in report.sections]
    return report


def _sandbox_tokens(item: pytest.Item) -> dict[str, str]:
    """The tokens of the sandboxes that the test's fixtures hold, directly or one step away."""
    values = getattr(item, "funcargs", {}).values()
    sandboxes = [place for value in values for place in (value, getattr(value, "sandbox", None))]
    tokens = [getattr(place, "access_token", None) for place in sandboxes]
    issued = {token for token in tokens if isinstance(token, str) and len(token) > 20}
    return {f"token {number} of the sandbox": token for number, token in enumerate(sorted(issued), 1)}
