"""A long history as it was read: the same as its records, and none of them made before it is asked for."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from publisher.errors import Refused
from publisher.planning.history import History
from publisher.planning.record_json import post_json
from publisher.planning.records import TAKEN_DOWN, Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import (
    checksum,
    checksum_as_written,
    sealed,
    sealed_bytes,
    state_from_json,
    state_json,
    unsealed_json,
)
from publisher.planning.verdicts import Verdict, judge_removed
from tests.planning.samples import plan, post, quote_of, record, state

PHASES = [(one, two) for one, two in product(Phase, repeat=2)]


def of_two(one: Phase, two: Phase, **extra: str) -> PostRecord:
    first = record(post(), one)
    part = first.parts[0]
    return replace(first, parts=(replace(part, extra=extra), replace(part, phase=two)))


def read(known: State) -> State:
    """As a backend reads what it wrote."""
    data = sealed_bytes(unsealed_json(known))
    return state_from_json(json.loads(data), where="here", known=checksum_as_written(data))


@pytest.mark.parametrize("extra", [{}, {TAKEN_DOWN: "2026-11-23T09:00:00Z"}], ids=["left alone", "being taken down"])
@pytest.mark.parametrize(("one", "two"), PHASES)
def test_a_document_is_at_rest_when_its_record_is_and_then_there_is_nothing_to_do(
    one: Phase, two: Phase, extra: dict[str, str]
) -> None:
    known = of_two(one, two, **extra)
    assert History({"a": post_json(known)}, "here").at_rest("a") is known.at_rest
    assert not known.at_rest or judge_removed(known).verdict is Verdict.REMOVED


def test_a_history_is_what_its_records_are() -> None:
    known = state(a=record(post("a")), b=record(post("b"), Phase.INTENT), c=of_two(Phase.PUBLISHED, Phase.PLANNED))
    again = read(known)
    assert again == known
    assert isinstance(again.posts, History)
    assert dict(again.fingerprints()) == dict(known.fingerprints())
    assert dict(again.chains()) == dict(known.chains()) == {"c": known.posts["c"]}
    assert dict(again.with_post("c", record(post("c"))).chains()) == {}
    assert state_json(again) == state_json(known)
    assert again.without("b") == known.without("b")
    assert again.with_post("d", record(post("d"))) == known.with_post("d", record(post("d")))
    assert again.moved("a", "z", "posts/z.yaml") == known.moved("a", "z", "posts/z.yaml")
    assert ("a" in again.posts, "z" in again.posts, len(again.posts)) == (True, False, 3)


def test_what_points_at_a_post_is_known_by_the_names_in_any_of_its_fingerprints() -> None:
    whole, second = record(post("c", quote=quote_of("a"))), of_two(Phase.PUBLISHED, Phase.PLANNED)
    said = replace(second.parts[1], fingerprint=post(quote=quote_of("b")).parts[0].fingerprint)
    known = state(a=record(post("a")), b=record(post("b")), c=whole, d=replace(second, parts=(second.parts[0], said)))
    for one in (known, read(known)):
        assert list(one.pointing_at({"a"})) == ["c"]
        assert list(one.pointing_at({"b", "other"})) == ["d"]
        assert list(one.with_post("c", record(post("c"))).pointing_at({"a", "c"})) == []


def test_a_record_that_was_made_counts_and_not_its_document() -> None:
    again = read(state(a=record(post("a")))).with_post("a", record(post("a"), Phase.INTENT))
    assert not again.at_rest("a")
    assert dict(again.fingerprints()) == {"a": again.posts["a"].fingerprint}
    assert state_json(again)["posts"]["a"]["phase"] == "intent"


def test_a_plan_makes_no_record_of_what_is_at_rest_and_has_no_file() -> None:
    bare: dict[str, Any] = {"fingerprint": "0", "parts": [{"phase": "published"}]}  # no record can be made of it
    made = plan(post("new"), known=replace(state(), posts=History({f"old-{n}": bare for n in range(300)}, "here")))
    assert made.summary == {"create": 1, "removed": 300}
    with pytest.raises(Exception, match="here: old-0"):
        _ = made.everything


# --- the checksum over the bytes ---------------------------------------------------------------------------------

DOCUMENT = unsealed_json(state(a=record(post("a")), b=record(post("b", text="Grüße 🎉"))))


def test_what_was_written_for_machines_is_known_by_its_bytes() -> None:
    data = sealed_bytes(DOCUMENT)
    assert json.loads(data) == sealed(DOCUMENT)
    assert checksum_as_written(data) == checksum_as_written(data + b"\n") == checksum(DOCUMENT)


def test_no_byte_of_it_can_change_unseen() -> None:
    data = sealed_bytes(DOCUMENT)
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert checksum_as_written(changed) is None, at


@pytest.mark.parametrize("layout", [{"indent": 1}, {"separators": (",", ":")}], ids=["for people", "unsorted"])
def test_another_layout_of_the_same_is_no_such_text_and_whole_all_the_same(layout: dict[str, Any]) -> None:
    document = {"sha256": checksum(DOCUMENT), **dict(reversed(DOCUMENT.items()))}
    data = json.dumps(document, **layout).encode()
    assert checksum_as_written(data) is None
    assert state_json(state_from_json(json.loads(data), where="here")) == sealed(DOCUMENT)


@pytest.mark.parametrize("spoilt", [None, {}, {"fingerprint": "f", "parts": [{}]}, {"fingerprint": "f", "parts": 7}])
def test_what_is_no_record_is_refused_when_it_is_asked_for(spoilt: Any) -> None:
    known = History({"a": spoilt}, "here")
    with pytest.raises(Refused, match="here: a cannot be read"):
        known["a"]
    with pytest.raises(Refused, match="here: a cannot be read"):
        known.at_rest("a")
    if not spoilt or spoilt["parts"] == 7:
        with pytest.raises(Refused, match="here: a cannot be read"):
            list(known.pointing_at({"b"}))
    if not spoilt:
        with pytest.raises(Refused, match="a is no record"):
            dict(known.fingerprints())


@pytest.mark.parametrize("spoiled", [{}, [], {"parts": 2}])
def test_what_is_no_record_is_told_where_chains_are_looked_for(spoiled: Any) -> None:
    with pytest.raises(Refused, match="here: a"):
        list(History({"a": spoiled}, "here").chains())
