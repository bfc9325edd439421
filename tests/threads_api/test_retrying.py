"""GETs are asked again within bounds; nothing else ever is."""

import pytest

from publisher.threads_api import NoAnswer, NotSent, Request, Response, ThreadsClient, retrying
from tests.threads_api.replay import Canned, refused, said

GOOD = said({"id": "17841405793187218"})
GET = Request("GET", "/me")


def answered(*answers: Response | Exception, tries: int = 4, request: Request = GET) -> tuple[object, int, list[float]]:
    """What came of it, how often it was sent, and the waits in seconds."""
    canned, waits = Canned(list(answers)), []
    try:
        outcome: object = retrying(canned, waits.append, tries).send(request)
    except Exception as error:
        outcome = error
    return outcome, len(canned.sent), waits


@pytest.mark.parametrize(
    "passing",
    [
        NoAnswer("x"),
        NotSent("x"),
        Response(502, b"<html>"),
        Response(503, b""),
        Response(500, b"<html>"),
        refused(2, status=500, is_transient=True),
        refused(1),
        refused(613, 4279002),
        refused(4, status=429),
    ],
    ids=repr,
)
def test_what_may_pass_is_asked_again(passing: Response | Exception) -> None:
    assert answered(passing, GOOD) == (GOOD, 2, [1.0])


@pytest.mark.parametrize(
    "lasting",
    [
        refused(100, status=500),
        refused(190, 463),
        refused(10, status=500),
        refused(24, 4279009),
        refused(4),
        refused(1, 2207052),
        Response(500, b""),
        Response(404, b"<html>"),
        Response(302, b""),
        Response(200, b"<html>"),
    ],
    ids=repr,
)
def test_what_will_not_pass_is_not(lasting: Response) -> None:
    assert answered(lasting) == (lasting, 1, [])


def test_waits_grow_and_end() -> None:
    error = NoAnswer("gone")
    assert answered(error, tries=4) == (error, 4, [1.0, 2.0, 4.0])


def test_threads_own_word_on_how_long_to_wait_is_taken() -> None:
    busy = Response(429, refused(4).body, {"retry-after": "7"})
    assert answered(busy, GOOD) == (GOOD, 2, [7.0])


def test_a_wait_that_is_too_long_is_left_to_the_caller() -> None:
    busy = Response(429, refused(4).body, {"retry-after": "3600"})
    assert answered(busy, GOOD) == (busy, 1, [])


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "answer", [NoAnswer("x"), NotSent("x"), Response(503, b""), refused(2, is_transient=True)], ids=repr
)
def test_what_changes_something_is_sent_once(method: str, answer: Response | Exception) -> None:
    assert answered(answer, request=Request(method, "/me/threads"))[1:] == (1, [])


def test_a_client_that_was_connected_asks_again() -> None:
    canned = Canned([NoAnswer("x"), GOOD])
    assert ThreadsClient(retrying(canned, lambda _: None)).profiles.me().id == "17841405793187218"
