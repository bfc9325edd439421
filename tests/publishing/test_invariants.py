"""Each invariant of the protocol that a run asserts, broken on purpose: the run ends before anything is shown twice."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from publisher.errors import LostRace, NotAllowed
from publisher.planning.records import ADOPTED, PartRecord, Phase
from publisher.planning.state import State
from publisher.publishing import apply, invariants, resolve, steps
from publisher.publishing.journey import Journey, Look, Sight
from publisher.publishing.resolve import Status
from publisher.publishing.run import Desired, look
from publisher.publishing.waiting import Pace
from publisher.settings import AccountSettings, PublishingSettings
from tests.planning.samples import plan, post
from tests.proof import without
from tests.publishing.harness import START, WORKLOADS, Deaths, Scene, repost, text
from tests.state_backends.fakes import MemoryState

LOOP = apply._Loop
PACE = Pace.of(PublishingSettings())
HOUR = timedelta(hours=1)


def breaking(name: str, scene: Scene, *patches: tuple[Any, str, Any]) -> None:
    """A run with this taken out ends by the assertion of that name."""
    with ExitStack() as stack:
        for target, attribute, value in patches:
            stack.enter_context(patch.object(target, attribute, value))
        with pytest.raises(AssertionError, match=rf"^{name}:"):
            scene.publish()


def texts(scene: Scene) -> list[str]:
    return [item["text"] for item in scene.live()]


# --- in a run ---------------------------------------------------------------------------------------------------


def test_i1_a_container_that_was_attempted_is_not_exchanged() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.faulty.arm([{"call": "publish", "fault": "reset"}])
    breaking("I1", scene, (LOOP, "_publish_failed", without.anew_on_ambiguity))
    assert texts(scene) == []


@pytest.mark.parametrize("posts", [WORKLOADS["text"], (repost("b", "18050000000000002"),)], ids=["post", "repost"])
def test_i2_nothing_is_sent_without_a_durable_intent(posts: Any) -> None:
    scene = Scene(posts)
    breaking("I2", scene, (LOOP, "_intend", without.no_intent_written))
    assert scene.live() == []


def test_i3_an_attempt_settles_before_the_next() -> None:
    scene = Scene(WORKLOADS["text"], second_publish="duplicate", publish_lag=300.0)
    scene.faulty.arm([{"call": "publish", "fault": "slow_effect", "seconds": 222}])
    breaking("I3", scene, (resolve, "resolve", without.never_settled))
    assert scene.posted == 2  # one container, one publish call


def test_i4_a_part_is_not_made_before_the_one_it_answers_is_recorded() -> None:
    scene = Scene(WORKLOADS["chain-2"])
    breaking("I4", scene, (LOOP, "_kept", without.no_record_of_success))
    assert texts(scene) == ["a: part 1"]


def test_i5_no_intent_is_written_beside_an_open_one() -> None:
    scene = Scene((text("a"), text("b")), list_lag=300.0)
    scene.publish(Deaths(scene.transport(), 3, after=True))
    breaking("I5", scene, (LOOP, "turn", lambda self, journey: True))
    assert len(texts(scene)) == 1


def test_i6_a_write_on_top_of_what_was_not_seen_is_refused() -> None:
    scene = Scene(WORKLOADS["text"])
    mine, theirs = scene.session().ledger, scene.session().ledger
    mine.load()
    theirs.load()
    theirs.with_user("1784", scene.endpoint)
    with pytest.raises(LostRace):
        mine.with_user("1785", scene.endpoint)
    assert scene.memory.state().user_id == "1784"


def test_i7_what_is_finished_stays_so() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    ledger = scene.session().ledger
    record = ledger.load().posts["a"]
    for part in (record.parts[0].anew(), replace(record.parts[0], media_id="18")):
        with pytest.raises(AssertionError, match=r"^I7:"):
            ledger.keep("a", record.with_part(1, part))
    with pytest.raises(AssertionError, match=r"^I7:"):
        ledger.keep("a", replace(record, parts=()))


def test_i7_what_is_skipped_becomes_live_only_where_a_person_named_the_post() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    (live,) = scene.memory.state().posts["a"].parts
    skipped = replace(live, phase=Phase.SKIPPED, media_id=None)
    adopted = replace(live, extra={ADOPTED: "2026-12-01T09:00:00Z"})
    record = scene.memory.state().posts["a"]

    def write(before: PartRecord, after: PartRecord) -> None:
        invariants.before_write(record.with_part(1, before), record.with_part(1, after))

    write(skipped, adopted)
    for before, after in (
        (skipped, live),
        (skipped, replace(adopted, media_id=None)),
        (skipped, replace(adopted, phase=Phase.PLANNED)),
        (replace(skipped, phase=Phase.DELETED), adopted),
        (replace(skipped, media_id="18"), adopted),
    ):
        with pytest.raises(AssertionError, match=r"^I7:"):
            write(before, after)


def test_i7_the_serial_rises_with_each_write() -> None:
    scene = Scene(WORKLOADS["text"])
    ledger = scene.session().ledger
    ledger.load()
    unmoved = patch.object(MemoryState, "save", lambda self, state, changed: state)
    with unmoved, pytest.raises(AssertionError, match=r"^I7:"):
        ledger.with_user("1784", scene.endpoint)


def test_i8_a_missing_state_is_refused_and_never_taken_for_an_empty_one() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.memory.wipe()
    assert scene.publish() is None
    assert [error.exit_code for error in scene.refused] == [8]
    assert scene.posted == 0


@pytest.mark.parametrize("known", ["configured", "recorded"])
def test_i9_another_account_s_token_is_refused_before_anything_is_sent(known: str) -> None:
    scene = Scene(WORKLOADS["text"])
    session = scene.session()
    if known == "recorded":
        session.ledger.load()
        session.ledger.with_user("17841400000000009", scene.endpoint)
    else:
        session = replace(session, account=AccountSettings("acme", user_id="17841400000000009"))
    with pytest.raises(NotAllowed) as refused:
        look(session, Desired(scene.posts))
    assert (refused.value.code, refused.value.exit_code, scene.posted) == ("E603", 6, 0)


def test_i11_what_is_live_already_is_not_intended() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    scene.memory.document = scene.memory.versions[0]
    scene.memory.forget_mark()
    breaking("I11", scene, (steps, "attempt", heedless))
    assert len(texts(scene)) == 1


def heedless(journey: Journey, now: datetime, others: steps.Others) -> steps.Step:
    """Reads the lists, and goes on whatever they show."""
    return steps.ReadLists(None) if journey.work.sight is None else steps.Intend()


# --- straight, for what no single slip of the loop brings about -------------------------------------------------


def intended(part: PartRecord, **work: Any) -> Journey:
    begun = Journey.start(plan(post()).posts[0], commit=None)
    seen: dict[str, Any] = {"sight": Sight((), ()), "look": Look(Status.FINISHED, START), **work}
    return replace(begun, record=replace(begun.record, parts=(part,))).with_work(**seen)


TRIED = PartRecord(Phase.INTENT, "f", container="17", attempt=1, attempt_at=START - HOUR)


@pytest.mark.parametrize(
    ("name", "journey"),
    [
        ("I11", intended(TRIED, sight=None)),
        ("I11", intended(TRIED, sight=Sight(("18",), ()))),
        ("I3", intended(replace(TRIED, attempt_at=START - timedelta(seconds=599)))),
        ("I3", intended(replace(TRIED, attempt_at=None))),
        ("I3", intended(replace(TRIED, attempt_at=START - timedelta(seconds=29)), attempts=1)),  # surely not live
        ("I3", intended(replace(TRIED, attempt=3), attempts=3)),
        ("I3", intended(TRIED, look=None)),
        ("I3", intended(TRIED, look=Look(Status.IN_PROGRESS, START))),
    ],
)
def test_an_attempt_before_its_time_is_stopped(name: str, journey: Journey) -> None:
    with pytest.raises(AssertionError, match=f"^{name}:"):
        invariants.before_intent(journey, (journey,), START, PACE)


def test_an_attempt_in_its_time_is_not() -> None:
    for journey in (
        intended(TRIED),
        intended(replace(TRIED, attempt_at=START - timedelta(seconds=30)), attempts=1),
        intended(replace(TRIED, attempt=0, attempt_at=None, phase=Phase.PLANNED), look=None),
    ):
        invariants.before_intent(journey, (journey,), START, PACE)


@pytest.mark.parametrize(
    ("record", "container"),
    [
        (None, "17"),
        ((), "17"),
        ((replace(TRIED, attempt=2),), "17"),
        ((replace(TRIED, phase=Phase.PREPARED),), "17"),
        ((TRIED,), "18"),
    ],
)
def test_an_intent_counts_only_when_it_is_this_attempt_on_this_container(record: Any, container: str) -> None:
    journey = intended(TRIED)
    state = State("l", "acme", "https://graph.threads.net")
    if record is not None:
        state = state.with_post("launch", replace(journey.record, parts=record))
    with pytest.raises(AssertionError, match=r"^I2:"):
        invariants.before_call(state, journey, container, 330, PACE)
    durable = state.with_post("launch", journey.record)
    invariants.before_call(durable, journey, "17", 330, PACE)
    with pytest.raises(AssertionError, match=r"^I12:"):
        invariants.before_call(durable, journey, "17", 329, PACE)


@pytest.mark.parametrize("recorded", [False, True])
def test_a_parent_without_a_durable_id_is_not_answered(recorded: bool) -> None:
    journey = intended(TRIED)
    state = State("l", "acme", "https://graph.threads.net")
    if recorded:
        state = state.with_post("launch", journey.record)
    with pytest.raises(AssertionError, match=r"^I4:"):
        invariants.durable_parent(state, journey, 1)
