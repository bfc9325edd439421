"""What an answer of Meta's stands for, and what an error keeps of it."""

import pytest

from publisher.threads_api import (
    AccessTokenExpired,
    ApiError,
    AppUsage,
    AuthenticationError,
    BadAnswer,
    NotFound,
    PermissionDenied,
    RateLimited,
    Response,
    Restricted,
    ThreadsClient,
    ThreadsError,
)
from publisher.threads_api.errors import error_from
from publisher.threads_api.redaction import redacted
from tests.threads_api.replay import Canned, refused, said

TOKEN = "THQVJcanary4711never0to0be0seen"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(190), AuthenticationError),
        (refused(190, 463), AccessTokenExpired),
        (refused(190, 460, status=401), AuthenticationError),
        (refused(102), AuthenticationError),
        (refused(452, 4279019), AuthenticationError),
        (refused(10, status=500), PermissionDenied),
        (refused(10, 4279067), PermissionDenied),
        (refused(200, status=403), PermissionDenied),
        (refused(299), PermissionDenied),
        (refused(4), RateLimited),
        (refused(17), RateLimited),
        (refused(32), RateLimited),
        (refused(341), RateLimited),
        (refused(613, 4279002), RateLimited),
        (refused(1, status=429), RateLimited),
        (refused(24, 4279009), NotFound),
        (refused(100, 4279009), NotFound),
        (refused(100, 33), NotFound),
        (refused(4, 2207051), Restricted),
        (refused(100, 2207051), Restricted),
        (refused(368), Restricted),
        (refused(1, 4279013), Restricted),
        (refused(100, status=500), ApiError),
        (refused(100, 4279004), ApiError),
        (refused(-1, 4279047), ApiError),
        (refused(2, status=500), ApiError),
        (refused(300), ApiError),
        (Response(500, b""), BadAnswer),
        (Response(502, b"<html>Bad gateway</html>"), BadAnswer),
        (said(["error"], 400), BadAnswer),
        (said({"error": "words"}, 400), BadAnswer),
        (said({"id": "1"}, 304), BadAnswer),
    ],
)
def test_an_answer_stands_for_one_kind_of_error(answer: Response, kind: type[ThreadsError]) -> None:
    assert type(error_from(answer)) is kind


def test_an_error_keeps_what_meta_said() -> None:
    answer = refused(
        24,
        4279009,
        is_transient=True,
        error_user_title="Medien nicht gefunden",
        error_user_msg="Das Medium fehlt.",
    )
    error = error_from(Response(400, answer.body, {"retry-after": "120", "x-app-usage": '{"call_count":90}'}))
    assert isinstance(error, NotFound)
    assert (error.code, error.subcode, error.status, error.type) == (24, 4279009, 400, "OAuthException")
    assert (error.transient, error.trace_id, error.retry_after_s) == (True, "AbC", 120)
    assert (error.title, error.user_message) == ("Medien nicht gefunden", "Das Medium fehlt.")
    assert error.usage == AppUsage(call_count=90)
    assert str(error) == "No (24/4279009): Das Medium fehlt."


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "Thu, 26 Nov 2026 10:01:30 GMT", "date": "Thu, 26 Nov 2026 10:00:00 GMT"}, 90),
        ({"retry-after": "Thu, 26 Nov 2026 09:00:00 GMT", "date": "Thu, 26 Nov 2026 10:00:00 GMT"}, 0),
        ({"retry-after": "Thu, 26 Nov 2026 10:01:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_from_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    error = error_from(Response(429, refused(4).body, headers))
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == seconds


def test_the_flat_shape_of_the_code_exchange_is_read() -> None:
    error = error_from(
        said({"error_type": "OAuthException", "code": 400, "error_message": "Matching code was used"}, 400)
    )
    assert isinstance(error, ApiError)
    assert (error.code, error.type, str(error)) == (400, "OAuthException", "Matching code was used (400)")


def test_an_envelope_with_members_of_other_types_is_still_an_error() -> None:
    error = error_from(
        said({"error": {"message": 5, "code": "190", "error_subcode": True, "is_transient": "yes"}}, 400)
    )
    assert isinstance(error, ApiError)
    assert (error.code, error.subcode, error.transient, str(error)) == (None, None, False, "no message (None)")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff\xfe\x00", b"[1]", b"null", b'"x"', b'{"id": 1', b"[" * 100_000, b'{"id":"1"}{"id":"2"}'],
    ids=["empty", "html", "not-utf8", "list", "null", "string", "cut", "deep", "two"],
)
def test_a_good_status_with_a_bad_body_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        ThreadsClient(Canned([Response(200, body, {"x-fb-trace-id": "AbC"})])).profiles.me()
    assert (caught.value.status, caught.value.trace_id) == (200, "AbC")
    assert len(caught.value.excerpt) <= 2048


def test_an_error_within_a_good_status_is_an_error() -> None:
    with pytest.raises(NotFound):
        ThreadsClient(Canned([Response(200, refused(100, 33).body)])).profiles.me()


@pytest.mark.parametrize(
    "body", [{}, {"id": None}, {"id": ""}, {"id": "12"}, {"id": "18x00000"}, {"id": 1.5}, {"id": True}]
)
def test_a_publish_without_a_usable_id_is_a_bad_answer(body: object) -> None:
    with pytest.raises(BadAnswer, match="usable `id`"):
        ThreadsClient(Canned([said(body)])).publishing.publish("18000000000000001")


def test_an_id_that_comes_as_a_number_stays_exact() -> None:
    answer = Response(200, b'{"id": 18050000000000002123}')
    assert ThreadsClient(Canned([answer])).publishing.publish("18000000000000001").media_id == "18050000000000002123"


@pytest.mark.parametrize(
    "text",
    [
        f"Invalid OAuth access token {TOKEN}.",
        f"GET /v1.0/me?fields=id&access_token={TOKEN}&x=1",
        "/access_token?client_secret=canary4711&grant_type=x",
        '{"access_token": "canary4711"}',
        '{\\"client_secret\\":\\"canary4711\\"}',
        "TH|123456|canary4711-aaaaaaaaaaaaaa",
        "could not be fetched from this URI: https://b.s3.amazonaws.com/a.jpg?X-Amz-Credential=canary&X-Amz-Signature=canary",
    ],
)
def test_whatever_looks_like_a_secret_is_blanked(text: str) -> None:
    assert "canary" not in redacted(text)
    assert "***" in redacted(text)


@pytest.mark.parametrize(
    "text", ["THE END", "error code=24", "THREADS_API__LINK_LIMIT_EXCEEDED", "Param reply_to_id is not a valid id"]
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert redacted(text) == text


def test_a_message_that_repeats_the_token_does_not_keep_it() -> None:
    error = error_from(refused(190, message=f"Failed to decode {TOKEN}", error_user_msg=f"access_token={TOKEN}"))
    assert isinstance(error, ApiError)
    assert "canary" not in f"{error!r}{error}{error.user_message}{vars(error)}"


def test_half_a_surrogate_pair_in_a_message_can_be_printed() -> None:
    error = error_from(Response(400, b'{"error": {"message": "\\ud800", "code": 1}}'))
    assert str(error).encode("utf-8") == b"? (1)"


def test_a_name_in_place_of_a_code_is_told() -> None:
    # Where Meta puts such names is shown nowhere.
    error = error_from(said({"error": {"message": "Too many", "code": "THREADS_API__LINK_LIMIT_EXCEEDED"}}, 400))
    assert isinstance(error, ApiError)
    assert error.code is None
    assert str(error) == "Too many (THREADS_API__LINK_LIMIT_EXCEEDED)"
