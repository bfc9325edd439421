"""The world's HTTP face: Flask routes for the API, its controls, and its pages for people.

Parameters are taken as Threads takes them: query, form, multipart or JSON; paths with and without version. Nothing a
caller sends may end in a 500 of our own.
"""

import contextlib
import json
import socket
import struct
import time
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from publisher.sandbox import consent, controls, guard, pages
from publisher.sandbox.answers import Refusal, answer, response_of
from publisher.sandbox.clock import MovableClock
from publisher.sandbox.faults import FaultyWorld, Outcome
from publisher.sandbox.published import published_json as published_json  # the name that callers know
from publisher.threads_api import messages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_DROP = "publisher.sandbox.drop"
_CALLS_A_DAY = 48_000  # of an app and a user, at least (docs/threads.md, Quotas)


def make_app(faulty: FaultyWorld, clock: MovableClock, reset: Callable[[], None], hosts: Collection[str] = ()) -> Flask:
    """`reset` takes everything back to the beginning, S3 included, but for the account and its token.

    `hosts`: names that it answers to beside those of loopback.
    """
    app = Flask("publisher.sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024

    @app.before_request
    def keep_strangers_out() -> Response | None:
        words = guard.strange_host(request.environ.get("HTTP_HOST"), hosts)
        words = words or guard.strange_page(request.method, request.path, dict(request.headers))
        if words is None:
            return None
        own = request.path.startswith("/_sandbox/")
        return _http(answer({"error": words}, status=403) if own else response_of(Refusal(words, 10, status=403)))

    controls.add(app, faulty, clock, reset)
    pages.add(app, faulty)
    consent.add(app, faulty)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return _http(response_of(Refusal(error.name, 100, status=error.code or 400, type="THApiException")))
        raise error

    @app.route("/", defaults={"path": ""}, methods=["POST", "DELETE", "PUT"])
    @app.route("/<path:path>", methods=["GET", "POST", "DELETE", "PUT"])
    def call(path: str) -> Response:
        response = _deliver(faulty.answer(*_read(path)))
        share = 100 * len(faulty.log) // _CALLS_A_DAY
        response.headers["X-App-Usage"] = f'{{"call_count":{share},"total_time":{share},"total_cputime":{share}}}'
        return response

    app.wsgi_app = _dropping(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _read(path: str) -> tuple[messages.Request, str | None]:
    """The call and its token, however it was sent."""
    params: dict[str, str] = dict(request.args.items())
    params.update((name, value) for name, value in request.form.items() if name is not None)  # a part may have none
    document = _document() if request.is_json else None
    if isinstance(document, dict):
        params.update({str(key): _plain(value) for key, value in document.items() if value is not None})
    token = params.pop("access_token", None)
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and bearer:
        token = bearer.strip()
    plain = "/" + path.removeprefix("v1.0/").strip("/")
    return messages.Request(request.method, plain, params, read_timeout_s=float("inf")), token


def _document() -> Any:
    """The body as JSON; None for what is none, however deep it pretends to be."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _plain(value: Any) -> str:
    """A JSON value as the form field would spell it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ",".join(str(item) for item in value)
    return json.dumps(value)


def _deliver(outcome: Outcome) -> Response:
    hang = outcome.delay_s == float("inf")
    if outcome.delay_s and not hang:
        time.sleep(outcome.delay_s)
    if outcome.response is None:
        request.environ[_DROP] = "hang" if hang else "now"
        return Response()
    return _http(outcome.response)


def _dropping(app: "WSGIApplication") -> "WSGIApplication":
    """Ends the connection where a route said so, once Flask has let go of the call."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        answer = app(environ, start_response)
        if _DROP in environ:
            _drop(environ["werkzeug.socket"], wait=environ[_DROP] == "hang")
        return answer

    return call


def _drop(connection: socket.socket, *, wait: bool) -> NoReturn:
    """No answer; `wait` leaves the caller hanging until it gives up."""
    if wait:
        with contextlib.suppress(OSError):
            connection.settimeout(600)
            connection.recv(1)
    # Lingering for zero seconds makes the end a reset, as of a machine that died.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("dropped on purpose")


def _http(response: messages.Response) -> Response:
    return Response(response.body, status=response.status, headers=dict(response.headers))
