"""How it stands with a token, and when it may be refreshed: by the clock that is handed in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft7Validator

from publisher.auth.standing import Standing, check_refreshable
from publisher.auth.telling import standing_text, standings_document
from publisher.errors import NotAllowed
from publisher.report.json import json_text
from publisher.resources import resource
from publisher.threads_api import Credentials

ISSUED = datetime(2026, 11, 1, 9, tzinfo=UTC)
ENDS = ISSUED + timedelta(days=60)
GOOD = Credentials(
    "THSTANDING0123456789012345",
    user_id="17",
    scopes=("threads_basic",),
    expiration=ENDS,
    issued_at=ISSUED,
    extra={"username": "acme"},
)
BARE = Credentials("THSTANDING0123456789012345")
REFUSED = NotAllowed("Threads refused it", code="E602", fix="publisher auth login")


def standing(credentials: Credentials, now: datetime, refused: NotAllowed | None = None) -> Standing:
    return Standing.of("acme", "/home/ada/acme.json", credentials, now, stored=True, refused=refused)


@pytest.mark.parametrize(
    ("age", "may"),
    [
        (timedelta(0), False),
        (timedelta(hours=24, seconds=-1), False),
        (timedelta(hours=24), True),
        (timedelta(days=60, seconds=-1), True),
        (timedelta(days=60), False),
    ],
)
def test_a_token_may_be_refreshed_from_its_24th_hour_to_its_end(age: timedelta, may: bool) -> None:
    if may:
        check_refreshable(GOOD, ISSUED + age)
    else:
        with pytest.raises(NotAllowed) as refused:
            check_refreshable(GOOD, ISSUED + age)
        assert refused.value.code == "E609"
        assert refused.value.fix


def test_a_token_of_an_hour_may_never_and_one_of_unknown_age_may_try() -> None:
    with pytest.raises(NotAllowed):
        check_refreshable(Credentials("THSTANDING0123456789012345", short_lived=True), ISSUED)
    check_refreshable(BARE, ISSUED)


@pytest.mark.parametrize(("left", "soon"), [(timedelta(days=14), False), (timedelta(days=14, seconds=-1), True)])
def test_fourteen_days_before_its_end_a_token_ends_soon(left: timedelta, soon: bool) -> None:
    assert standing(GOOD, ENDS - left).ends_soon is soon
    assert not standing(BARE, ENDS).ends_soon


@pytest.mark.parametrize(
    ("credentials", "now", "words"),
    [
        (GOOD, ISSUED + timedelta(hours=1), ("@acme  user 17", "59 days left", "from 2026-11-02 09:00 UTC on")),
        (GOOD, ENDS - timedelta(days=1), ("1 day left", "possible now")),
        (GOOD, ENDS, ("is over",)),
        (BARE, ISSUED, ("ends      not known", "once it is 24 hours old")),
    ],
)
def test_people_are_told_who_it_is_and_until_when(
    credentials: Credentials, now: datetime, words: tuple[str, ...]
) -> None:
    text = standing_text(standing(credentials, now))
    assert all(word in text for word in words), text
    assert credentials.access_token not in text


def document(*standings: Standing) -> Any:
    return json.loads(json_text(standings_document(standings)))


@pytest.mark.parametrize(
    "one",
    [
        standing(GOOD, ISSUED),
        standing(BARE, ISSUED),
        standing(GOOD, ENDS, REFUSED),
        Standing("acme", ISSUED, refused=REFUSED),
    ],
)
def test_scripts_are_told_the_same_as_the_schema_says(one: Standing) -> None:
    whole = json.loads(resource("schemas/output.json").read_text("utf-8"))
    told = document(one)
    Draft7Validator({**whole, "anyOf": [{"$ref": "#/definitions/auth"}]}).validate(told)
    assert GOOD.access_token not in json.dumps(told)


def test_what_is_not_known_is_null() -> None:
    (told,) = document(Standing("acme", ISSUED, refused=REFUSED))["accounts"]
    unknown = {"source", "user_id", "username", "issued_at", "expires_at", "days_left", "refreshable_at"}
    assert {key for key, value in told.items() if value is None} == unknown
    assert told["error"]["code"] == "E602"


def test_a_hostile_name_moves_no_cursor() -> None:
    named = Credentials("THSTANDING0123456789012345", extra={"username": "a\x1b[31mb"})
    assert "\x1b" not in standing_text(standing(named, ISSUED))
