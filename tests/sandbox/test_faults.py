"""Each fault does what its name says, at the call it was armed for, and only then."""

import json
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest

from publisher.sandbox.faults import AFTER, BEFORE, Outcome
from publisher.sandbox.transport import WorldTransport
from publisher.sandbox.values import Code, Grant, Subscription
from publisher.threads_api.errors import NoAnswer, NotSent
from publisher.threads_api.messages import Request
from tests.sandbox.worlds import Caller


@pytest.fixture
def acme() -> Caller:
    return Caller()


def publish(acme: Caller) -> Outcome:
    request = Request("POST", "/me/threads_publish", {"creation_id": acme.text("Hello")})
    return acme.faulty.answer(request, acme.token)


@pytest.mark.parametrize("fault", BEFORE)
def test_before_means_that_nothing_happened(acme: Caller, fault: str) -> None:
    acme.faulty.arm([{"call": "publish", "fault": fault}])
    outcome = publish(acme)
    assert outcome.response is None or outcome.response.status >= 400
    assert acme.world.published() == []


@pytest.mark.parametrize("fault", AFTER)
def test_after_means_that_it_happened(acme: Caller, fault: str) -> None:
    acme.faulty.arm([{"call": "publish", "fault": fault}])
    outcome = publish(acme)
    assert outcome.response is None or outcome.response.status != 200 or outcome.response.body.startswith(b"<html>")
    assert len(acme.world.published()) == 1


def test_nth_and_times_count_from_the_arming(acme: Caller) -> None:
    publish(acme)
    acme.faulty.arm([{"call": "publish", "fault": "500", "nth": 2, "times": 2}])
    statuses = [publish(acme).response.status for _ in range(4)]  # type: ignore[union-attr]
    assert statuses == [200, 500, 500, 200]
    acme.faulty.arm([])
    assert publish(acme).response.status == 200  # type: ignore[union-attr]


def test_a_slow_effect_comes_after_its_time(acme: Caller) -> None:
    acme.faulty.arm([{"call": "publish", "fault": "slow_effect", "seconds": 222}])
    assert publish(acme).response is None
    acme.wait(seconds=221)
    acme.faulty.answer(Request("GET", "/me"), acme.token)
    assert acme.world.published() == []
    acme.wait(seconds=1)
    acme.faulty.answer(Request("GET", "/me"), acme.token)
    assert len(acme.world.published()) == 1


def test_a_container_error_spoils_the_container_of_that_call(acme: Caller) -> None:
    acme.faulty.arm([{"call": "create", "fault": "container_error"}])
    response = acme.faulty.answer(Request("POST", "/me/threads", {"media_type": "TEXT", "text": "x"}), acme.token)
    assert response.response is not None
    container = response.response.json()["id"]
    assert acme.get(f"/{container}", fields="status")["status"] == "ERROR"


def test_behind_the_client_a_refusal_is_not_sent_and_a_reset_has_no_answer(acme: Caller) -> None:
    transport = WorldTransport(acme.faulty, acme.token)
    acme.faulty.arm([{"call": "me", "fault": "refuse"}, {"call": "me", "nth": 2, "fault": "reset"}])
    with pytest.raises(NotSent):
        transport.send(Request("GET", "/me"))
    with pytest.raises(NoAnswer):
        transport.send(Request("GET", "/me"))
    assert transport.send(Request("GET", "/me")).status == 200


@pytest.mark.parametrize("spec", [{"call": "x", "fault": "500"}, {"call": "any", "fault": "x"}, {}, "reset", None])
def test_what_is_no_fault_is_refused(acme: Caller, spec: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        acme.faulty.arm([spec])


def test_calls_are_logged_without_their_secrets(acme: Caller) -> None:
    acme.faulty.answer(Request("GET", "/me", {"access_token": "CANARY", "fields": "id"}), acme.token)
    (entry,) = acme.faulty.log
    assert entry == {
        "n": 1,
        "at": "2026-12-01T09:00:00Z",
        "method": "GET",
        "path": "/me",
        "params": {"fields": "id"},
        "status": 200,
        "fault": None,
    }


GIVEN = "AQB0123456789abcdef/+="
SECRET = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def spelled(secret: str) -> list[str]:
    """As it is, as addresses spell it, once, twice, in small letters, and with letters that need no spelling."""
    every = "".join(f"%{ord(letter):02x}" for letter in secret)
    return [secret, quote(secret, safe=""), quote(quote(secret, safe=""), safe=""), every, every[:6] + secret[2:]]


@pytest.mark.parametrize(
    "what",
    [
        *("token", "somebody's token", "a strange token", "app's token", "app's token's secret"),
        *("code", "its own code", "app secret", "webhook's secret"),
    ],
)
def test_a_secret_is_in_no_part_of_the_log_wherever_it_was_put(acme: Caller, what: str) -> None:
    world, faulty = acme.world, acme.faulty
    world.data.codes[GIVEN] = Code(GIVEN, acme.account.id, "1", "https://a.test/", [], acme.now)
    world.data.subscriptions.append(Subscription("https://a.test/", "1", SECRET[::-1], []))
    faulty.answer(Request("GET", "/access_token", {"client_secret": SECRET}), acme.token)
    apps, strange = f"TH|1|{SECRET[::-2]}", "a-word-of-long-ago"
    world.data.grants["a-grant-of-ada"] = Grant("a-grant-of-ada", "2", "1", "long", [], acme.now)
    bearer = {"a strange token": strange, "app's token": apps, "app's token's secret": apps}.get(what, acme.token)
    secret = {
        "token": acme.token,
        "somebody's token": "a-grant-of-ada",
        "a strange token": strange,
        "app's token": apps,
        "app's token's secret": SECRET[::-2],
        "code": GIVEN,
        "app secret": SECRET,
        "webhook's secret": SECRET[::-1],
        "its own code": "PLAIN-as-no-token-is",
    }[what]
    for text in spelled(secret):
        for path, params in (
            (f"/me/{text}/threads", {}),
            ("/me", {"acces_token": text}),
            ("/me", {text: "1"}),
            ("/me", {"q": f"see {text}, it says"}),
            ("/me", {"image_url": f"https://a.test/?t={text}&b=1"}),
        ):
            own = {"code": secret} if what == "its own code" else {}
            faulty.answer(Request("GET", path, {**params, **own}), bearer)
            entry = json.dumps(faulty.log[-1])
            for _ in range(3):
                assert secret not in entry
                entry = unquote(entry)
            assert "***" in json.dumps(faulty.log[-1])


def test_what_is_no_secret_stays_in_the_log(acme: Caller) -> None:
    params = {"text": "100 % of us; 50%25 say THREADS_API__FEATURE_NOT_AVAILABLE, code=24", "client_secret": "us; 50"}
    acme.faulty.answer(Request("POST", "/me/threads", params), acme.token)
    assert acme.faulty.log[0]["path"] == "/me/threads"
    assert acme.faulty.log[0]["params"] == {"text": params["text"]}


def test_what_looks_like_a_token_is_blanked_though_nobody_knows_it(acme: Caller) -> None:
    acme.faulty.answer(Request("GET", "/me", {"tokn": "THQVJ" + "x1" * 25}), acme.token)
    assert acme.faulty.log[0]["params"] == {"tokn": "***"}


def test_a_secret_is_blanked_and_the_words_around_it_stay(acme: Caller) -> None:
    acme.faulty.answer(Request("GET", f"/me/{acme.token}", {"q": f"see {acme.token}!"}), acme.token)
    assert acme.faulty.log[0]["path"] == "/me/***"
    assert acme.faulty.log[0]["params"] == {"q": "see ***!"}


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/me/threads", "create"),
        ("POST", "/me/threads_publish", "publish"),
        ("GET", "/CONTAINER", "status"),
        ("GET", "/POST", "media"),
        ("GET", "/me/threads", "posts"),
        ("GET", "/me/replies", "replies"),
        ("GET", "/POST/conversation", "replies"),
        ("GET", "/me/threads_publishing_limit", "quota"),
        ("GET", "/me", "me"),
        ("GET", "/17841400000000001", "me"),
        ("POST", "/POST/repost", "repost"),
        ("DELETE", "/POST", "delete"),
        ("GET", "/refresh_access_token", "token"),
        ("POST", "/oauth/access_token", "token"),
        ("GET", "/keyword_search", "any other"),
    ],
)
def test_calls_have_the_names_that_faults_use(acme: Caller, method: str, path: str, name: str) -> None:
    container = acme.text("Hello")
    path = path.replace("CONTAINER", container).replace("POST", acme.publish(container))
    assert acme.faulty.call_of(Request(method, path)) == name


def test_a_late_effect_happens_at_its_own_time(acme: Caller) -> None:
    acme.faulty.arm([{"call": "publish", "fault": "slow_effect", "seconds": 60}])
    publish(acme)
    acme.wait(hours=1)
    acme.faulty.catch_up()
    (post,) = acme.world.published()
    assert acme.now - post.published_at == timedelta(minutes=59)
