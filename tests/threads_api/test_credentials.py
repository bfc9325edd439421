"""Tokens at rest: PyThreads' own JSON, and nothing printed."""

import json
import pickle
from datetime import UTC, datetime, timedelta

import pytest

from publisher.threads_api import Credentials, InvalidParameter
from tests.threads_api.tokens import LONG, leaked

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def written(**more: object) -> str:
    document = {
        "user_id": "someid",
        "scopes": ["threads_basic"],
        "short_lived": False,
        "access_token": LONG,
        "expiration": "2024-06-23T18:25:43.511Z",
    }
    return json.dumps(document | more)


@pytest.mark.parametrize(
    "spelling",
    [
        "2024-06-23T18:25:43.511Z",
        "2024-06-23T18:25:43.511+00:00",
        "2024-06-23T20:25:43.511+02:00",
        "2024-06-23T18:25:43.511",
    ],
)
def test_every_spelling_of_the_end_is_read(spelling: str) -> None:
    read = Credentials.from_json(written(expiration=spelling))
    assert read.expiration == datetime(2024, 6, 23, 18, 25, 43, 511000, UTC)
    assert (read.user_id, read.scopes, read.short_lived, read.access_token) == (
        "someid",
        ("threads_basic",),
        False,
        LONG,
    )


def test_what_is_written_is_what_pythreads_writes() -> None:
    document = json.loads(Credentials.from_json(written()).to_json())
    assert document == {**json.loads(written()), "expiration": "2024-06-23T18:25:43.511000+00:00"}


def test_members_that_are_not_ours_survive() -> None:
    read = Credentials.from_json(written(label="work", issued_at="2024-05-01T00:00:00Z"))
    assert read.extra == {"label": "work"}
    assert Credentials.from_json(read.to_json()) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "5",
        "{}",
        '{"access_token": 5}',
        written(expiration="soon"),
        written(scopes=5),
        written(access_token="bad token\n" + LONG),
        "[" * 99999,
    ],
    ids=range(11),
)
def test_what_is_no_credentials_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Credentials.from_json(text)
    assert leaked(caught.value, caught.value.__context__) == []


@pytest.mark.parametrize(
    "token", ["", "short", f"{LONG} x", f"{LONG}\n{LONG}", f"Bearer {LONG}", f"“{LONG}”", f"{LONG}é"]
)
def test_a_token_with_what_no_token_has_is_refused_at_the_door(token: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Credentials(token)
    assert leaked(caught.value) == []


def test_space_around_a_token_is_taken_off() -> None:
    assert Credentials(f"  {LONG}\n").access_token == LONG


def test_what_is_left_of_a_token_is_told_for_a_given_now() -> None:
    made = Credentials(LONG, expiration=NOW + timedelta(days=1))
    assert made.expires_in(NOW) == timedelta(days=1)
    assert not made.expired(NOW)
    assert made.expired(NOW + timedelta(days=1))
    assert made.expires_in(NOW + timedelta(days=2)) == timedelta(0)
    assert Credentials(LONG).expires_in(NOW) is None
    assert not Credentials(LONG).expired(NOW)


def test_printing_shows_everything_but_the_token() -> None:
    made = Credentials(LONG, "17841405793187218", expiration=NOW)
    assert (
        repr(made)
        == "Credentials(access_token='***', user_id='17841405793187218', expiration=2024-06-01T00:00:00+00:00)"
    )
    assert leaked(made, [made], {"a": made}, f"{made}") == []
    assert pickle.loads(pickle.dumps(made)) == made
