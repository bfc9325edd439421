"""The state as a document: what is written is read again, and anything else is refused as a whole."""

from collections.abc import Callable
from typing import Any

import pytest

from publisher.errors import Refused
from publisher.planning.record_json import post_from_json
from publisher.planning.records import Phase
from publisher.planning.state_json import checked_head, sealed, state_from_json, state_json
from tests.planning.samples import post, record, state

DOCUMENT = state_json(
    state(launch=record(post()), chain=record(post("chain", thread=("two",)), Phase.INTENT, Phase.PLANNED))
)


def refused(document: Any, code: str = "E401") -> str:
    with pytest.raises(Refused) as caught:
        state_from_json(document, where="here")
    assert (caught.value.code, caught.value.exit_code) == (code, 8)
    return f"{caught.value.message} {caught.value.why}"


def changed(**facts: Any) -> dict[str, Any]:
    """The document with other facts, its checksum made good."""
    return sealed({**DOCUMENT, **facts})


def test_what_is_written_is_read_again() -> None:
    assert state_json(state_from_json(DOCUMENT, where="here")) == DOCUMENT


def test_keys_of_a_newer_version_stay() -> None:
    newer = changed(colour="blue")
    assert state_json(state_from_json(newer, where="here"))["colour"] == "blue"


@pytest.mark.parametrize("document", [None, [], "state", 7])
def test_what_is_no_object_is_no_state(document: Any) -> None:
    refused(document)


@pytest.mark.parametrize("version", [None, 1.0, "1", "one", "1.0.0", ""])
def test_a_state_says_its_format(version: Any) -> None:
    refused({**DOCUMENT, "format_version": version})


def test_a_format_of_the_future_is_left_alone() -> None:
    refused(changed(format_version="2.0"), "E403")


def test_a_document_changed_by_hand_is_refused() -> None:
    refused({**DOCUMENT, "serial": 99}, "E402")


@pytest.mark.parametrize("posts", [None, [], "none"])
def test_a_state_has_posts(posts: Any) -> None:
    refused(changed(posts=posts))


@pytest.mark.parametrize(
    "facts",
    [
        {"lineage": 7},
        {"account": None},
        {"serial": "3"},
        {"serial": True},
        {"serial": -1},
        {"serial": 1.5},
        {"user_id": 17841400000000000},
    ],
    ids=str,
)
def test_a_fact_of_another_kind_is_refused(facts: dict[str, Any]) -> None:
    refused(changed(**facts))


def test_a_head_without_a_key_is_refused() -> None:
    with pytest.raises(Refused):
        checked_head(sealed({key: value for key, value in DOCUMENT.items() if key != "lineage"}), where="here")


def _without_parts(document: dict[str, Any]) -> Any:
    return {**document, "parts": []}


def _with_part(**facts: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda document: {**document, "parts": [{**document["parts"][0], **facts}]}


@pytest.mark.parametrize(
    "spoil",
    [
        _without_parts,
        _with_part(phase="dreaming"),
        _with_part(fingerprint=None),
        _with_part(attempt_at="yesterday"),
        _with_part(children=7),
        _with_part(children="178"),
        _with_part(watermark={}),
        _with_part(media_id=5),
        _with_part(media_id=None),
        _with_part(permalink=[]),
        _with_part(attempt="x"),
        _with_part(attempt=True),
        _with_part(attempt=-1),
        _with_part(n_children=None),
        _with_part(media_type=None),
        _with_part(ghost="no"),
        _with_part(published_at="2026-11-27T06:05:23"),
        _with_part(attempt_at="0001-01-01T00:00:00Z"),
        _with_part(attempt_at="9999-12-31T23:59:59Z"),
        _with_part(phase="intent", container=None),
        _with_part(phase="intent", attempt=0),
        _with_part(phase="unbound", container=None),
        lambda document: {**document, "replaced": 5},
        lambda document: {**document, "path": 7},
        lambda document: {**document, "parts": "all"},
        lambda document: [],
        lambda document: None,
    ],
)
def test_a_record_that_is_none_is_refused(spoil: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(Refused) as caught:
        post_from_json(spoil(DOCUMENT["posts"]["launch"]), where="here: launch")
    assert "here: launch" in caught.value.message


def test_a_repost_in_doubt_has_a_target_and_no_container() -> None:
    spoilt = _with_part(phase="intent", container=None, media_type="REPOST", repost="17889615691921648")
    (part,) = post_from_json(spoilt(DOCUMENT["posts"]["launch"]), where="here").parts
    assert (part.phase, part.container, part.repost) == (Phase.INTENT, None, "17889615691921648")


def test_a_record_can_be_taken_out_or_put_under_another_name() -> None:
    known = state(a=record(post("a")), b=record(post("b")))
    assert list(known.without("a").posts) == ["b"]
    moved = known.moved("a", "c", "posts/c.yaml")
    assert list(moved.posts) == ["c", "b"]
    assert moved.posts["c"].path == "posts/c.yaml"


def test_a_post_is_begun_once_something_was_attempted() -> None:
    chain = post(thread=("two",))
    assert record(chain, Phase.INTENT, Phase.PLANNED).begun
    assert not record(chain, Phase.PLANNED, Phase.PLANNED).begun
