"""What the log of calls shows of a call: everything but what opens a door. Pure.

A secret is known by where it belongs, by its value wherever else it was put, and by its looks.
"""

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import unquote

from publisher.sandbox.values import Data
from publisher.threads_api.messages import Request
from publisher.threads_api.redaction import HIDDEN, redacted, without

_NAMES = ("access_token", "client_secret", "code", "input_token")
_SHORTEST = 8  # what is shorter opens nothing that matters, and blanking it would tear up ordinary words
_TIMES_ENCODED = 3
_MARKS = ("TH", "=", '"')  # one of them is in whatever looks like a secret; most words have none


def secrets_of(data: Data) -> Iterator[str]:
    """Every token, code and secret that the world holds."""
    yield from data.grants
    yield from data.codes
    yield from (item.app_secret for item in data.subscriptions)


def secrets_in(request: Request, token: str | None) -> Iterator[str]:
    """What a call itself says is secret, whether the world knows it or not."""
    yield from (request.params[name] for name in _NAMES if name in request.params)
    if token:
        yield token.rpartition("|")[2]  # of TH|APP_ID|APP_SECRET, what opens something


def shown(request: Request, secrets: Collection[str]) -> dict[str, Any]:
    """Method, path and parameters of a call, with `secrets` and whatever looks like one blanked."""
    params = {name: _unsigned(value) for name, value in request.params.items() if name not in _NAMES}
    everything = "\n".join(_spellings("\n".join((request.path, *params, *params.values()))))
    known = [secret for secret in secrets if len(secret) >= _SHORTEST and secret in everything]
    path = _hidden(request.path, known)
    if path == HIDDEN:  # by step, so that the rest can still be read
        path = "/".join(_hidden(step, known) for step in request.path.split("/"))
        path = _hidden(path, known)  # a secret may have a slash
    return {
        "method": request.method,
        "path": path,
        "params": {_hidden(name, known): _hidden(value, known) for name, value in params.items()},
    }


def _hidden(text: str, secrets: Collection[str]) -> str:
    """`text` without the secrets, however its letters are spelled: "%54HQ…" may be "THQ…"."""
    spellings = _spellings(text)
    found = sorted((item for item in secrets if any(item in spelling for spelling in spellings)), key=len, reverse=True)
    if found:
        text = without(text.encode("utf-8", "surrogatepass"), found).decode("utf-8", "surrogatepass")
        if any(item in spelling for spelling in _spellings(text) for item in found):
            return HIDDEN
    return redacted(text) if any(mark in text for mark in _MARKS) else text


def _spellings(text: str) -> list[str]:
    """The text, and what it may have been before it was percent-encoded once or more."""
    found = [text]
    while "%" in found[-1] and len(found) <= _TIMES_ENCODED:
        found.append(unquote(found[-1]))
    return found


def _unsigned(value: str) -> str:
    """A signed link without its signature: whoever has the whole one may fetch the file."""
    return value.split("?", 1)[0] + "?…" if "Signature=" in value else value
