"""Controls for tests and rehearsals, under `/_sandbox/`: faults, time, the world's settings (docs/sandbox.md).

Beside those, two that Meta's dashboard would have: `POST /_sandbox/accounts` makes another person, and
`POST /_sandbox/webhooks` subscribes a URL. `GET /_sandbox/openapi.json` describes the API. They need no token.
"""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from publisher.sandbox.clock import MovableClock
from publisher.sandbox.consent import USERNAME
from publisher.sandbox.endpoints.tokens import SCOPES
from publisher.sandbox.faults import FaultyWorld, whole
from publisher.sandbox.openapi import openapi_document
from publisher.sandbox.published import published_json
from publisher.sandbox.text import is_text
from publisher.sandbox.values import CHOICES, Account, Settings
from publisher.sandbox.webhooks import subscribed
from publisher.sandbox.world import World

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST_S = 365 * 86400.0
_LENGTHS = ("list_lag", "read_lag", "publish_lag", "video_ready", "fetch_within", "forget_after")
_WRONG = (KeyError, ValueError, TypeError, OverflowError, RecursionError, HTTPException)

Answer = Response | tuple[Response, int]


def add(app: Flask, faulty: FaultyWorld, clock: MovableClock, reset: Callable[[], None]) -> None:
    """Mount the controls; each tells what is the case now, or what it takes."""

    def control(name: str, takes: str, apply: Callable[[Any], Any]) -> None:
        def answer() -> Answer:
            try:
                found = apply(_document())
            except _WRONG as error:
                words = str(error) if isinstance(error, ValueError) else ""
                return jsonify({"error": words or f"{name} takes {takes}"}), 400
            faulty.changed()
            return jsonify(found)

        app.add_url_rule(f"/_sandbox/{name}", name, answer, methods=["POST"])

    def arm(document: Any) -> Any:
        faulty.arm(document)
        return [vars(fault) for fault in faulty.faults]

    control("faults", "a list of faults; [] disarms", arm)
    control("clock", '{"advance": "26h"} or {"set": "2026-12-01T09:00:00Z"}', lambda body: _move(clock, body))
    control("world", "an object of settings", lambda body: _change(faulty.world.settings, body))
    control("accounts", '{"username": "…"}', lambda body: _add_account(faulty.world, body))
    control("webhooks", '{"url", "fields", "app_secret", "verify_token"}', lambda body: subscribed(faulty.world, body))

    @app.post("/_sandbox/reset")
    def start_anew() -> Response:
        reset()
        return jsonify({"now": _iso(clock())})

    @app.get("/_sandbox/posts")
    def posts() -> Response:
        return jsonify(published_json(faulty))

    @app.get("/_sandbox/openapi.json")
    def openapi() -> Response:
        return jsonify(openapi_document())

    @app.get("/_sandbox/requests")
    def requests() -> Response:
        return jsonify(faulty.log)


def _document() -> Any:
    """The body, as JSON whose words can be shown and stored. Raises ValueError, or what Flask raises."""
    document = request.get_json(force=True)
    if not is_text(json.dumps(document, ensure_ascii=False)):
        raise ValueError("the document holds half of a surrogate pair, which is no text")
    return document


def _move(clock: MovableClock, document: Any) -> dict[str, str]:
    if "advance" in document:
        clock.advance(timedelta(seconds=seconds(document["advance"])))
    else:
        moment = datetime.fromisoformat(document["set"])
        clock.set(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return {"now": _iso(clock())}


def _change(settings: Settings, document: Any) -> dict[str, Any]:
    """Merge `document` into the settings: all of it, or nothing."""
    known = vars(settings)
    if not isinstance(document, dict) or not set(document) <= set(known):
        raise ValueError(f"the world's settings are {', '.join(known)}")
    values = {key: _setting(key, value) for key, value in document.items()}
    for key, value in values.items():
        setattr(settings, key, value)
    return known


def _setting(key: str, value: Any) -> Any:
    if key in _LENGTHS:
        if value is None and key == "forget_after":
            return None
        if not 0 <= (length := seconds(value)) <= _LONGEST_S:  # which "not a number" fails too
            raise ValueError(f"{key} is a length of time, from 0 to a year's 365d")
        return length
    if not any(value == choice and type(value) is type(choice) for choice in CHOICES[key]):
        raise ValueError(f"{key} is one of {', '.join(str(choice) for choice in CHOICES[key])}")
    return value


def _add_account(world: World, document: Any) -> dict[str, Any]:
    name = document["username"]
    scopes = document.get("scopes", list(SCOPES))
    if not isinstance(name, str) or not USERNAME.fullmatch(name) or not set(scopes) <= set(SCOPES):
        raise ValueError(
            f"an account has a username of 1 to 30 letters, digits, _ and .; scopes are {', '.join(SCOPES)}"
        )
    followers = whole(document.get("followers", 1280), "followers")
    with world.lock:
        if any(account.username == name for account in world.data.accounts.values()):
            raise ValueError(f"there is an account called {name} already")
        account: Account = world.add_account(
            name,
            "THSANDBOX" + secrets.token_hex(24),
            scopes=scopes,
            followers=followers,
            is_verified=document.get("is_verified") is True,
        )
    return {"user_id": account.id, "username": account.username, "access_token": account.token}


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
