"""Tokens: from code to short-lived to long-lived, refresh, app tokens, inspection (docs/threads.md, Tokens).

Any app id and secret will do. A code that this sandbox gave is good once and within the hour; any other code is taken
as given to its own account.
"""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from publisher.sandbox.answers import FlatRefusal, Refusal, bad_token, expired_token, invalid, missing_scope
from publisher.sandbox.route import Call, OpenRoute
from publisher.sandbox.values import Grant

if TYPE_CHECKING:
    from publisher.sandbox.world import World

SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_replies",
    "threads_read_replies",
    "threads_manage_insights",
    "threads_manage_mentions",
    "threads_keyword_search",
    "threads_delete",
    "threads_location_tagging",
    "threads_profile_discovery",
    "threads_share_to_instagram",
)
SHORT, LONG, CODE_LIFE = timedelta(hours=1), timedelta(days=60), timedelta(hours=1)
_CONSENT = timedelta(days=90)
_YOUNGEST = timedelta(hours=24)


def exchange_code(world: "World", call: Call) -> dict[str, Any]:
    """`POST /oauth/access_token`: an authorization code for a short-lived token."""
    for name in ("client_id", "client_secret", "code", "redirect_uri"):
        if not call.params.get(name):
            raise FlatRefusal(f"Missing required parameter: {name}", 100)
    if call.params.get("grant_type") != "authorization_code":
        raise FlatRefusal("Invalid grant_type", 100)
    text = call.params["code"].removesuffix("#_")
    code = world.data.codes.get(text)
    if code is not None and (code.used or call.now >= code.made_at + CODE_LIFE):
        raise FlatRefusal("Matching code was not found or was already used", 100)
    app_id = call.params["client_id"]
    if code is not None and (code.redirect_uri, code.app_id) != (call.params["redirect_uri"], app_id):
        raise FlatRefusal("Error validating verification code: redirect_uri or client_id differ", 100)
    user_id = code.user_id if code is not None else next(iter(world.data.accounts))
    grant = issue(world, user_id, app_id, "short", list(code.scopes if code is not None else SCOPES), call.now)
    if code is not None:
        code.used = True
    return {"access_token": grant.token, "user_id": int(user_id)}


def app_token(world: "World", call: Call) -> dict[str, Any]:
    """`GET /oauth/access_token`: the app's own token."""
    if call.params.get("grant_type") != "client_credentials":
        raise invalid("Param grant_type must be client_credentials")
    for name in ("client_id", "client_secret"):
        if not call.params.get(name):
            raise invalid(f"The parameter {name} is required")
    grant = issue(world, None, call.params["client_id"], "app", [], call.now)
    return {"access_token": grant.token, "token_type": "bearer"}


def exchange_short(world: "World", call: Call) -> dict[str, Any]:
    """`GET /access_token`: a short-lived token for one of 60 days."""
    if call.params.get("grant_type") != "th_exchange_token":
        raise invalid("Param grant_type must be th_exchange_token")
    if not call.params.get("client_secret"):
        raise invalid("The parameter client_secret is required")
    grant = world.grant(call.token, call.now)
    if grant.kind != "short":
        raise Refusal(
            "Session key invalid. This could be because the session key has an incorrect format", 452, 4279019
        )
    return _issued(issue(world, grant.user_id, grant.app_id, "long", grant.scopes, call.now))


def refresh(world: "World", call: Call) -> dict[str, Any]:
    """`GET /refresh_access_token`: 60 days more, for a token that is at least a day old."""
    if call.params.get("grant_type") != "th_refresh_token":
        raise invalid("Param grant_type must be th_refresh_token")
    grant = world.grant(call.token, call.now)
    if grant.kind != "long":
        raise Refusal("Session key invalid: only a long-lived token can be refreshed", 452, 4279019)
    if "threads_basic" not in grant.scopes:
        raise missing_scope()
    if call.now < grant.issued_at + _YOUNGEST:
        raise Refusal("Error validating access token: it must be at least 24 hours old to be refreshed", 190)
    return _issued(issue(world, grant.user_id, grant.app_id, "long", grant.scopes, call.now))


def inspect(world: "World", call: Call) -> dict[str, Any]:
    """`GET /debug_token`: what a token is good for. The caller's must be of the same app."""
    caller = world.grant(call.token, call.now)
    if caller.kind != "app" and world.settings.app_mode == "development":
        raise Refusal("The app associated with this request is in dev mode", 100)
    name = call.params.get("input_token", "")
    if not name:
        raise invalid("The parameter input_token is required")
    grant = world.data.grants.get(name)
    if grant is None or caller.app_id not in (grant.app_id, world.APP_ID):
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"is_valid": False, "scopes": [], "error": error}}
    alive = grant.expires_at is None or grant.expires_at > call.now
    expires = grant.expires_at or call.now + LONG
    return {
        "data": {
            "type": "USER" if grant.user_id is not None else "APP",
            "application": f"App {grant.app_id}",
            "is_valid": alive,
            "issued_at": int(grant.issued_at.timestamp()),
            "expires_at": int(expires.timestamp()),
            "data_access_expires_at": int((grant.issued_at + _CONSENT).timestamp()),
            "scopes": grant.scopes,
            **({"user_id": grant.user_id} if grant.user_id is not None else {}),
        }
    }


def issue(world: "World", user_id: str | None, app_id: str, kind: str, scopes: list[str], now: datetime) -> Grant:
    """A new token, never given before."""
    world.data.next_id += 1
    digest = hashlib.sha256(f"{world.secret}/{world.data.next_id}/{kind}".encode()).hexdigest()
    token = f"TH|{app_id}|{digest[:32]}" if kind == "app" else f"TH{'LONG' if kind == 'long' else 'SHORT'}{digest}"
    life = {"short": SHORT, "long": LONG}.get(kind)
    grant = Grant(token, user_id, app_id, kind, list(scopes), now, now + life if life is not None else None)
    world.data.grants[token] = grant
    return grant


def find(world: "World", token: str | None, now: datetime) -> Grant:
    """What a token opens. Raises the refusals of one that is unknown or over."""
    grant = world.data.grants.get(token) if token else None
    if grant is None and token and (parts := token.split("|"))[0] == "TH" and len(parts) == 3 and all(parts):
        return Grant(token, None, parts[1], "app", [], now)  # TH|APP_ID|APP_SECRET needs no call to be made
    if grant is None:
        raise bad_token()
    if grant.expires_at is not None and grant.expires_at <= now:
        raise expired_token()
    return grant


def _issued(grant: Grant) -> dict[str, Any]:
    return {"access_token": grant.token, "token_type": "bearer", "expires_in": int(LONG.total_seconds())}


_CODE = ("client_id", "client_secret", "code", "grant_type", "redirect_uri")
ROUTES = (
    OpenRoute("POST", "/oauth/access_token", exchange_code, _CODE),
    OpenRoute("GET", "/oauth/access_token", app_token, ("client_id", "client_secret", "grant_type")),
    OpenRoute("GET", "/access_token", exchange_short, ("grant_type", "client_secret", "access_token")),
    OpenRoute("GET", "/refresh_access_token", refresh, ("grant_type", "access_token")),
    OpenRoute("GET", "/debug_token", inspect, ("input_token", "access_token")),
)
