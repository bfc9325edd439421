"""A sample of `make prove PROVE_ARGS=processes`."""

from collections.abc import Iterator

import pytest

from publisher.sandbox.serve import Sandbox
from tests.proof.grounds import BACKENDS
from tests.proof.processes import Reaper, Theatre

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with Sandbox() as sandbox:
        yield Theatre(sandbox, tmp_path_factory.mktemp("theatre"), Reaper(sandbox))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_process_killed_again_and_again_leaves_nothing_twice_and_nothing_lost(theatre: Theatre, backend: str) -> None:
    counted, deaths = theatre.harried(backend, (0.15, 0.3))
    assert deaths > 0
    assert counted.clean, counted


@pytest.mark.parametrize(("backend", "hasty"), [("file", False), ("branch", True)])
def test_eight_runners_at_once_post_once_and_lose_no_record(theatre: Theatre, backend: str, hasty: bool) -> None:
    counted = theatre.crowd(backend, hasty=hasty)
    assert counted.clean, counted
