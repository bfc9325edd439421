"""From consent to a token that lasts, and what is refused on the way."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from publisher.threads_api import (
    ALL_SCOPES,
    ApiError,
    Auth,
    AuthorizationRefused,
    BadAnswer,
    Configuration,
    Credentials,
    InvalidParameter,
    RequestsTransport,
    Response,
    Scope,
    TokenInfo,
)
from publisher.threads_api.auth import code_of
from tests.threads_api.loopback import http, loopback
from tests.threads_api.replay import Canned, Replay, refused, said
from tests.threads_api.tokens import APP, APP_TOKEN, CODE, LONG, NAMED, NEW, SHORT, USED_CODE, leaked

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
BACK = "https://acme.dev/back/"


def auth(call: str) -> Auth:
    return Auth(Replay(f"auth.{call}", NAMED), APP, now=lambda: NOW)


def long_lived(**more: Any) -> Credentials:
    facts: dict[str, Any] = {"expiration": NOW + timedelta(days=30), "issued_at": NOW - timedelta(days=30)}
    return Credentials(LONG, "17841405793187218", ("threads_basic",), **(facts | more))


def test_the_window_is_opened_on_threads_com_with_a_state_of_its_own_each_time() -> None:
    url, state = auth("none").authorization_url()
    assert url.startswith("https://www.threads.com/oauth/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["1234567890"],
        "redirect_uri": [BACK],
        "scope": ["threads_basic,threads_content_publish"],
        "response_type": ["code"],
        "state": [state],
    }
    assert len(state) >= 43
    assert state != auth("none").authorization_url()[1]


def test_all_eleven_scopes_are_known_and_basic_is_demanded() -> None:
    assert len(ALL_SCOPES) == 11
    lacking = Configuration("1", "2", BACK, (Scope.DELETE,))
    with pytest.raises(InvalidParameter, match="threads_basic"):
        Auth(Canned([said({})]), lacking).authorization_url()


@pytest.mark.parametrize("tail", ["", "#_"])
def test_the_code_is_taken_from_the_url_that_comes_back(tail: str) -> None:
    assert code_of(f"{BACK}?code={CODE}&state=s1{tail}", "s1") == CODE
    assert code_of(f"{BACK}?state=s1&code={CODE}%23_", "s1") == CODE


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"code={CODE}&state=other", "state"),
        (f"code={CODE}", "state"),
        (f"code={CODE}&state=", "state"),
        (
            "error=access_denied&error_reason=user_denied&error_description=The+user+denied+your+request.&state=other",
            "state",
        ),
        (
            "error=access_denied&error_description=The+user+denied+your+request.&state=s1",
            "access_denied: The user denied",
        ),
        ("state=s1", "no `code`"),
        ("state=s1&code=%23_", "no `code`"),
        ("", "state"),
    ],
)
def test_what_does_not_answer_the_question_is_refused(query: str, words: str) -> None:
    with pytest.raises(AuthorizationRefused, match=words) as caught:
        code_of(f"{BACK}?{query}", "s1")
    assert leaked(caught.value) == []


@pytest.mark.parametrize("pasted", ["http://[::1?code=x&state=s1", f"{BACK}?code=x&state=\udcff"])
def test_what_was_pasted_and_is_no_address_is_refused(pasted: str) -> None:
    with pytest.raises(AuthorizationRefused):
        code_of(pasted, "s1")


def test_a_code_becomes_a_token_of_one_hour() -> None:
    short = auth("exchange_code").exchange_code(CODE + "#_")
    assert (short.access_token, short.user_id, short.short_lived) == (SHORT, "17841405793187218", True)
    assert (short.issued_at, short.expiration) == (NOW, NOW + timedelta(hours=1))
    assert short.scopes == ("threads_basic", "threads_content_publish")


def test_a_token_of_one_hour_becomes_one_of_sixty_days() -> None:
    short = Credentials(SHORT, "17841405793187218", APP.scopes, True, NOW + timedelta(minutes=5), NOW)
    made = auth("exchange_long_lived").exchange_long_lived(short)
    assert (made.access_token, made.short_lived, made.user_id) == (LONG, False, "17841405793187218")
    assert made.expiration == NOW + timedelta(seconds=5183944)


def test_a_token_is_refreshed_and_keeps_what_else_is_known() -> None:
    made = auth("refresh").refresh(long_lived(extra={"note": "mine"}))
    assert (made.access_token, made.issued_at, made.expiration) == (NEW, NOW, NOW + timedelta(days=60))
    assert (made.scopes, made.extra) == (("threads_basic",), {"note": "mine"})


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        (long_lived(short_lived=True), "short-lived"),
        (long_lived(expiration=NOW), "over"),
        (long_lived(issued_at=NOW - timedelta(hours=23, minutes=59)), "24 hours"),
    ],
)
def test_a_refresh_that_threads_would_refuse_is_not_asked_for(credentials: Credentials, words: str) -> None:
    nothing = Canned([AssertionError("nothing is sent")])
    with pytest.raises(InvalidParameter, match=words):
        Auth(nothing, APP, now=lambda: NOW).refresh(credentials)


def test_a_token_whose_age_is_not_known_is_left_to_threads() -> None:
    assert auth("refresh").refresh(long_lived(issued_at=None, expiration=None)).access_token == NEW


def test_an_hour_that_is_over_is_not_exchanged() -> None:
    short = Credentials(SHORT, short_lived=True, expiration=NOW - timedelta(seconds=1))
    with pytest.raises(InvalidParameter, match="authorize again"):
        auth("none").exchange_long_lived(short)


def test_the_apps_own_token_and_what_threads_knows_of_a_token() -> None:
    assert auth("app_token").app_token().access_token == f"TH|1234567890|{APP_TOKEN}"
    assert auth("debug_token").debug_token(long_lived()) == TokenInfo(
        is_valid=True,
        type="USER",
        application="Acme Social",
        user_id="17841405793187218",
        issued_at=datetime(2024, 4, 5, 19, 34, 38, tzinfo=UTC),
        expires_at=datetime(2024, 6, 4, 19, 34, 38, tzinfo=UTC),
        data_access_expires_at=datetime(2024, 7, 4, 19, 34, 38, tzinfo=UTC),
        scopes=("threads_basic", "threads_content_publish"),
    )


def test_a_whole_authorization_ends_in_a_token_that_lasts() -> None:
    both = Canned(
        [said({"access_token": SHORT, "user_id": "17841405793187218"}), said({"access_token": LONG, "expires_in": 60})]
    )
    made = Auth(both, APP, now=lambda: NOW).complete_authorization(f"{BACK}?code={CODE}&state=s1#_", "s1")
    assert (made.access_token, made.expiration) == (LONG, NOW + timedelta(seconds=60))
    assert [request.path for request in both.sent] == ["/oauth/access_token", "/access_token"]


def test_a_code_used_twice_is_an_error_in_metas_flat_shape() -> None:
    with pytest.raises(ApiError, match="already used"):
        auth("exchange_code").exchange_code(USED_CODE)


@pytest.mark.parametrize(
    "answer",
    [
        said({"user_id": 1}),
        said({"access_token": ""}),
        said({"access_token": LONG}),
        said({"access_token": LONG, "expires_in": "soon"}),
        said({"access_token": LONG, "expires_in": 1e300}),
        said([LONG]),
        Response(200, b"<html>"),
    ],
    ids=lambda answer: answer.body.decode()[:30].replace(LONG, ""),
)
def test_an_answer_of_another_shape_is_a_bad_answer_that_keeps_no_new_token(answer: Response) -> None:
    with pytest.raises(BadAnswer) as caught:
        Auth(Canned([answer]), APP, now=lambda: NOW).refresh(long_lived())
    assert leaked(caught.value, vars(caught.value)) == []


def test_no_secret_is_in_what_is_printed() -> None:
    replay = Replay("auth.exchange_code", NAMED)
    threads = Auth(replay, APP, now=lambda: NOW)
    short = threads.exchange_code(CODE)
    assert leaked(threads, APP, short, replay.sent, long_lived(), f"{short}") == []


CALLS = {
    "code": lambda threads: threads.exchange_code(CODE),
    "exchange": lambda threads: threads.exchange_long_lived(long_lived()),
    "refresh": lambda threads: threads.refresh(long_lived()),
    "app": lambda threads: threads.app_token(),
    "debug": lambda threads: threads.debug_token(long_lived()),
}


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("call", CALLS)
def test_an_error_that_repeats_what_was_sent_keeps_none_of_it(call: str, status: int) -> None:
    known = f"{APP.api_secret} {CODE if call == 'code' else LONG}"
    echo = refused(100, status=status, message=f"bad: {known}", error_user_msg=known)
    with pytest.raises(ApiError) as caught:
        CALLS[call](Auth(Canned([echo]), APP, now=lambda: NOW))
    assert leaked(caught.value, vars(caught.value)) == []


def test_the_app_is_configured_by_its_three_variables() -> None:
    environ = {"THREADS_APP_ID": " 1 ", "THREADS_API_SECRET": APP.api_secret, "THREADS_REDIRECT_URI": BACK}
    made = Configuration.from_env(environ, scopes=["threads_basic"])
    assert (made.app_id, made.scopes_str()) == ("1", "threads_basic")
    with pytest.raises(InvalidParameter, match="THREADS_API_SECRET, THREADS_REDIRECT_URI"):
        Configuration.from_env({"THREADS_APP_ID": "1"})


def test_a_refresh_that_gives_the_same_token_again_is_a_refresh() -> None:
    # Whether the token is another one is not promised. Over a connection: what was sent is taken out of errors there.
    renewed = json.dumps({"access_token": LONG, "token_type": "bearer", "expires_in": 5184000}).encode()
    with loopback(http(renewed)) as server, RequestsTransport(None, server.url, "") as transport:
        kept = Auth(transport, APP, now=lambda: NOW).refresh(long_lived())
    assert kept.access_token == LONG
    assert kept.expiration == NOW + timedelta(days=60)
