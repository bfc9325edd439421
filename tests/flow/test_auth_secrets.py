"""Token, app secret and code of a login: in no output, log or exception, whatever the token calls answer."""

import json
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from publisher.auth.callback import Pasted
from publisher.auth.login import by_window
from publisher.auth.renewal import refreshed
from publisher.auth.threads import Threads
from publisher.errors import PublisherError
from publisher.sandbox.serve import Sandbox
from publisher.threads_api import Configuration, Credentials
from tests.canary import leaks
from tests.conftest import Canary
from tests.flow.window import Person

FAULTS = (
    "refuse",
    "reset",
    "500",
    "503",
    "429",
    "not_found",
    "token_expired",
    "reset_after",
    "garbage_after",
    "10_after",
)


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def person(served: Sandbox, tmp_path: Path, canary: Canary) -> Person:
    served.reset()
    return Person.at(tmp_path, served, canary.environ["THREADS_API_SECRET"])


def everything_of(error: BaseException) -> bytes:
    """The traceback with all that it has as causes and contexts, and what the exception holds."""
    told = traceback.TracebackException.from_exception(error, capture_locals=False)
    return "".join(told.format()).encode() + repr(vars(error)).encode() + repr(error.args).encode()


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_failure_of_a_login_tells_what_was_sent(
    person: Person, caplog: pytest.LogCaptureFixture, fault: str, nth: int
) -> None:
    app = Configuration("4711", person.secret, "https://acme.dev/callback")
    went: list[str] = []

    def bring_back() -> str:
        form = {"decision": "allow", "user_id": person.sandbox.user_id}
        back = requests.post(went[0], data=form, allow_redirects=False, timeout=10).headers["Location"]
        person.fault(call="token", fault=fault, nth=nth)
        caplog.clear()  # what this test did itself
        went.append(back)
        return back

    with pytest.raises(PublisherError) as failed:
        by_window(Threads(person.sandbox.threads_api), app, Pasted(app.redirect_uri, bring_back), went.append)
    code = parse_qs(urlsplit(went[1]).query)["code"][0]
    issued = {f"token {number}": token for number, token in enumerate(person.sandbox.world.data.grants)}
    watched = {"the code": code, "the secret": person.secret, **issued}
    assert list(leaks(everything_of(failed.value) + caplog.text.encode(), watched)) == []
    assert failed.value.fix


@pytest.mark.parametrize("fault", FAULTS)
def test_no_failure_of_a_refresh_tells_the_token_and_the_stored_one_stays(
    person: Person, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    person.logged_in()
    before = person.file.read_bytes()
    person.later("25h")
    person.fault(call="token", fault=fault, times=9)
    caplog.clear()
    called = person("auth", "refresh")
    issued = {f"token {number}": token for number, token in enumerate(person.sandbox.world.data.grants)}
    said = f"{called.out}{called.err}{caplog.text}".encode()
    assert list(leaks(said, {"the secret": person.secret, **issued})) == []
    assert called.code in (5, 6)
    assert "Traceback" not in called.err
    assert person.file.read_bytes() == before


def test_a_good_refresh_logs_neither_the_old_token_nor_the_new(
    person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    person.logged_in()
    old = Credentials.from_json(person.file.read_text())
    person.later("25h")
    caplog.clear()
    caplog.set_level("DEBUG", "urllib3")  # which a test that opened S3 may have silenced
    new = refreshed(Threads(person.sandbox.threads_api), old, "publisher auth login")
    assert "refresh_access_token" in caplog.text  # the call is in the log, its secret is not
    watched = {"old": old.access_token, "new": new.access_token}
    assert list(leaks(caplog.text.encode() + repr((old, new)).encode(), watched)) == []
    assert json.loads(person.file.read_text())["access_token"] == old.access_token
