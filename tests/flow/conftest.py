"""The command against a served sandbox: real HTTP, real S3 protocol, nothing replaced."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.sandbox.serve import Sandbox
from tests.flow.desk import Desk


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def desk(running: Sandbox, tmp_path: Path) -> Iterator[Desk]:
    """An empty Threads account, an empty bucket, and an empty repository that publishes to them."""
    desk = Desk(tmp_path, running)
    desk.control("reset", {})
    yield desk
    desk.control("faults", [])
