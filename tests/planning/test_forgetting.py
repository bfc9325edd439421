"""What forgetting a record by hand would lead to is said, and refused where nobody knows."""

from dataclasses import replace

import pytest

from publisher.planning.forgetting import refusal, warning
from publisher.planning.records import TAKEN_DOWN, Phase, PostRecord
from tests.planning.samples import post, record

CHAIN = post(thread=("two",))
OPEN = record(post(), Phase.PARKED)


@pytest.mark.parametrize(
    ("known", "what"),
    [
        (record(post(), Phase.INTENT), "launch was begun, and may be live"),
        (record(post(), Phase.UNBOUND), "launch is live, and its id is not known yet"),
        (record(CHAIN, Phase.PUBLISHED, Phase.INTENT), "launch was begun, and may be live"),
        (OPEN.with_part(1, replace(OPEN.parts[0], attempt=1)), "launch was begun, and may be live"),
    ],
)
def test_what_may_be_live_is_not_forgotten(known: PostRecord, what: str) -> None:
    refused = refusal("launch", known)
    assert refused is not None
    assert (refused.code, refused.exit_code) == ("E425", 8)
    assert refused.message.startswith(what)
    assert refused.fix.startswith("publisher reconcile")


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (record(post()), "It is live (18000000000000100), and would be posted a second time."),
        (
            record(CHAIN),
            "It is live (18000000000000100, 18000000000000101), and would be posted a second time.",
        ),
        (
            record(CHAIN, Phase.PUBLISHED, Phase.PLANNED),
            "Part 1 of 2 is live (18000000000000100), and would be posted a second time.",
        ),
        (
            record(post(thread=("two", "three")), Phase.PUBLISHED, Phase.PUBLISHED, Phase.FAILED),
            "Parts 1, 2 of 3 are live (18000000000000100, 18000000000000101), and would be posted a second time.",
        ),
        (record(post(), Phase.DELETED), "It was taken down, and would be posted again."),
        (record(post(), Phase.SKIPPED), "It was not to be published, and would be."),
        (record(post(), Phase.PLANNED), ""),
        (record(post(), Phase.FAILED), ""),
        (OPEN, ""),
    ],
)
def test_what_is_live_is_named_and_nothing_else_is_called_live(known: PostRecord, told: str) -> None:
    assert refusal("launch", known) is None
    assert warning(known) == told


def test_what_is_being_taken_down_may_still_be_live() -> None:
    known = record(post())
    leaving = known.with_part(1, replace(known.parts[0], extra={TAKEN_DOWN: "2026-12-01T09:00:00Z"}))
    assert warning(leaving).startswith("It may still be live (18000000000000100)")
    half = record(CHAIN, Phase.PUBLISHED, Phase.DELETED).with_part(1, leaving.parts[0])
    assert warning(half).startswith("Part 1 of 2 may still be live (18000000000000100)")
