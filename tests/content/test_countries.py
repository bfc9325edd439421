"""The codes of countries are those of ISO 3166-1, in the checks and in the sandbox alike."""

from publisher.content.countries import COUNTRIES
from publisher.sandbox.countries import COUNTRIES as TAKEN


def test_what_is_checked_is_what_is_taken() -> None:
    assert COUNTRIES == TAKEN
    assert len(COUNTRIES) == 249
