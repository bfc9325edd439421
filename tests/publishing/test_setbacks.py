"""What a failed call comes to: tried again, made anew, refused for good, or left to the next run."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from publisher.errors import InvalidContent, NotAllowed, PublisherError, Refused, TryAgain
from publisher.planning.actions import UploadMedia
from publisher.planning.records import Phase
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import WORKLOADS, Scene


@dataclass
class Answering:
    """The sandbox's world, but for calls of one kind: `times` of them, after the first `after`, get this answer."""

    inner: Transport
    kind: Callable[[Request], bool]
    answer: Response
    times: int = 1000
    after: int = 0
    met: int = 0

    def send(self, request: Request) -> Response:
        if not self.kind(request):
            return self.inner.send(request)
        self.met += 1
        return self.answer if self.after < self.met <= self.after + self.times else self.inner.send(request)


def error(code: int, subcode: int | None = None, *, status: int = 400, **headers: str) -> Response:
    """As Meta words it."""
    envelope = {"message": "No", "type": "OAuthException", "code": code, "error_subcode": subcode}
    return Response(status, json.dumps({"error": envelope}).encode(), headers)


def a_status(word: str, why: str | None = None) -> Response:
    return Response(200, json.dumps({"id": "17", "status": word, "error_message": why}).encode())


def creating(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/threads")


def creating_a_child(request: Request) -> bool:
    return creating(request) and request.params.get("is_carousel_item") == "true"


def creating_a_carousel(request: Request) -> bool:
    return creating(request) and "children" in request.params


def creating_a_reply(request: Request) -> bool:
    return creating(request) and "reply_to_id" in request.params


def asking_the_status(request: Request) -> bool:
    return request.method == "GET" and "status" in str(request.params.get("fields", "")).split(",")


def publishing(request: Request) -> bool:
    return request.path.endswith("/threads_publish")


def reading_the_lists(request: Request) -> bool:
    return request.method == "GET" and request.path.endswith("/threads")


def run(workload: str, kind: Callable[[Request], bool], answer: Response, **when: int) -> tuple[Scene, RunReport]:
    scene = Scene(WORKLOADS[workload])
    report = scene.publish(Answering(scene.transport(), kind, answer, **when))
    assert report is not None
    return scene, report


def texts(scene: Scene) -> list[str | None]:
    return [post.text for post in scene.world.published()]


# --- making the container ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(100), "E704"),
        (error(100, 4279047), "E710"),
        (error(100, 2207052), "E711"),
    ],
)
def test_a_post_that_threads_refuses_is_failed_and_the_others_go_on(answer: Response, code: str) -> None:
    scene, report = run("mix", creating, answer, times=1)
    assert [post.outcome for post in report.posts] == ["failed", "published", "published", "published"]
    assert report.exit_code == 1
    problem = report.posts[0].problem
    assert problem is not None
    assert (problem.code, problem.api_code) == (code, 100)
    assert scene.memory.state().posts["a"].phase is Phase.FAILED


@pytest.mark.parametrize("answer", [error(2), error(1), error(4, status=429), Response(502, b"<html>")])
def test_an_error_that_passes_costs_only_time(answer: Response) -> None:
    scene, report = run("text", creating, answer, times=2)
    assert report.exit_code == 0
    assert len(texts(scene)) == 1


def test_what_threads_asks_to_wait_is_waited() -> None:
    scene = Scene(WORKLOADS["text"])
    began = scene.clock.now()
    answer = error(4, status=429, **{"retry-after": "900"})
    scene.publish(Answering(scene.transport(), creating, answer, times=1))
    assert (scene.clock.now() - began).total_seconds() > 900


@pytest.mark.parametrize("kind", [creating, asking_the_status])
def test_a_run_does_not_wait_for_a_day(kind: Callable[[Request], bool]) -> None:
    scene = Scene(WORKLOADS["text"])
    began = scene.clock.now()
    answer = error(4, status=429, **{"retry-after": "86400"})
    report = scene.publish(Answering(scene.transport(), kind, answer, times=1))
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (5, "held")
    assert (scene.clock.now() - began).total_seconds() < 3600
    assert scene.until_done() is not None
    assert len(texts(scene)) == 1


def test_what_came_of_a_post_is_asked_within_the_run_however_long_threads_asks_to_wait() -> None:
    scene = Scene(WORKLOADS["text"])
    began = scene.clock.now()
    answer = error(4, status=429, **{"retry-after": "86400"})
    report = scene.publish(Answering(scene.transport(), publishing, answer, times=1))
    assert report is not None
    assert (scene.clock.now() - began).total_seconds() < 2 * 3600
    assert scene.until_done() is not None
    assert len(texts(scene)) == 1


def test_an_error_that_stays_is_left_to_the_next_run() -> None:
    scene, report = run("text", creating, error(2))
    assert (report.exit_code, report.posts[0].outcome) == (5, "held")
    assert scene.until_done() is not None
    assert len(texts(scene)) == 1


@pytest.mark.parametrize("answer", [error(190), error(200), error(368), error(1, 4279013)])
def test_nothing_more_is_sent_once_the_account_may_not(answer: Response) -> None:
    scene, report = run("mix", creating, answer)
    assert report.exit_code == 6
    assert report.stopped_by is not None
    assert texts(scene) == []


def test_a_parent_that_stays_away_parks_the_chain() -> None:
    scene, report = run("chain-2", creating_a_reply, error(24, 4279009))
    assert report.exit_code == 4
    assert scene.memory.state().posts["a"].parts[1].phase is Phase.PARKED
    assert texts(scene) == ["a: part 1"]


def test_a_parent_that_is_not_readable_yet_is_waited_for() -> None:
    scene, report = run("chain-2", creating_a_reply, error(24, 4279009), times=2)
    assert report.exit_code == 0
    assert texts(scene) == ["a: part 1", "a: part 2"]


# --- carousels --------------------------------------------------------------------------------------------------


def test_children_that_are_refused_once_are_made_again() -> None:
    scene, report = run("carousel-2", creating_a_carousel, error(100, 4279004), times=5)
    assert report.exit_code == 0
    assert len(texts(scene)) == 1


def test_children_that_are_refused_again_and_again_fail_the_post() -> None:
    scene, report = run("carousel-2", creating_a_carousel, error(100, 4279004))
    assert (report.exit_code, report.posts[0].outcome) == (1, "failed")
    assert texts(scene) == []


def test_a_child_that_vanished_is_made_again() -> None:
    scene, report = run("carousel-2", asking_the_status, error(24, 4279009), times=1)
    assert report.exit_code == 0
    assert len(texts(scene)) == 1


# --- waiting for the container ----------------------------------------------------------------------------------


def test_a_container_that_is_never_ready_is_kept_for_the_next_run() -> None:
    scene, report = run("image", asking_the_status, a_status("IN_PROGRESS"))
    assert (report.exit_code, report.posts[0].outcome) == (5, "held")
    part = scene.memory.state().posts["a"].parts[0]
    assert (part.phase, part.attempt) == (Phase.PREPARED, 0)
    assert part.container is not None


def test_a_word_that_nobody_knows_yet_is_waited_out() -> None:
    _, report = run("text", asking_the_status, a_status("ALMOST"), times=2)
    assert report.exit_code == 0


@pytest.mark.parametrize("why", ["UNKNOWN", None])
def test_an_error_that_may_pass_makes_one_more_container(why: str | None) -> None:
    scene, report = run("image", asking_the_status, a_status("ERROR", why), times=1)
    assert report.exit_code == 0
    assert len(texts(scene)) == 1


@pytest.mark.parametrize(("why", "times"), [("INVALID_ASPECT_RATIO", 1), ("UNKNOWN", 99)])
def test_media_that_threads_cannot_use_fail_the_post(why: str, times: int) -> None:
    _, report = run("image", asking_the_status, a_status("ERROR", why), times=times)
    assert (report.exit_code, report.posts[0].outcome) == (1, "failed")


def test_containers_that_always_vanish_are_not_made_without_end() -> None:
    scene, report = run("text", asking_the_status, error(24, 4279009))
    assert (report.exit_code, report.posts[0].outcome) == (5, "held")
    assert sum(creating(_request(entry)) for entry in scene.faulty.log) < 6


def _request(entry: dict[str, Any]) -> Request:
    return Request(entry["method"], entry["path"], entry["params"])


def test_a_container_that_is_published_already_is_settled_like_an_attempt() -> None:
    scene, report = run("text", asking_the_status, a_status("PUBLISHED"))
    assert report.exit_code == 4
    assert scene.memory.state().posts["a"].phase is Phase.UNBOUND


# --- after the attempt ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [error(10, status=500), error(368)])
def test_a_refusal_of_the_publish_call_is_looked_into_and_not_repeated(answer: Response) -> None:
    scene = Scene(WORKLOADS["text"])
    trouble = Answering(scene.transport(), publishing, answer)
    report = scene.publish(trouble)
    assert report is not None
    assert (report.exit_code, trouble.met) == (6, 1)
    assert scene.until_done() is not None
    assert len(texts(scene)) == 1


def test_a_publish_call_that_asks_to_wait_is_made_again_after_that() -> None:
    scene = Scene(WORKLOADS["text"])
    began = scene.clock.now()
    answer = error(4, status=429, **{"retry-after": "1800"})
    report = scene.publish(Answering(scene.transport(), publishing, answer, times=1))
    assert report is not None
    assert report.exit_code == 0
    assert (scene.clock.now() - began).total_seconds() > 1800


def test_a_publish_call_that_is_never_taken_comes_back_in_the_next_run() -> None:
    scene = Scene(WORKLOADS["text"])
    trouble = Answering(scene.transport(), publishing, error(24, 4279009))
    report = scene.publish(trouble)
    assert report is not None
    assert (report.exit_code, trouble.met) == (5, 3)


def test_lists_that_cannot_be_read_leave_the_outcome_unknown() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.faulty.arm([{"call": "publish", "fault": "reset"}])
    report = scene.publish(Answering(scene.transport(), reading_the_lists, error(2), after=1))
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (5, "unknown")


# --- uploads ----------------------------------------------------------------------------------------------------


@dataclass
class BadShelf:
    """Where media cannot be put, for this reason; `times` of them."""

    error: PublisherError
    times: int = 1000

    def url_for(self, action: UploadMedia) -> str:
        self.times -= 1
        if self.times >= 0:
            raise self.error
        return f"https://media.test/{action.file}"


def upload(error: PublisherError, times: int = 1000) -> tuple[Scene, RunReport]:
    scene = Scene(WORKLOADS["image"])
    plain = scene.session()
    facts: dict[str, Any] = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
    session = Session(**{**facts, "shelf": BadShelf(error, times)})
    return scene, carry_out(session, look(session, Desired(scene.posts)))


def test_an_upload_that_fails_once_is_made_again() -> None:
    scene, report = upload(TryAgain("the bucket is slow", code="E341"), times=1)
    assert report.exit_code == 0
    assert len(texts(scene)) == 1


def test_an_upload_that_keeps_failing_is_left_to_the_next_run() -> None:
    _, report = upload(TryAgain("the bucket is slow", code="E341"))
    assert (report.exit_code, report.posts[0].outcome) == (5, "held")


@pytest.mark.parametrize(("error", "code"), [(NotAllowed("no", code="E342"), 6), (Refused("no", code="E343"), 8)])
def test_a_bucket_that_may_not_be_written_ends_the_run(error: PublisherError, code: int) -> None:
    _, report = upload(error)
    assert (report.exit_code, report.stopped_by) == (code, error)


def test_a_picture_that_cannot_be_prepared_fails_its_post() -> None:
    _, report = upload(InvalidContent("no picture", code="E310"))
    assert report.posts[0].outcome == "failed"
