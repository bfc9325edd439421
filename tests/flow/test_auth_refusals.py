"""Answers of the window that give no token, and ways to ask that cannot work: each is one sentence with its fix."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from publisher.sandbox.serve import Sandbox
from tests.conftest import Canary
from tests.flow.test_auth import refused
from tests.flow.window import Person, taken_port

FOREIGN: dict[str, tuple[str, dict[str, str]]] = {
    "another path": ("/other", {}),
    "another host": ("", {"Host": "acme.dev"}),
    "the script of a page": ("", {"Origin": "https://acme.dev"}),
    "a picture of a page": ("", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
    "a frame within a page": ("", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}),
}


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def person(served: Sandbox, tmp_path: Path, canary: Canary) -> Person:
    served.reset()
    return Person.at(tmp_path, served, canary.environ["THREADS_API_SECRET"])


def code_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["code"][0]


def exchange(person: Person, address: str, redirect_uri: str) -> Any:
    """What the login would do with a code, done before it."""
    params = {
        "client_id": "4711",
        "client_secret": "other",
        "code": code_in(address),
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
    }
    return requests.post(f"{person.sandbox.threads_api}/oauth/access_token", data=params, timeout=10)


# --- what comes back from the window --------------------------------------------------------------------------------


def test_a_person_who_says_no_gives_no_access(person: Person) -> None:
    with person.login() as login:
        page = requests.get(login.consent("deny"), timeout=10)
        called = login.end()
    refused(called, "E606", "access_denied")
    assert "access_denied" in page.text
    assert not person.file.exists()


@pytest.mark.parametrize("state", ["", "state=", "state=another"])
def test_an_answer_to_another_login_is_refused_and_its_code_not_used(person: Person, state: str) -> None:
    with person.login() as login:
        code = code_in(login.consent())
        page = requests.get(f"{login.callback}?code={code}&{state}", timeout=10)
        called = login.end()
    refused(called, "E606", "`state`")
    assert page.status_code == 400
    assert code not in called.out + called.err + page.text
    assert exchange(person, f"?code={code}", login.callback).status_code == 200


def test_an_answer_without_a_code_is_refused(person: Person) -> None:
    with person.login() as login:
        requests.get(f"{login.callback}?state={login.state}", timeout=10)
        refused(login.end(), "E606", "no `code`")


def test_a_code_that_was_used_is_refused(person: Person) -> None:
    with person.login() as login:
        back = login.consent()
        assert exchange(person, back, login.callback).status_code == 200
        requests.get(back, timeout=10)
        called = login.end()
    refused(called, "E607", "already used")
    assert code_in(back) not in called.out + called.err
    assert not person.file.exists()


def test_a_code_whose_hour_is_over_is_refused(person: Person) -> None:
    with person.login() as login:
        back = login.consent()
        person.later("61m")
        requests.get(back, timeout=10)
        refused(login.end(), "E607")
    assert not person.file.exists()


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_request_is_turned_away_in_one_sentence_and_the_login_goes_on(person: Person, what: str) -> None:
    path, headers = FOREIGN[what]
    with person.login() as login:
        back = login.consent()
        foreign = requests.get(back.replace("/callback", path) if path else back, headers=headers, timeout=10)
        page = requests.get(back, timeout=10)
        called = login.end()
    assert (foreign.status_code, page.status_code, called.code) == (403, 200, 0)
    assert called.err.count("note: a request was turned away: ") == 1
    assert "This is not the answer of the window" in foreign.text
    assert code_in(back) not in called.out + called.err + foreign.text


def test_what_is_no_plain_get_is_turned_away(person: Person) -> None:
    with person.login() as login:
        back = login.consent()
        assert requests.post(back, timeout=10).status_code == 501
        assert requests.get(back, timeout=10).status_code == 200
        called = login.end()
    assert called.code == 0
    assert code_in(back) not in called.err


def test_the_words_of_a_hostile_answer_give_no_commands_to_page_or_terminal(person: Person) -> None:
    with person.login() as login:
        words = {"state": login.state, "error": "<script>x</script>", "error_description": "\x1b[31m<b>\n::debug::x"}
        page = requests.get(login.callback, params=words, timeout=10)
        called = login.end()
    refused(called, "E606")
    assert "<script>" not in page.text
    assert "\x1b" not in called.err
    assert "\n::debug" not in called.err, "a runner would take it for a command"


def test_nobody_coming_back_ends_the_login(person: Person) -> None:
    refused(person("auth", "login", "--no-browser", "--timeout", "1"), "E612", "within 1 s")


@pytest.mark.parametrize(
    ("pasted", "code"),
    [("", "E606"), ("hello", "E606"), ("http://[", "E606"), ("https://acme.dev/?code=AQBx&state=y", "E606")],
)
def test_what_is_pasted_and_is_no_answer_is_refused(person: Person, pasted: str, code: str) -> None:
    with person.login("--paste") as login:
        refused(login.end(pasted), code)


# --- ways to ask that cannot work -----------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_named(person: Person) -> None:
    with taken_port() as port:
        called = person("auth", "login", THREADS_REDIRECT_URI=f"http://127.0.0.1:{port}/callback")
    refused(called, "E611", str(port), exit_code=5)


@pytest.mark.parametrize("uri", ["http://acme.dev/callback", "acme.dev", "https://", "http://[", "http://127.0.0.1:x/"])
def test_a_redirect_uri_where_the_code_could_be_read_is_refused(person: Person, uri: str) -> None:
    refused(person("auth", "login", THREADS_REDIRECT_URI=uri), "E610", "THREADS_REDIRECT_URI")


@pytest.mark.parametrize("name", ["THREADS_APP_ID", "THREADS_API_SECRET"])
def test_an_app_that_is_not_named_is_asked_for(person: Person, name: str) -> None:
    refused(person("auth", "login", **{name: ""}), "E610", name)


@pytest.mark.parametrize("url", ["http://acme.dev", "ftp://x", "https://user:word@acme.dev"])
def test_a_threads_that_a_token_may_not_be_sent_to_is_refused(person: Person, url: str) -> None:
    called = person("auth", "status", THREADS_API_BASE_URL=url, THREADS_ACCESS_TOKEN=person.sandbox.access_token)
    refused(called, "E508", exit_code=3)


@pytest.mark.parametrize("fault", ["reset", "503", "garbage_after"])
def test_a_threads_that_cannot_be_asked_is_asked_again_and_nothing_is_lost(person: Person, fault: str) -> None:
    person.logged_in()
    person.later("25h")
    before = person.file.read_bytes()
    person.fault(call="me", fault=fault, times=9)
    for command in ("status", "refresh"):
        refused(person("auth", command), "E706", exit_code=5)
    assert person.file.read_bytes() == before
    person.fault(call="me", fault=fault, nth=2)  # the new token is there, and only cannot be tried out
    assert person("auth", "refresh").code == 0
    assert person.file.read_bytes() != before


def test_a_new_token_is_kept_though_threads_cannot_be_asked_about_it(person: Person) -> None:
    with person.login() as login:
        back = login.consent()
        person.fault(call="me", fault="503", times=9)
        requests.get(back, timeout=10)
        called = login.end()
    assert called.code == 0, called.err
    assert f"user {person.sandbox.user_id}" in called.out
    person.fault(call="me", fault="503", times=9)
    refused(person.login("--with-token").end(person.sandbox.access_token), "E706", exit_code=5)
    person.calm()
    assert "@acme" in person("auth", "status").out


def test_threads_itself_needs_a_registered_address(person: Person) -> None:
    refused(person("auth", "login", THREADS_API_BASE_URL=""), "E610", "THREADS_REDIRECT_URI is not set")


def test_scopes_without_the_basic_one_are_a_usage_error(person: Person) -> None:
    called = person("auth", "login", "--scopes", "threads_delete")
    assert (called.code, "threads_basic" in called.err) == (2, True)


def test_in_ci_nobody_is_there_to_agree(person: Person) -> None:
    refused(person("auth", "login", CI="true"), "E507", exit_code=8)


# --- whose token it is ----------------------------------------------------------------------------------------------


def test_another_persons_token_is_not_stored(person: Person) -> None:
    (person.folder / "publisher.yaml").write_text('version: 1\naccount: acme\nuser_id: "17"\n')
    with person.login() as login:
        requests.get(login.consent(), timeout=10)
        refused(login.end(), "E603", "17", person.sandbox.user_id)
    assert not person.file.exists()


def test_a_token_that_is_not_the_accounts_is_told_by_status(person: Person) -> None:
    person.logged_in()
    (person.folder / "publisher.yaml").write_text('version: 1\naccount: acme\nuser_id: "17"\n')
    refused(person("auth", "status"), "E603", "publisher.yaml says user 17")


def test_a_stored_token_is_not_replaced_by_another_persons(person: Person) -> None:
    person.logged_in()
    before = person.file.read_bytes()
    with person.login() as login:
        requests.get(login.consent(username="ada"), timeout=10)
        refused(login.end(), "E603", "@ada", "@acme")
    assert person.file.read_bytes() == before


def test_a_stored_token_is_shown_to_no_other_threads(person: Person, served: Sandbox) -> None:
    person.logged_in()
    with Sandbox() as other:
        called = person("auth", "status", THREADS_API_BASE_URL=other.threads_api)
        refused(called, "E608", served.threads_api, other.threads_api)
        asked = requests.get(f"{other.threads_api}/_sandbox/requests", timeout=10).json()
    assert asked == []


def test_a_token_file_that_others_can_read_is_not_used(person: Person) -> None:
    person.logged_in()
    person.file.chmod(0o644)
    for command in (("auth", "status"), ("auth", "refresh"), ("publish", "--yes")):
        refused(person(*command), "E608", "others")
    assert person.logged_in().code == 0
    assert person("auth", "status").code == 0


def test_a_token_with_characters_that_no_token_has_is_refused_unseen(person: Person) -> None:
    refused(person.login("--with-token").end("TH QQ\x07"), "E605")
    refused(person.login("--with-token").end("THQUNKNOWN0123456789012345"), "E602")
    assert not person.file.exists()
