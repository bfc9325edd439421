"""The world's HTTP face: Flask routes for the API, its controls, and the media it keeps.

Parameters are taken as Threads takes them: query, form, multipart or JSON; paths with and without version. Nothing a
caller sends may end in a 500 of our own.
"""

import contextlib
import json
import socket
import struct
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from publisher.sandbox import feed, fields
from publisher.sandbox.answers import Refusal, response_of
from publisher.sandbox.clock import MovableClock
from publisher.sandbox.faults import FaultyWorld, Outcome
from publisher.sandbox.values import Settings
from publisher.threads_api import messages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_DROP = "publisher.sandbox.drop"
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LENGTHS = ("list_lag", "publish_lag", "video_ready", "forget_after")


def make_app(faulty: FaultyWorld, clock: MovableClock, reset: Callable[[], None]) -> Flask:
    """`reset` empties everything but accounts and tokens, S3 included."""
    app = Flask("publisher.sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024
    _add_controls(app, faulty, clock, reset)
    _add_pages(app, faulty, clock)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return _http(response_of(Refusal(error.name, 100, status=error.code or 400, type="THApiException")))
        raise error

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "DELETE", "PUT"])
    @app.route("/<path:path>", methods=["GET", "POST", "DELETE", "PUT"])
    def call(path: str) -> Response:
        return _deliver(faulty.answer(*_read(path)))

    app.wsgi_app = _dropping(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _read(path: str) -> tuple[messages.Request, str | None]:
    """The call and its token, however it was sent."""
    params: dict[str, str] = dict(request.args.items())
    params.update(request.form.items())
    if request.is_json:
        document = request.get_json(silent=True)
        if isinstance(document, dict):
            params.update({str(key): _plain(value) for key, value in document.items()})
    token = params.pop("access_token", None)
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and bearer:
        token = bearer.strip()
    plain = "/" + path.removeprefix("v1.0/").strip("/")
    return messages.Request(request.method, plain, params, read_timeout_s=float("inf")), token


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


def _add_pages(app: Flask, faulty: FaultyWorld, clock: MovableClock) -> None:
    """What people open in a browser."""

    def page(username: str, only: str | None) -> Response:
        account = next((item for item in faulty.world.data.accounts.values() if item.username == username), None)
        view = None
        if account is not None:
            posts = [post for post in published_json(faulty) if post["username"] == username or only]
            view = feed.feed_view(posts, username=username, name=account.name, now=clock(), only=only)
        if view is None or (only is not None and not view.posts):
            return Response("no such page", 404, mimetype="text/plain")
        return Response(feed.render_feed(view), mimetype="text/html", headers=_PAGE_HEADERS)

    @app.get("/@<username>")
    def profile(username: str) -> Response:
        return page(username, None)

    @app.get("/@<username>/post/<shortcode>")
    def post(username: str, shortcode: str) -> Response:
        return page(username, shortcode)

    @app.get("/_media/<sha256>")
    def media(sha256: str) -> Response:
        data = faulty.world.blobs.bytes.get(sha256)
        if data is None:
            return Response("no such medium", 404, mimetype="text/plain")
        kind = "video/mp4" if data[4:8] == b"ftyp" else "image/png" if data[:4] == b"\x89PNG" else "image/jpeg"
        return Response(data, mimetype=kind, headers={"X-Content-Type-Options": "nosniff"})


def _add_controls(app: Flask, faulty: FaultyWorld, clock: MovableClock, reset: Callable[[], None]) -> None:
    @app.post("/_sandbox/faults")
    def faults() -> Response | tuple[Response, int]:
        try:
            faulty.arm(request.get_json(force=True))
        except (ValueError, TypeError, HTTPException) as error:
            return _refused(str(error) or "faults are a JSON list")
        return jsonify([vars(fault) for fault in faulty.faults])

    @app.post("/_sandbox/clock")
    def move_clock() -> Response | tuple[Response, int]:
        try:
            _move(clock, request.get_json(force=True))
        except (KeyError, ValueError, TypeError, OverflowError, HTTPException):
            return _refused('the clock takes {"advance": "26h"} or {"set": "2026-12-01T09:00:00Z"}')
        faulty.changed()
        return jsonify({"now": _iso(clock())})

    @app.post("/_sandbox/world")
    def settings() -> Response | tuple[Response, int]:
        try:
            _change(faulty.world.settings, request.get_json(force=True))
        except (ValueError, TypeError, HTTPException) as error:
            return _refused(str(error) or "world settings are a JSON object")
        faulty.changed()
        return jsonify(vars(faulty.world.settings))

    @app.post("/_sandbox/reset")
    def start_anew() -> Response:
        faulty.arm([])
        faulty.log.clear()
        clock.reset()
        reset()
        faulty.changed()
        return jsonify({"now": _iso(clock())})

    @app.get("/_sandbox/posts")
    def posts() -> Response:
        return jsonify(published_json(faulty))

    @app.get("/_sandbox/requests")
    def requests() -> Response:
        return jsonify(faulty.log)


def published_json(faulty: FaultyWorld) -> list[dict[str, Any]]:
    """The published feed, oldest first: every field that has a value, and how each post came about."""
    view = faulty.world.view()
    wanted = ",".join(name for name in fields.READERS if name != "children")
    wanted += ",children{id,media_type,media_url,alt_text}"
    return [
        {**fields.read(post, wanted, view), "reply_to_id": post.reply_to, "container_id": post.container_id}
        for post in faulty.world.published()
    ]


def _move(clock: MovableClock, document: Any) -> None:
    if "advance" in document:
        clock.advance(timedelta(seconds=seconds(document["advance"])))
    else:
        moment = datetime.fromisoformat(document["set"])
        clock.set(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _change(settings: Settings, document: Any) -> None:
    known = vars(settings)
    if not isinstance(document, dict) or not set(document) <= set(known):
        raise ValueError(f"the world's settings are {', '.join(known)}")
    for key, value in document.items():
        setattr(settings, key, seconds(value) if key in _LENGTHS and value is not None else value)


def seconds(value: Any) -> float:
    """ "26h" -> 93600.0; a bare number is seconds. Raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value)
    unit = next((unit for unit in sorted(_SECONDS, key=len, reverse=True) if text.endswith(unit)), None)
    if unit is None:
        raise ValueError(f'"{text}" is no length of time: write 30s, 5m, 26h')
    return float(text.removesuffix(unit)) * _SECONDS[unit]


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _refused(message: str) -> tuple[Response, int]:
    return jsonify({"error": message}), 400
