"""Every exit code that scripts may rely on, from the command as a process; and that the next run goes on from there."""

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from publisher.sandbox.serve import Sandbox
from tests.flow.places import Place

STATE = "publisher-state.json"
PATIENCE_S = 20


@pytest.fixture
def place(tmp_path: Path, running: Sandbox) -> Place:
    """A begun state and one post with a picture, not published yet; nothing armed."""
    running.reset()
    place = Place.make(tmp_path / "acme", running)
    place.draw("cat.jpg")
    place.write("a.yaml", "text: A picture\nmedia:\n  - {file: cat.jpg, alt: A red corner on grey}\n")
    assert place.run("state", "init").returncode == 0
    return place


def arm(place: Place, call: str, fault: str, **more: Any) -> None:
    place.sandbox.faulty.arm([{"call": call, "fault": fault, **more}])


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that another process is about to do."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def called(place: Place, call: str) -> bool:
    return any(entry["path"].endswith(f"/{call}") and entry["method"] == "POST" for entry in place.sandbox.faulty.log)


def assert_completes(place: Place) -> None:
    """Nothing armed any more: one run is enough, and the post is live once."""
    place.sandbox.faulty.arm([])
    ended = place.run("publish", "--yes")
    assert ended.returncode == 0, ended.stderr
    assert [item["text"] for item in place.live()] == ["A picture"]


def test_10_says_that_something_is_pending_and_0_that_all_is_done(place: Place) -> None:
    assert place.run("plan", "--detailed-exitcode").returncode == 10
    assert_completes(place)
    assert place.run("plan", "--detailed-exitcode").returncode == 0


@pytest.mark.slow
def test_1_is_a_post_that_failed_for_good_while_the_rest_was_done(place: Place) -> None:
    place.write("b.yaml", "text: Only words\n")
    arm(place, "create", "container_error", times=2)
    ended = place.run("publish", "--yes", "posts/a.yaml")
    assert ended.returncode == 1
    assert place.live() == []
    place.sandbox.faulty.arm([])
    assert place.run("publish", "--yes").returncode == 1, "it stays failed until its file changes or it is forgotten"
    assert [item["text"] for item in place.live()] == ["Only words"]
    assert place.run("reconcile", "--forget", "a", "--yes").returncode == 0
    assert place.run("publish", "--yes").returncode == 0
    assert [item["text"] for item in place.live()] == ["Only words", "A picture"]


def test_2_is_a_word_that_the_command_does_not_know(place: Place) -> None:
    assert place.run("publish", "--soon").returncode == 2
    assert place.run("publsh").returncode == 2


def test_3_is_a_file_that_is_not_valid(place: Place) -> None:
    place.write("b.yaml", "txt: Hello\n")
    assert place.run("publish", "--yes").returncode == 3
    assert place.live() == []


@pytest.mark.slow
def test_4_asks_a_person_and_the_command_it_names_settles_it(place: Place) -> None:
    park = {"PUBLISHER_PUBLISHING_ON_AMBIGUOUS": "park"}
    world = {"forget_after": "0s", "list_lag": "1h"}
    requests.post(f"{place.sandbox.threads_api}/_sandbox/world", json=world, timeout=10).raise_for_status()
    arm(place, "publish", "reset_after")
    ended = place.run("publish", "--yes", environ=park)
    assert ended.returncode == 4
    assert place.run("publish", "--yes", environ=park).returncode == 4, "it asks again, it does not guess"
    named = re.search(r"publisher (reconcile --adopt \S+)", ended.stdout + ended.stderr)
    assert named is not None
    (live,) = place.live()
    settled = place.run(*named[1].replace("MEDIA_ID", live["id"]).split(), "--yes")
    assert settled.returncode == 0, settled.stderr
    assert_completes(place)
    assert place.recorded("a") == [live["id"]]


def test_5_is_temporary_and_running_again_is_all_it_needs(place: Place) -> None:
    arm(place, "create", "refuse", times=1000)
    assert place.run("publish", "--yes").returncode == 5
    arm(place, "any", "refuse", times=1000)
    assert place.run("publish", "--yes").returncode == 5
    assert_completes(place)


@pytest.mark.parametrize("call", ["me", "publish"])
def test_6_is_a_token_that_expired_wherever_it_did(place: Place, call: str) -> None:
    arm(place, call, "token_expired", times=1000)
    assert place.run("publish", "--yes").returncode == 6
    assert_completes(place)


@pytest.mark.slow
def test_7_is_for_whoever_comes_second(place: Place) -> None:
    arm(place, "publish", "slow", seconds=2)
    first = place.start("publish", "--yes")
    until(lambda: called(place, "threads_publish"))
    second = place.run("publish", "--yes")
    assert second.returncode == 7
    first.communicate(timeout=PATIENCE_S)
    assert first.returncode == 0
    assert_completes(place)


def _missing(place: Place) -> None:
    (place.root / STATE).unlink()


def _cut_off(place: Place) -> None:
    file = place.root / STATE
    file.write_bytes(file.read_bytes()[:-40])


def _of_another_threads(place: Place) -> None:
    assert place.run("publish", "--yes").returncode == 0
    place.extra["THREADS_API_BASE_URL"] = place.sandbox.threads_api.replace("127.0.0.1", "localhost")


def _set_back(place: Place) -> None:
    older = (place.root / STATE).read_bytes()
    assert place.run("publish", "--yes").returncode == 0
    (place.root / STATE).write_bytes(older)


def _of_another_lineage(place: Place) -> None:
    (place.root / STATE).unlink()
    (place.root / ".publisher").rename(place.root / ".publisher-before")
    assert place.run("state", "init").returncode == 0
    (place.root / ".publisher-before" / f"{STATE}.mark.json").replace(place.root / ".publisher" / f"{STATE}.mark.json")


@pytest.mark.parametrize("spoil", [_missing, _cut_off, _of_another_threads, _set_back, _of_another_lineage])
def test_8_refuses_a_state_that_cannot_be_trusted_and_leaves_it_as_it_is(
    place: Place, spoil: Callable[[Place], None]
) -> None:
    spoil(place)
    file = place.root / STATE
    before = file.read_bytes() if file.exists() else None
    live = place.live()
    ended = place.run("publish", "--yes")
    assert ended.returncode == 8
    assert re.search(r"error\[E4\d\d\]", ended.stderr)
    assert "fix:" in ended.stderr
    assert (file.read_bytes() if file.exists() else None) == before
    assert place.live() == live


def test_130_is_an_interrupt_in_the_middle_of_a_wait_and_the_next_run_goes_on(place: Place) -> None:
    process = place.start("publish", "--yes", environ={"PUBLISHER_PUBLISHING_POLL": "60s"})
    until(lambda: called(place, "threads"))
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert time.monotonic() - began < 5
    assert place.live() == []
    assert not called(place, "threads_publish"), "after the interrupt nothing is begun"
    assert_completes(place)
