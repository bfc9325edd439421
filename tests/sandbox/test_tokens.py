"""Tokens: how they are got, what they open, how long they last."""

import json
from datetime import timedelta

import pytest

from publisher.sandbox.consent import Wish, grant_code, wish_of
from publisher.sandbox.endpoints import ROUTES
from publisher.sandbox.endpoints.tokens import SCOPES
from publisher.sandbox.route import Route
from publisher.threads_api.messages import Request
from tests.sandbox.worlds import Caller

APP = {"client_id": "4711", "client_secret": "s3cret"}
BACK = "https://acme.dev/callback"


@pytest.fixture
def acme() -> Caller:
    return Caller()


def exchange(acme: Caller, given: str, **more: str) -> tuple[int, dict[str, object]]:
    params = {**APP, "code": given, "grant_type": "authorization_code", "redirect_uri": BACK, **more}
    response = acme.world.answer(Request("POST", "/oauth/access_token", params), None)
    return response.status, json.loads(response.body)


def consent(acme: Caller, scopes: tuple[str, ...] = SCOPES) -> str:
    return grant_code(acme.world, Wish("4711", BACK, scopes, None), acme.account.id)


def as_token(acme: Caller, token: object) -> Caller:
    acme.token = str(token)
    return acme


def test_a_code_becomes_a_short_token_becomes_a_long_one(acme: Caller) -> None:
    status, short = exchange(acme, consent(acme) + "#_")
    assert (status, short["user_id"]) == (200, int(acme.account.id)), "a number here, a string elsewhere"
    long = as_token(acme, short["access_token"]).get("/access_token", grant_type="th_exchange_token", **APP)
    assert (long["token_type"], long["expires_in"]) == ("bearer", 60 * 86400)
    assert as_token(acme, long["access_token"]).get("/me")["id"] == acme.account.id


def test_a_code_is_good_once_and_within_the_hour(acme: Caller) -> None:
    code, late = consent(acme), consent(acme)
    assert exchange(acme, code)[0] == 200
    status, error = exchange(acme, code)
    assert (status, error["code"]) == (400, 400)
    assert error == {
        "error_type": "OAuthException",
        "code": 400,
        "error_message": "Matching code was not found or was already used",
    }
    acme.wait(hours=1)
    assert exchange(acme, late)[0] == 400


def test_a_code_is_for_the_app_and_the_address_it_was_given_to(acme: Caller) -> None:
    code = consent(acme)
    assert exchange(acme, code, redirect_uri=BACK + "/")[0] == 400
    assert exchange(acme, code, client_id="4712")[0] == 400
    assert exchange(acme, code)[0] == 200, "a refused exchange does not use the code up"


def test_any_other_code_is_the_accounts_own(acme: Caller) -> None:
    assert exchange(acme, "AQBfrom-somewhere-else")[0] == 200
    assert exchange(acme, "AQBfrom-somewhere-else")[0] == 200


@pytest.mark.parametrize("missing", ["client_id", "client_secret", "code", "redirect_uri", "grant_type"])
def test_an_exchange_needs_all_its_parameters(acme: Caller, missing: str) -> None:
    assert exchange(acme, consent(acme), **{missing: ""})[0] == 400


def test_a_short_token_ends_after_an_hour(acme: Caller) -> None:
    _, short = exchange(acme, consent(acme))
    acme.wait(hours=1)
    refused = as_token(acme, short["access_token"]).refused("GET", "/me")
    assert refused[1:3] == (190, 463)


def test_only_a_short_token_is_exchanged(acme: Caller) -> None:
    refused = acme.refused("GET", "/access_token", grant_type="th_exchange_token", client_secret="s3cret")
    assert refused[1:3] == (452, 4279019)
    assert acme.refused("GET", "/access_token", grant_type="th_exchange_token")[1] == 100
    assert acme.refused("GET", "/access_token", grant_type="password")[1] == 100


def test_a_long_token_is_refreshed_after_a_day_and_before_sixty(acme: Caller) -> None:
    _, short = exchange(acme, consent(acme))
    refresh = {"grant_type": "th_refresh_token"}
    assert as_token(acme, short["access_token"]).refused("GET", "/refresh_access_token", **refresh)[1] == 452
    long = acme.get("/access_token", grant_type="th_exchange_token", **APP)["access_token"]
    assert as_token(acme, long).refused("GET", "/refresh_access_token", **refresh)[1] == 190
    acme.wait(hours=24)
    renewed = acme.get("/refresh_access_token", **refresh)["access_token"]
    assert renewed != long
    acme.wait(days=59)
    assert as_token(acme, long).refused("GET", "/me")[1:3] == (190, 463)
    assert as_token(acme, long).refused("GET", "/refresh_access_token", **refresh)[1:3] == (190, 463)
    assert as_token(acme, renewed).get("/me")["id"] == acme.account.id


def test_a_token_is_inspected_by_its_app(acme: Caller) -> None:
    _, short = exchange(acme, consent(acme, ("threads_basic", "threads_delete")))
    acme.token = ""
    app = acme.get("/oauth/access_token", grant_type="client_credentials", **APP)["access_token"]
    assert app.startswith("TH|4711|")
    for caller in (app, "TH|4711|s3cret", str(short["access_token"])):
        found = as_token(acme, caller).get("/debug_token", input_token=str(short["access_token"]))["data"]
        assert (found["is_valid"], found["user_id"]) == (True, acme.account.id)
        assert found["scopes"] == ["threads_basic", "threads_delete"]
        assert found["expires_at"] - found["issued_at"] == 3600
        assert found["data_access_expires_at"] - found["issued_at"] == 90 * 86400
    other = as_token(acme, "TH|4712|s3cret").get("/debug_token", input_token=str(short["access_token"]))["data"]
    assert other["is_valid"] is False
    acme.wait(hours=1)
    found = as_token(acme, app).get("/debug_token", input_token=str(short["access_token"]))["data"]
    assert found["is_valid"] is False


def test_no_token_is_given_twice(acme: Caller) -> None:
    tokens = {str(exchange(acme, "any code")[1]["access_token"]) for _ in range(5)}
    assert len(tokens) == 5


def test_an_app_in_development_is_asked_with_its_own_token(acme: Caller) -> None:
    acme.world.settings.app_mode = "development"
    assert "dev mode" in acme.refused("GET", "/debug_token", input_token=acme.token)[3]
    assert as_token(acme, "TH|1000000000000001|x").get("/debug_token", input_token=acme.account.token)


def test_an_apps_token_opens_no_users_doors(acme: Caller) -> None:
    assert as_token(acme, "TH|4711|s3cret").refused("GET", "/me")[1] == 190


def test_the_sandboxs_own_token_outlives_every_move_of_the_clock(acme: Caller) -> None:
    acme.now += timedelta(days=4000)
    assert acme.get("/me")["id"] == acme.account.id


_SCOPED = [route for route in ROUTES.values() if isinstance(route, Route)]


@pytest.mark.parametrize("route", _SCOPED, ids=lambda route: f"{route.method} {route.path}")
def test_every_call_needs_its_scopes(acme: Caller, route: Route) -> None:
    path = route.path.replace("{user}", "me").replace("{id}", "18" + "0" * 15)
    for missing in ("threads_basic", *route.scopes):
        lame = acme.other(missing.removeprefix("threads_"), scopes=[scope for scope in SCOPES if scope != missing])
        assert lame.refused(route.method, path)[:2] == (500, 10), missing


@pytest.mark.parametrize(
    ("scope", "fields"),
    [
        ("threads_content_publish", "quota_usage"),
        ("threads_manage_replies", "reply_quota_usage"),
        ("threads_delete", "delete_config"),
        ("threads_location_tagging", "location_search_config"),
    ],
)
def test_a_quota_whose_scope_is_missing_is_http_500_without_a_body(acme: Caller, scope: str, fields: str) -> None:
    lame = acme.other("lame", scopes=[name for name in SCOPES if name != scope])
    assert lame.refused("GET", "/me/threads_publishing_limit", fields=fields) == (500, None, None, "")


@pytest.mark.parametrize(
    ("scope", "params", "code"),
    [
        ("threads_manage_replies", {"reply_to_id": "180"}, None),
        ("threads_location_tagging", {"location_id": "213000001"}, 10),
        ("threads_share_to_instagram", {"crossreshare_to_ig": "true"}, 10),
    ],
)
def test_some_parameters_need_a_scope_of_their_own(
    acme: Caller, scope: str, params: dict[str, str], code: int | None
) -> None:
    lame = acme.other("lame", scopes=[name for name in SCOPES if name != scope])
    assert lame.refused("POST", "/me/threads", media_type="TEXT", text="x", **params)[:2] == (500, code)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"client_id": ""}, "client_id"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "threads_delete"}, "threads_basic"),
        ({"scope": "threads_basic,threads_fly"}, "threads_fly"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_told_so(change: dict[str, str], says: str) -> None:
    params = {"client_id": "4711", "redirect_uri": BACK, "response_type": "code", "scope": "threads_basic"}
    wish = wish_of({**params, **change})
    assert isinstance(wish, str)
    assert says in wish
    assert isinstance(wish_of(params), Wish)
