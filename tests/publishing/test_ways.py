"""Ways through a run that are no failures: offers, quotes, late answers, interrupts, what is left alone."""

import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.content.post import Part, Post, Reference
from publisher.planning import tombstones
from publisher.planning.records import Phase
from publisher.publishing.clock import ServerClock
from publisher.publishing.reconcile import abandon, resume
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.publishing.tools import Answer, Call, in_turn
from publisher.publishing.waiting import Pace
from publisher.sandbox.routes import published_json
from publisher.settings import PublishingSettings
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import START, WORKLOADS, Deaths, Scene, chain, finished, picture, repost, text

QUIET = timedelta(0)


def quoting(post_id: str, other: str) -> Post:
    return text(post_id, quote=Reference("post", other))


def run(scene: Scene, **facts: Any) -> RunReport:
    """One run of a session with these facts instead of the usual ones."""
    plain = scene.session()
    usual = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
    session = Session(**{**usual, **facts})
    return carry_out(session, look(session, Desired(scene.posts)))


def texts(scene: Scene) -> list[str | None]:
    return [post.text for post in scene.world.published()]


DOUBTFUL = f"a: part 2, {'ö' * 260}"  # fewer than 500 characters, more than 500 bytes


def doubtful_chain() -> Post:
    parts = chain("a", 2).parts
    return Post(id="a", path="posts/a.yaml", account="acme", parts=(parts[0], replace(parts[1], text=DOUBTFUL)))


def made(scene: Scene) -> list[tuple[str, str | None]]:
    """What was sent to change something: the end of the path, and the text."""
    entries = [entry for entry in scene.faulty.log if entry["method"] == "POST"]
    return [(entry["path"].rsplit("/", 1)[-1], entry["params"].get("text")) for entry in entries]


# --- offers -----------------------------------------------------------------------------------------------------


def test_a_part_that_threads_may_refuse_is_offered_before_the_first_one_goes_live() -> None:
    scene = Scene((doubtful_chain(),))
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    assert made(scene)[0] == ("threads", DOUBTFUL)
    assert texts(scene) == ["a: part 1", DOUBTFUL]


def test_a_chain_whose_later_part_is_refused_does_not_begin() -> None:
    scene = Scene((doubtful_chain(),))
    scene.world.settings.text_count = "bytes"
    long = replace(scene.posts[0].parts[1], text="é" * 300)
    scene.posts = (replace(scene.posts[0], parts=(scene.posts[0].parts[0], long)),)
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (1, "failed")
    assert texts(scene) == []


# --- posts that point at each other -----------------------------------------------------------------------------


def test_a_post_that_quotes_another_one_of_the_run_waits_for_its_id() -> None:
    scene = Scene((quoting("a", "b"), text("b")))
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    quoted, quote = published_json(scene.faulty)
    assert quote["quoted_post"]["id"] == quoted["id"]


def test_a_quote_of_what_failed_is_held_without_a_fault_of_its_own() -> None:
    scene = Scene((text("a"), quoting("b", "a")))
    scene.faulty.arm([{"call": "create", "fault": "container_error", "times": 9}])
    report = scene.publish()
    assert report is not None
    outcomes = {post.planned.id: post.outcome for post in report.posts}
    assert outcomes == {"a": "failed", "b": "held"}
    assert report.exit_code == 1


def test_a_post_that_quotes_one_whose_container_was_kept_goes_out_in_the_same_run() -> None:
    scene = Scene((quoting("a", "b"), text("b", media=(picture("b", "video"),))))
    scene.publish(NamedTrouble(scene, [("status", 1, "killed_before")]))
    assert scene.memory.state().posts["b"].phase is Phase.PREPARED
    report = scene.publish()
    assert report is not None
    assert [post.outcome for post in report.posts] == ["published", "published"]
    assert texts(scene) == ["b: some words", "a: some words"]


@pytest.mark.parametrize("taken_down", [True, False])
def test_a_quote_of_what_no_run_will_send_asks_a_person_instead_of_waiting_for_ever(taken_down: bool) -> None:
    scene = Scene((text("a"),))
    scene.publish(None if taken_down else Deaths(scene.transport(), 2, after=False))
    session = scene.session()
    record = session.ledger.load().posts["a"]
    if taken_down:
        session.ledger.keep("a", tombstones.begun(record, 1, scene.clock.now(), replacing=False))
        session.ledger.keep("a", tombstones.gone(session.ledger.state.posts["a"], 1))
    else:
        scene.clock.sleep(3600)
        abandon(session, "a")
    scene.posts = (text("a"), quoting("b", "a"))
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 4
    held = report.posts[-1].problem
    assert held is not None
    assert held.message.startswith("b: waits until a is live; that is unchanged: ")


# --- late answers -----------------------------------------------------------------------------------------------


def test_an_unbound_post_is_bound_by_a_later_run() -> None:
    scene = Scene(WORKLOADS["text"], list_lag=7200.0)
    scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
    first = scene.publish()
    assert first is not None
    assert (first.exit_code, scene.memory.state().posts["a"].phase) == (4, Phase.UNBOUND)
    second = scene.publish()
    assert second is not None
    assert second.exit_code == 4
    scene.clock.sleep(7200)
    third = scene.publish()
    assert third is not None
    assert (third.exit_code, scene.memory.state().posts["a"].phase) == (0, Phase.PUBLISHED)
    assert len(texts(scene)) == 1


# --- interrupts -------------------------------------------------------------------------------------------------


def stopping_after(steps: int) -> Any:
    asked = iter(range(steps + 1))
    return lambda: next(asked, steps) >= steps


@pytest.mark.parametrize("steps", range(8))
def test_an_interrupted_run_says_so_and_the_next_one_goes_on(steps: int) -> None:
    scene = Scene(WORKLOADS["mix"])
    report = run(scene, stop=stopping_after(steps))
    assert (report.exit_code, report.interrupted) == (130, True)
    assert {post.problem.code for post in report.posts if post.problem} <= {"E713"}
    assert scene.until_done() is not None
    assert len(texts(scene)) == 6


# --- how long is waited -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "waits_s"),
    [(None, 30), (1_000_000, 30), (200_000_000, 0.85 * 75), (10_000_000_000, 0.85 * 120)],
)
def test_the_first_look_at_a_video_comes_by_its_size(size: int | None, waits_s: float) -> None:
    pace = Pace.of(PublishingSettings())
    assert pace.first_look("VIDEO", size, START) == START + timedelta(seconds=waits_s)


def test_a_picture_waits_what_meta_asks_whatever_its_size() -> None:
    assert Pace.of(PublishingSettings()).first_look("IMAGE", 8_000_000, START) == START + timedelta(seconds=30)


def test_the_clock_goes_by_the_servers_time() -> None:
    ahead = ServerClock(lambda: timedelta(hours=3))
    assert ahead.now() - datetime.now(UTC) > timedelta(hours=2, minutes=59)


def test_an_interrupt_ends_a_sleep() -> None:
    interrupted = threading.Event()
    interrupted.set()
    ServerClock(lambda: QUIET, interrupted).sleep(3600)


def test_a_signal_that_does_not_wake_the_sleep_is_heard_all_the_same() -> None:
    """As of one that comes just before the sleep begins: here it goes to another thread, and its handler waits."""
    interrupted = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: interrupted.set())
    heard: list[bool] = []

    def send() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        heard.append(interrupted.wait(5))

    other = threading.Timer(0.2, send)
    other.start()
    try:
        ServerClock(lambda: QUIET, interrupted).sleep(10)
    finally:
        signal.signal(signal.SIGUSR1, before)
    other.join()
    assert heard == [True]


# --- what is left alone -----------------------------------------------------------------------------------------


def outcomes(scene: Scene, posts: Sequence[Post]) -> dict[str, tuple[str, int]]:
    scene.posts = tuple(posts)
    report = scene.publish()
    assert report is not None
    return {post.planned.id: (post.outcome, post.exit_code) for post in report.posts}


def test_a_post_that_is_late_is_held_for_a_person_or_left_out() -> None:
    scene = Scene(())
    long_ago = START - timedelta(days=3)
    late = [replace(text(name), publish_at=long_ago, if_late=name) for name in ("hold", "skip")]
    assert outcomes(scene, late) == {"hold": ("held", 4), "skip": ("skipped", 0)}


def test_a_post_that_failed_stays_so_until_its_file_changes() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.faulty.arm([{"call": "create", "fault": "container_error", "times": 9}])
    scene.publish()
    scene.faulty.arm([])
    assert outcomes(scene, scene.posts) == {"a": ("held", 1)}
    assert outcomes(scene, [text("a", "other words")]) == {"a": ("published", 0)}


def test_a_file_that_lost_a_part_keeps_the_record_of_what_is_live() -> None:
    scene = Scene(WORKLOADS["chain-2"])
    scene.publish()
    shorter = Post(id="a", path="posts/a.yaml", account="acme", parts=(Part(index=1, text="a: part 1"),))
    assert outcomes(scene, [shorter])["a"][1] == 0
    assert len(scene.memory.state().posts["a"].parts) == 2


# --- questions, and calls at a time -----------------------------------------------------------------------------


def test_a_question_that_gets_no_answer_is_asked_again_a_few_times() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.faulty.arm([{"call": "me", "fault": "500", "times": 2}])
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    scene.faulty.arm([{"call": "me", "fault": "500", "times": 99}])
    assert scene.publish() is None
    assert [error.exit_code for error in scene.refused] == [5]


def test_a_ghost_post_whose_answer_was_lost_is_found_in_its_own_list() -> None:
    scene = Scene(WORKLOADS["ghost"])
    scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, len(scene.live())) == (0, 2)


def test_a_chain_that_stopped_long_ago_is_parked_and_goes_on_only_when_a_person_says_so() -> None:
    scene = Scene(WORKLOADS["chain-2"])
    scene.publish(Deaths(scene.transport(), 3, after=False))
    scene.clock.sleep(7 * 3600)
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, scene.memory.state().posts["a"].parts[1].phase) == (4, Phase.PARKED)
    assert texts(scene) == ["a: part 1"]


def test_no_more_calls_are_under_way_at_a_time_than_settings_allow() -> None:
    volleys: list[int] = []

    def counted(calls: Sequence[Call]) -> list[Answer]:
        volleys.append(len(calls))
        return in_turn(calls)

    scene = Scene(WORKLOADS["batch-25"], publishing=PublishingSettings(concurrency=4))
    assert run(scene, together=counted).exit_code == 0
    assert max(volleys) == 4


def test_what_was_begun_in_vain_is_not_begun_anew_after_its_publish_by() -> None:
    scene = Scene((replace(text("a"), publish_by=START + timedelta(minutes=5)),))
    scene.publish(Deaths(scene.transport(), 2, after=False))
    scene.clock.sleep(26 * 3600)  # its container expires
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (0, "skipped")
    assert not scene.live()


def test_a_repost_that_was_not_sent_is_not_tried_again_after_its_publish_by() -> None:
    scene = Scene((text("a"),))
    scene.publish()
    scene.posts += (replace(repost("b", "a"), publish_by=scene.clock.now() + timedelta(seconds=40)),)
    scene.faulty.arm([{"call": "repost", "fault": "refuse"}, {"call": "repost", "nth": 2, "fault": "refuse"}])
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, report.posts[1].outcome) == (0, "skipped")
    assert len(scene.live()) == 1


def test_a_quote_of_what_cannot_be_read_yet_waits_for_it() -> None:
    """As an answer does: what went out a moment ago may be found only later."""
    scene = Scene((text("a"), quoting("b", "a")))
    trouble = NamedTrouble(scene, [("create", 2, "not_found"), ("create", 3, "not_found")])
    report = scene.publish(trouble)
    assert report is not None
    assert (trouble.met, report.exit_code) == (2, 0)
    assert finished(scene).clean


@pytest.mark.parametrize("death", ["killed_before", "500"])
def test_a_stale_tail_is_not_posted_unasked_because_it_was_begun_in_vain(death: str) -> None:
    scene = Scene((chain("a", 3),))
    scene.publish(NamedTrouble(scene, [("publish", 2, death), ("status", 4, "killed_before")]))
    assert scene.memory.state().posts["a"].parts[1].phase is Phase.INTENT
    scene.clock.sleep(26 * 3600)  # its container expires
    for _ in range(2):
        report = scene.publish()
        assert report is not None
        assert report.exit_code == 4
        assert report.posts[0].problem is not None
        assert report.posts[0].problem.fix.startswith("publisher reconcile --resume a ")
        assert len(scene.live()) == 1
    session = scene.session()
    session.ledger.load()
    resume(session, "a")
    assert finished(scene).clean
