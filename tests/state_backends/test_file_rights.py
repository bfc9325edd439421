"""A state file that this user may not read, or only read."""

import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.errors import NotAllowed, Refused
from tests.state_backends.files import NAME, backend, with_post
from tests.state_backends.places import BEGUN


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that any user may enter: the test's own is closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_ordinary_user(check: Callable[[], None]) -> None:
    """Root may do anything: where it runs the tests, `check` runs in a child that is nobody."""
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            check()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_state_that_may_not_be_read_is_refused(public: Path) -> None:
    backend(public / NAME).create(BEGUN)
    (public / NAME).chmod(0)

    def check() -> None:
        with pytest.raises(Refused, match="Permission denied"):
            backend(public / NAME).load()

    as_ordinary_user(check)


def test_f59_a_state_where_we_may_only_read_is_read_and_not_written(public: Path) -> None:
    state = backend(public / NAME).create(BEGUN)
    for folder in (public / ".publisher", public):
        folder.chmod(0o555)

    def check() -> None:
        ours = backend(public / NAME)
        assert ours.load() == state
        with pytest.raises(NotAllowed, match="Permission denied"):
            ours.save(with_post(state, "new"), ("launch",))
        with pytest.raises(NotAllowed), ours.lock("1/1"):
            pass

    as_ordinary_user(check)
    assert backend(public / NAME).load() == state
