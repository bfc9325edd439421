"""What any state is held against, whatever it is kept in."""

import pytest

from publisher.errors import Refused
from publisher.state_backends import checks
from publisher.state_backends.checks import document_from


def test_a_state_of_the_largest_size_is_read_and_a_larger_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LARGEST", 8)
    assert document_from(b'{"a": 1}', where="here") == {"a": 1}
    with pytest.raises(Refused, match="it has 9 bytes, and a state has at most 8"):
        document_from(b'{"a": 12}', where="here")
