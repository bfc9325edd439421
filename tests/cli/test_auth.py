"""`publisher auth` at a terminal: what is typed unseen stays unseen, and a browser is opened where there is one."""

import json
import re
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from publisher.sandbox.serve import Sandbox
from tests.canary import hear
from tests.cli.calling import Caller, repository
from tests.cli.terminal import Terminal

SECRET = "an-app-secret-0123456789"
# What stands in for a browser: it goes to the window, agrees, and follows where it is sent. Then it ends.
BROWSER = """\
import os, sys, urllib.parse, urllib.request
open(sys.argv[0] + ".environ", "w").write(str(dict(os.environ)))
form = urllib.parse.urlencode({"decision": "allow", "username": "acme"}).encode()
urllib.request.urlopen(sys.argv[1], form, timeout=20).read()
"""


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def call(tmp_path: Path) -> Caller:
    return repository(tmp_path)


def terminal(call: Caller, sandbox: Sandbox, *arguments: str, **environ: str) -> Terminal:
    given = {"THREADS_API_BASE_URL": sandbox.threads_api, "THREADS_APP_ID": "4711", "BROWSER": "", **environ}
    return Terminal("auth", *arguments, folder=call.folder, environ=given)


def stored(call: Caller) -> Path:
    return call.folder / ".config" / "threads-publisher" / "acme.json"


def consent(sandbox: Sandbox, shown: str) -> str:
    (address,) = re.findall(r"http://\S+/oauth/authorize\S+", shown)
    form = {"decision": "allow", "user_id": sandbox.user_id}
    return requests.post(address, data=form, allow_redirects=False, timeout=10).headers["Location"]


def test_secret_and_address_are_typed_unseen(call: Caller, served: Sandbox) -> None:
    shown = terminal(call, served, "login", "--no-browser", "--paste")
    shown.until("THREADS_API_SECRET: ").type(f"{SECRET}\n").until("(stays unseen): ")
    back = consent(served, shown.shown)
    assert shown.type(f"{back}\n").end() == 0
    hear(shown.raw)
    assert "next: publisher auth status" in shown.shown
    for unseen in (SECRET, back, back.partition("code=")[2][:40], json.loads(stored(call).read_text())["access_token"]):
        assert unseen not in shown.shown
    assert stat.S_IMODE(stored(call).stat().st_mode) == 0o600


def test_a_token_at_hand_is_typed_unseen(call: Caller, served: Sandbox) -> None:
    shown = terminal(call, served, "login", "--with-token").until("Access token (stays unseen): ")
    assert shown.type(f"{served.access_token}\n").end() == 0
    assert served.access_token not in shown.shown


def test_the_browser_of_the_system_is_opened(call: Caller, served: Sandbox) -> None:
    script = call.write("browser", BROWSER)
    shown = terminal(call, served, "login", THREADS_API_SECRET=SECRET, BROWSER=f"{sys.executable} {script} %s")
    assert shown.end() == 0, shown.shown
    assert "If no window has opened, open this:" in shown.shown
    assert stored(call).exists()
    inherited = (call.folder / "browser.environ").read_text()
    assert "PATH" in inherited
    assert SECRET not in inherited, "a browser outlives the login, and hands its environment on to what it starts"


def test_an_interrupt_while_nobody_comes_back_ends_at_once(call: Caller, served: Sandbox) -> None:
    shown = terminal(call, served, "login", "--no-browser", THREADS_API_SECRET=SECRET).until("/oauth/authorize")
    shown.process.send_signal(signal.SIGINT)
    assert shown.end() == 130
    assert "Traceback" not in shown.shown


def test_logout_asks_and_no_is_an_answer(call: Caller, served: Sandbox) -> None:
    terminal(call, served, "login", "--with-token").until("unseen): ").type(f"{served.access_token}\n").end()
    shown = terminal(call, served, "logout").until("[y/N]").type("n\n")
    assert (shown.end(), stored(call).exists()) == (0, True)
    shown = terminal(call, served, "logout").until("[y/N]").type("y\n")
    assert (shown.end(), stored(call).exists()) == (0, False)


def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    called = Caller(tmp_path)("auth", "status")
    assert called.code == 3
    assert "publisher.yaml" in called.err
