"""The window's address, before anybody goes there."""

import secrets
from urllib.parse import parse_qs, urlsplit

import pytest

from publisher.auth.login import by_window, check_user
from publisher.auth.threads import Threads, in_our_words
from publisher.errors import NotAllowed
from publisher.settings import AccountSettings
from publisher.threads_api import Configuration, Credentials, ThreadsError
from publisher.threads_api.redaction import redacted

APP = Configuration("4711", "an-app-secret", "https://acme.dev/callback")


class Nobody:
    """A person who does not come back."""

    redirect_uri = APP.redirect_uri

    def __init__(self) -> None:
        self.began = ""

    def begin(self, state: str) -> None:
        self.began = state

    def code(self) -> str:
        raise NotAllowed("nobody came back", code="E612")


def shown_by(base_url: str) -> tuple[str, Nobody]:
    shown: list[str] = []
    nobody = Nobody()
    with pytest.raises(NotAllowed, match="nobody"):
        by_window(Threads(base_url), APP, nobody, shown.append)
    (address,) = shown
    return address, nobody


@pytest.mark.parametrize(
    ("base_url", "window"),
    [
        ("https://graph.threads.net", "https://www.threads.com/oauth/authorize"),
        ("https://graph.threads.com/", "https://www.threads.com/oauth/authorize"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/oauth/authorize"),
    ],
)
def test_the_window_is_threads_own_or_the_sandboxs(base_url: str, window: str) -> None:
    address, nobody = shown_by(base_url)
    query = parse_qs(urlsplit(address).query)
    assert address.partition("?")[0] == window
    assert (query["client_id"], query["redirect_uri"]) == (["4711"], [APP.redirect_uri])
    assert query["state"] == [nobody.began]
    assert len(nobody.began) >= 43
    assert "an-app-secret" not in address


def test_a_state_that_looks_like_a_token_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks like a token is printed as stars, and nobody could go to such an address."""
    drawn = ["xxTHQ" + "a" * 38, "b" * 43]
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: drawn.pop(0))
    address, nobody = shown_by("https://graph.threads.net")
    assert nobody.began == "b" * 43
    assert redacted(address) == address


def test_a_name_on_threads_stays_within_its_line() -> None:
    """A line of its own could pass for ours in a log, or be a command to the runner that reads it."""
    named = Credentials("THSTORED0123456789012345", "17", extra={"username": "x\n::stop-commands::y"})
    with pytest.raises(NotAllowed, match="@x") as refused:
        check_user(AccountSettings("acme", user_id="99"), named, None)
    assert len(refused.value.message.splitlines()) == 1


def test_what_threads_says_stays_within_its_line() -> None:
    with pytest.raises(NotAllowed) as refused, in_our_words("asking"):
        raise ThreadsError("bad\n::stop-commands::x")
    assert len(refused.value.message.splitlines()) == 1
