"""A transport that answers from the fixtures: the one recorded request gets its recorded answer.

A fixture is `{"request": {"method", "path", "params"}, "answer": {"status", "body"}}`, in Meta's shapes. Its name is
the call it stands for: `media.threads.json` is `client.media.threads`, `media.all_threads.page-2.json` a further
answer that the same call needs.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from publisher.threads_api.messages import Request, Response

FIXTURES = Path(__file__).parent / "fixtures"
WEBHOOKS = Path(__file__).parent / "webhooks"


@cache
def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def answer_of(name: str) -> Response:
    answer = fixture(name)["answer"]
    return Response(answer["status"], json.dumps(answer["body"]).encode())


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FIXTURES.glob("*.json")))


@dataclass
class Replay:
    """Implements `Transport` with the fixtures whose names begin with `call`."""

    call: str
    secrets: dict[str, str] = field(default_factory=dict)  # "<code>" in a fixture -> what it stands for in this run
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        for name in names():
            if name == self.call or name.startswith(f"{self.call}."):
                known = fixture(name)["request"]
                params = {key: self._filled(value) for key, value in known["params"].items()}
                if (known["method"], known["path"], params) == (request.method, request.path, dict(request.params)):
                    answer = answer_of(name)
                    return Response(answer.status, self._filled(answer.body.decode()).encode())
        raise AssertionError(f"no fixture of {self.call} has {request.method} {request.path} {sorted(request.params)}")

    def _filled(self, text: str) -> str:
        for name, secret in self.secrets.items():
            text = text.replace(name, secret)
        return text


@dataclass
class Canned:
    """Implements `Transport`: the same sequence of answers or errors, whatever is asked."""

    answers: list[Response | Exception]
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def said(body: object, status: int = 200, **headers: str) -> Response:
    """An answer with this JSON; header names with `_` for `-`."""
    return Response(
        status, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()}
    )


def refused(code: int, subcode: int | None = None, *, status: int = 400, **more: object) -> Response:
    envelope: dict[str, object] = {"message": "No", "type": "OAuthException", "code": code, "fbtrace_id": "AbC", **more}
    if subcode is not None:
        envelope["error_subcode"] = subcode
    return said({"error": envelope}, status)
