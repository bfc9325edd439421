"""A person who logs in: the command runs as a process of its own, and consent is given to the sandbox's window."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

import requests

from publisher.sandbox.serve import Sandbox
from tests.canary import hear
from tests.cli.calling import Called, Caller, repository

PATIENCE_S = 60
_ADDRESS = re.compile(r"https?://\S+/oauth/authorize\S+")


@dataclass(frozen=True)
class Person:
    """Somebody with a repository, a home, and an app that is known to the sandbox."""

    folder: Path
    sandbox: Sandbox
    secret: str = field(repr=False)
    extra: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, sandbox: Sandbox, secret: str) -> "Person":
        repository(folder, "version: 1\naccount: acme\npublishing: {poll: 20ms}\n", hello="text: Hello\n")
        return cls(folder, sandbox, secret)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder / "home"),
            "THREADS_API_BASE_URL": self.sandbox.threads_api,
            "THREADS_APP_ID": "4711",
            "THREADS_API_SECRET": self.secret,
            **self.extra,
        }

    @property
    def file(self) -> Path:
        return self.folder / "home" / ".config" / "threads-publisher" / "acme.json"

    def __call__(self, *arguments: str, **environ: str) -> Called:
        return Caller(self.folder, self.environ)(*arguments, **environ)

    def login(self, *arguments: str, **environ: str) -> "Login":
        return Login(self, arguments, environ)

    def logged_in(self) -> Called:
        """After a login to which nothing happened."""
        with self.login() as login:
            requests.get(login.consent(), timeout=10)
            return login.end()

    def later(self, advance: str) -> None:
        self._control("clock", {"advance": advance})

    def fault(self, **fault: object) -> None:
        self._control("faults", [fault])

    def calm(self) -> None:
        self._control("faults", [])

    def world(self, **settings: object) -> None:
        self._control("world", settings)

    def _control(self, what: str, body: object) -> None:
        requests.post(f"{self.sandbox.threads_api}/_sandbox/{what}", json=body, timeout=10).raise_for_status()


class Login:
    """A login under way."""

    def __init__(self, person: Person, arguments: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self._person = person
        self._process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "auth", "login", "--no-browser", *arguments],
            cwd=person.folder,
            env={"PATH": os.environ["PATH"], **person.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._end = threading.Timer(PATIENCE_S, self._process.kill)  # a login that hangs fails its test
        self._end.start()
        self.said: list[str] = []
        self.url = ""

    def __enter__(self) -> "Login":
        """Waits for the address of the window; without one the command has ended."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said.append(line)
            if found := _ADDRESS.search(line):
                self.url = found[0]
                break
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.cancel()
        self._process.kill()
        self._process.wait()

    @property
    def callback(self) -> str:
        return parse_qs(urlsplit(self.url).query)["redirect_uri"][0]

    @property
    def state(self) -> str:
        return parse_qs(urlsplit(self.url).query)["state"][0]

    def consent(self, decision: str = "allow", **form: str) -> str:
        """The address that the window sends the browser to."""
        chosen = form or {"user_id": self._person.sandbox.user_id}
        answer = requests.post(self.url, data={"decision": decision, **chosen}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def end(self, pasted: str = "") -> Called:
        """What it came to; `pasted` is what the person brings back by hand."""
        out, err = self._process.communicate(f"{pasted}\n" if pasted else "", timeout=PATIENCE_S)
        self._end.cancel()
        err = "".join(self.said) + err
        hear(out, err)
        return Called(self._process.returncode, out, err)


@contextmanager
def taken_port() -> Iterator[int]:
    """A port of this machine that somebody listens on."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
