"""The cheap question about hosts never says no where the dear one would find something."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.content import hosts
from publisher.content.hosts import may_mislead, strange_hosts

_PIECES = (
    "www.",
    "WWW.",
    "https://",
    "http://",
    "a",
    "-",
    ".",
    " ",
    "/",
    "?",
    "#",
    "@",
    "xn--",
    "XN--",
    "ö",
    "аԁ",
    "⁄",
    "<",
    '"',
)


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_what_it_lets_pass_has_no_strange_host(text: str) -> None:
    if not may_mislead(text):
        assert [match[1] for match in hosts._authorities().finditer(text) if hosts._problem(match[1])] == []
        assert list(strange_hosts(text)) == []
