"""`publisher auth login` through a real browser: consent is a click, and the code finds its way back by itself."""

import json
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from publisher.sandbox.serve import Sandbox
from tests.conftest import Canary
from tests.flow.test_auth_refusals import exchange
from tests.flow.window import Login, Person

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    """One of its own: its clock is moved."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def person(served: Sandbox, tmp_path: Path, canary: Canary, browser: "Chrome") -> Person:
    served.reset()
    browser.get_log("browser")  # what others left in it
    return Person.at(tmp_path, served, canary.environ["THREADS_API_SECRET"])


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A page of somebody else's, from another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

    def log_message(self, format: str, *args: object) -> None:
        pass


def click(browser: "Chrome", login: Login, decision: str = "allow") -> None:
    """Open the window and decide; then the browser is where it was sent to."""
    browser.get(login.url)
    browser.find_element("css selector", f"button[value={decision}]").click()


def heading(browser: "Chrome") -> str:
    return browser.find_element("tag name", "h1").text


def alert(browser: "Chrome") -> str:
    return browser.find_element("css selector", "[role=alert]").text


def test_from_the_window_to_the_file_and_through_its_life(person: Person, browser: "Chrome") -> None:
    with person.login() as login:
        click(browser, login)
        called = login.end()
    assert called.code == 0, called.err
    assert heading(browser) == "Back to the terminal"
    code = parse_qs(urlsplit(browser.current_url).query)["code"][0]
    assert stat.S_IMODE(person.file.stat().st_mode) == 0o600
    first = json.loads(person.file.read_text())["access_token"]

    too_young = person("auth", "refresh")
    person.later("25h")
    renewed = person("auth", "refresh")
    second = json.loads(person.file.read_text())["access_token"]
    known = person("auth", "status", "--format", "json")
    gone = person("auth", "logout", "--yes")
    assert [too_young.code, renewed.code, known.code, gone.code] == [6, 0, 0, 0]
    assert second != first
    assert known.document["accounts"][0]["username"] == "acme"
    assert known.document["accounts"][0]["days_left"] == 59
    assert not person.file.exists()

    said = "".join(one.out + one.err for one in (called, too_young, renewed, known, gone))
    for secret in (code, first, second, person.secret):
        assert secret not in said
        assert secret not in browser.page_source
    assert browser.get_log("browser") == []


def test_a_click_on_deny_is_told_on_both_sides(person: Person, browser: "Chrome") -> None:
    with person.login() as login:
        click(browser, login, "deny")
        called = login.end()
    assert called.code == 6
    assert "error[E606]: no access was given: access_denied" in called.err
    assert alert(browser).startswith("No access was given: access_denied")


def test_a_window_with_another_state_is_refused(person: Person, browser: "Chrome") -> None:
    with person.login() as login:
        login.url = login.url.replace(login.state, "another")
        click(browser, login)
        called = login.end()
    assert called.code == 6
    assert "error[E606]: no access was given: the answer's `state` is not the one" in called.err
    assert "`state` is not the one" in alert(browser)
    assert not person.file.exists()


@pytest.mark.parametrize("what", ["used", "an hour old"])
def test_a_code_that_is_not_good_any_more_is_refused(person: Person, browser: "Chrome", what: str) -> None:
    with person.login() as login:
        back = login.consent()
        if what == "used":
            assert exchange(person, back, login.callback).status_code == 200
        else:
            person.later("61m")
        browser.get(back)
        called = login.end()
    assert called.code == 6
    assert "error[E607]: Threads did not take the code: Matching code was not found" in called.err
    assert parse_qs(urlsplit(back).query)["code"][0] not in called.out + called.err
    assert not person.file.exists()


def test_what_a_page_does_by_itself_is_turned_away_and_the_person_still_gets_through(
    person: Person, browser: "Chrome", elsewhere: str
) -> None:
    with person.login() as login:
        back = login.consent()
        browser.get(elsewhere)
        for attempt in (
            "fetch(url, {mode: 'no-cors'}).finally(done)",
            "const i = new Image(); i.onload = i.onerror = done; i.src = url",
            "const f = document.createElement('iframe'); f.onload = done; f.src = url; document.body.append(f)",
        ):
            browser.execute_async_script(f"const [url, end] = arguments, done = () => end(); {attempt}", back)
        browser.get_log("browser")  # it complains of what was refused, as it should
        browser.get(back)
        called = login.end()
    assert called.code == 0, called.err
    assert [line for line in called.err.splitlines() if line.startswith("note: ")] == [
        "note: a request was turned away: sent by a page, not by a person's browser going there",
        "note: a request was turned away: within another page",
    ]


def test_no_script_could_run_on_the_closing_page(person: Person, browser: "Chrome") -> None:
    with person.login() as login:
        browser.get(login.consent("deny"))
        login.end()
    assert browser.execute_script("return document.scripts.length") == 0
    blocked = browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
        "return window.ran === undefined"
    )
    assert blocked
    browser.get_log("browser")
