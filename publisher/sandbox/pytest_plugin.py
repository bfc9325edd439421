"""A fixture for other people's tests: a Threads of their own, empty for each test.

    def test_it_posts(threads_sandbox):
        my_program(base_url=threads_sandbox.threads_api, token=threads_sandbox.access_token)
        assert threads_sandbox.posts()[0]["text"] == "Hello"

It comes with the extra `sandbox`. One server is shared by a whole run; its libraries are loaded at first use.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from publisher.sandbox.serve import Sandbox


@pytest.fixture(scope="session")
def _threads_sandbox_server() -> "Iterator[Sandbox]":
    from publisher.sandbox.serve import Sandbox

    with Sandbox() as running:
        yield running


@pytest.fixture
def threads_sandbox(_threads_sandbox_server: "Sandbox") -> "Sandbox":
    """A running sandbox without posts, faults and settings; `threads_api`, `access_token`, `user_id`, `posts()`."""
    _threads_sandbox_server.reset()
    return _threads_sandbox_server
