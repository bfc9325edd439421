"""One language server for all tests of editors: it starts in a second, and keeps what is open apart by path."""

from collections.abc import Iterator

import pytest

from tests.editors.server import MISSING, LanguageServer


@pytest.fixture(scope="session")
def server() -> Iterator[LanguageServer]:
    if MISSING is not None:
        pytest.skip(MISSING)
    with LanguageServer() as server:
        yield server
