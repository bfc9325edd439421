"""The authorization window: an app asks, a person says yes or no, a code goes back (docs/threads.md, Tokens).

The page works without script; it can make another account on the way, so that several people can be tried.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from publisher.sandbox import markup
from publisher.sandbox.endpoints.tokens import SCOPES
from publisher.sandbox.faults import FaultyWorld
from publisher.sandbox.values import Code
from publisher.sandbox.world import World

_PATH = "/oauth/authorize"
USERNAME = re.compile(r"[A-Za-z0-9_.]{1,30}")
_SHEET = "consent"
# What each scope allows, in a person's words (docs/threads.md, Tokens).
_ALLOWS = {
    "threads_basic": "See your profile and your posts",
    "threads_content_publish": "Publish posts for you",
    "threads_manage_replies": "Publish, hide and approve replies",
    "threads_read_replies": "Read the replies to your posts",
    "threads_manage_insights": "See how your posts and your profile do",
    "threads_manage_mentions": "See where you are mentioned",
    "threads_keyword_search": "Search public posts",
    "threads_delete": "Delete your posts",
    "threads_location_tagging": "Search places and tag posts with them",
    "threads_profile_discovery": "Look up public profiles and their posts",
    "threads_share_to_instagram": "Share your posts to your Instagram story",
}
_DENIED = {
    "error": "access_denied",
    "error_reason": "user_denied",
    "error_description": "The user denied your request",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an app asks for."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None

    def back(self, facts: Mapping[str, str]) -> str:
        """Where the browser goes next. `#_` at the end is Meta's."""
        query = dict(facts) | ({"state": self.state} if self.state is not None else {})
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{urlencode(query)}{'#_' if 'code' in facts else ''}"


def wish_of(params: Mapping[str, str]) -> Wish | str:
    """The wish, or what is wrong with it."""
    if not params.get("client_id"):
        return "client_id is missing."
    parts = urlsplit(params.get("redirect_uri", ""))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "redirect_uri is missing, or no web address."
    if params.get("response_type") != "code":
        return "response_type must be code."
    scopes = tuple(params.get("scope", "").replace(",", " ").split())
    if "threads_basic" not in scopes:
        return "scope must contain threads_basic."
    if unknown := next((scope for scope in scopes if scope not in SCOPES), None):
        return f"{unknown} is no scope of Threads."
    return Wish(params["client_id"], params["redirect_uri"], scopes, params.get("state"))


def grant_code(world: World, wish: Wish, user_id: str) -> str:
    """A code for what that user allowed."""
    with world.lock:
        world.data.next_id += 1
        text = "AQB" + hashlib.sha256(f"{world.secret}/code/{world.data.next_id}".encode()).hexdigest()
        code = Code(text, user_id, wish.client_id, wish.redirect_uri, list(wish.scopes), world.clock())
        world.data.codes[text] = code
    return text


def add(app: Flask, faulty: FaultyWorld) -> None:
    """Mount the window."""
    world = faulty.world

    @app.get(_PATH)
    def ask() -> Answer:
        wish = wish_of(request.args)
        if isinstance(wish, str):
            return _page(400, problem=wish)
        return _page(200, wish=wish, accounts=list(world.data.accounts.values()), query=request.query_string.decode())

    @app.post(_PATH)
    def decide() -> Answer:
        wish = wish_of(request.args)
        if isinstance(wish, str):
            return _page(400, problem=wish)
        if request.form.get("decision") != "allow":
            return redirect(wish.back(_DENIED), 302)
        user_id = _person(world, request.form)
        if user_id is None:
            return _page(400, problem="No account was chosen, or the username holds what none may hold.")
        code = grant_code(world, wish, user_id)
        faulty.changed()
        return redirect(wish.back({"code": code}), 302)


def _person(world: World, form: Mapping[str, str]) -> str | None:
    """Who agrees: the account that was picked, or the one whose name was typed, made if there is none."""
    name = form.get("username", "").strip().removeprefix("@")
    with world.lock:
        if not name:
            return form.get("user_id") if form.get("user_id") in world.data.accounts else None
        known = next((item.id for item in world.data.accounts.values() if item.username == name), None)
        if known is not None or not USERNAME.fullmatch(name):
            return known
        token = "THSANDBOX" + hashlib.sha256(f"{world.secret}/{name}".encode()).hexdigest()
        return world.add_account(name, token).id


def _page(status: int, **facts: object) -> Response:
    known = {"wish": None, "problem": None, "scopes": _ALLOWS}
    page = markup.render("consent", sheet=_SHEET, forms=True, **{**known, **facts})
    headers = {**markup.headers(_SHEET, forms=True), "Cache-Control": "no-store"}
    return Response(page, status, mimetype="text/html", headers=headers)
