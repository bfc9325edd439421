"""A person's token: from consent to the file, used, refreshed and removed; and every answer that is none."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from publisher.sandbox.serve import Sandbox
from publisher.sandbox.world import World
from tests.cli.calling import Called
from tests.conftest import Canary
from tests.flow.window import Person


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    """One of its own: other tests of the session shall not live by a clock that was moved here."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def person(served: Sandbox, tmp_path: Path, canary: Canary) -> Person:
    served.reset()
    return Person.at(tmp_path, served, canary.environ["THREADS_API_SECRET"])


def refused(called: Called, code: str, *words: str, exit_code: int = 6) -> None:
    """One sentence, what to do, and no traceback."""
    assert called.code == exit_code, called.err
    (sentence,) = [line for line in called.err.splitlines() if line.startswith("error")]
    assert sentence.startswith(f"error[{code}]: ")
    assert "\n  = fix: " in called.err
    assert "Traceback" not in called.err
    for word in words:
        assert word in sentence


def token_of(person: Person) -> str:
    token: str = json.loads(person.file.read_text())["access_token"]
    return token


# --- the good way ---------------------------------------------------------------------------------------------------


def test_consent_becomes_a_token_that_only_its_owner_can_read(person: Person) -> None:
    with person.login() as login:
        back = login.consent()
        page = requests.get(back, timeout=10)
        called = login.end()
    assert called.code == 0, called.err
    assert page.status_code == 200
    assert "You can close this window" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (stat.S_IMODE(person.file.stat().st_mode), stat.S_IMODE(person.file.parent.stat().st_mode)) == (0o600, 0o700)
    assert "@acme" in called.out
    assert str(person.file) in called.out
    assert "59 days left" in called.out
    for secret in (token_of(person), parse_qs(urlsplit(back).query)["code"][0], person.secret):
        assert secret not in called.out + called.err
        assert secret not in page.text


def test_the_stored_token_publishes_and_is_checked(person: Person) -> None:
    person.logged_in()
    assert person("state", "init").code == 0
    called = person("publish", "--yes", "--format", "json")
    assert called.code == 0, called.err
    assert called.document["posts"][0]["outcome"] == "published"
    assert token_of(person) not in called.out + called.err


def test_a_token_of_the_environment_comes_before_the_stored_one(person: Person) -> None:
    person.logged_in()
    stored = person("auth", "status", "--format", "json").document["accounts"][0]
    given = person("auth", "status", "--format", "json", THREADS_ACCESS_TOKEN=person.sandbox.access_token)
    (person.folder / "token").write_text(person.sandbox.access_token)
    in_file = person("auth", "status", "--format", "json", THREADS_ACCESS_TOKEN_FILE=str(person.folder / "token"))
    assert (stored["source"], stored["stored"]) == (str(person.file), True)
    assert given.document["accounts"][0]["source"] == "THREADS_ACCESS_TOKEN"
    assert in_file.document["accounts"][0]["source"] == "THREADS_ACCESS_TOKEN_FILE"


def test_the_address_can_be_brought_back_by_hand(person: Person) -> None:
    with person.login("--paste", THREADS_REDIRECT_URI="https://acme.dev/callback") as login:
        called = login.end(login.consent() + "#_")
    assert called.code == 0, called.err
    assert token_of(person) not in called.out + called.err


def test_a_token_at_hand_is_kept_after_threads_was_asked_whose_it_is(person: Person) -> None:
    called = person.login("--with-token").end(person.sandbox.access_token)
    assert called.code == 0, called.err
    assert token_of(person) == person.sandbox.access_token


# --- later ----------------------------------------------------------------------------------------------------------


def test_a_token_is_refreshed_from_its_24th_hour_on_and_the_old_one_stays_until_then(person: Person) -> None:
    person.logged_in()
    first = token_of(person)
    refused(person("auth", "refresh"), "E609", "younger than 24 hours")
    assert token_of(person) == first
    person.later("25h")
    called = person("auth", "refresh")
    assert called.code == 0, called.err
    second = token_of(person)
    assert second != first
    assert stat.S_IMODE(person.file.stat().st_mode) == 0o600
    assert list(person.file.parent.iterdir()) == [person.file]
    assert "59 days left" in called.out
    for token in (first, second):
        assert token not in called.out + called.err
    (known,) = person("auth", "status", "--format", "json").document["accounts"]
    assert (known["valid"], known["username"], known["days_left"]) == (True, "acme", 59)


def test_a_token_whose_end_is_near_is_warned_of_and_one_that_is_over_needs_a_login(person: Person) -> None:
    person.logged_in()
    assert "W601" not in person("auth", "status").err
    person.later("47d")
    near = person("auth", "status")
    assert near.code == 0
    assert "12 days left" in near.out
    assert "warning[W601]: the token of acme ends soon" in near.err
    on_github = person("auth", "status", "--format", "github").out
    assert "::warning title=publisher W601::the token of acme ends soon" in on_github
    person.later("14d")
    over = person("auth", "status")
    refused(over, "E602", "expired")
    assert "::error title=publisher E602::" in person("auth", "status", "--format", "github").out
    refused(person("auth", "refresh"), "E609", "over")
    assert "publisher auth login" in over.err
    assert token_of(person)


def test_a_token_of_the_environment_is_refreshed_only_into_the_file(person: Person) -> None:
    person.logged_in()
    token = token_of(person)
    person.file.unlink()
    person.later("25h")
    refused(person("auth", "refresh", THREADS_ACCESS_TOKEN=token), "E609", "THREADS_ACCESS_TOKEN")
    assert not person.file.exists()
    called = person("auth", "refresh", "--store", THREADS_ACCESS_TOKEN=token)
    assert called.code == 0, called.err
    assert token_of(person) != token
    assert "THREADS_ACCESS_TOKEN is set and comes before" in called.err


def test_logout_removes_the_file_and_says_what_it_cannot_do(person: Person) -> None:
    person.logged_in()
    assert person("auth", "logout").code == 8  # nobody is there to answer
    assert person.file.exists()
    called = person("auth", "logout", "--yes")
    assert called.code == 0
    assert not person.file.exists()
    assert "no call that takes a token back" in called.err
    assert "Website permissions" in called.err
    refused(person("auth", "status"), "E600")
    assert person("auth", "logout", "--yes").code == 0


def test_without_a_stored_token_status_says_of_each_account_what_is_missing(person: Person) -> None:
    config = "version: 1\naccounts: {acme: {}, other: {}}\nstate: {path: 'state-{account}.json'}\n"
    (person.folder / "publisher.yaml").write_text(config)
    token = person.sandbox.access_token
    called = person("auth", "status", "--format", "json", THREADS_ACCESS_TOKEN_OTHER=token)
    assert called.code == 6
    acme, other = called.document["accounts"]
    assert (acme["valid"], acme["error"]["code"]) == (False, "E600")
    assert "publisher auth login --account acme" in acme["error"]["fix"]
    assert (other["valid"], other["source"]) == (True, "THREADS_ACCESS_TOKEN_OTHER")


def test_a_remedy_can_be_typed_as_it_stands_where_there_are_several_accounts(person: Person) -> None:
    person.logged_in()
    given = {"THREADS_ACCESS_TOKEN_OTHER": token_of(person)}
    config = "version: 1\naccounts: {acme: {}, other: {}}\nstate: {path: 'state-{account}.json'}\n"
    (person.folder / "publisher.yaml").write_text(config)
    person.later("47d")
    remedy = "publisher auth refresh --account other --store"
    assert remedy in person("auth", "status", "--account", "other", **given).err
    asked = person("auth", "refresh", "--account", "other", **given)
    refused(asked, "E609")
    assert remedy in asked.err
    assert person(*remedy.split()[1:], **given).code == 0


def test_an_app_in_development_mode_is_asked_about_tokens_as_itself(person: Person) -> None:
    """Such an app refuses a user's token as the one who asks (docs/threads.md, Tokens)."""
    person.world(app_mode="development")
    token = person.sandbox.access_token
    unnamed = person("auth", "status", "--format", "json", THREADS_ACCESS_TOKEN=token, THREADS_APP_ID="")
    named = person("auth", "status", "--format", "json", THREADS_ACCESS_TOKEN=token, THREADS_APP_ID=World.APP_ID)
    assert [called.document["accounts"][0]["valid"] for called in (unnamed, named)] == [True, True]
    assert unnamed.document["accounts"][0]["scopes"] == []
    assert "threads_basic" in named.document["accounts"][0]["scopes"]


def test_what_login_and_refresh_say_is_for_scripts_too(person: Person) -> None:
    with person.login("--format", "json") as login:
        requests.get(login.consent(), timeout=10)
        given = login.end().document
    person.later("25h")
    renewed = person("auth", "refresh", "--format", "json").document
    for document in (given, renewed):
        (account,) = document["accounts"]
        assert (account["username"], account["stored"], account["error"]) == ("acme", True, None)
