"""Permalinks come after the post and never in its way: what has none yet is looked for again for a day."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from publisher.publishing.run import Desired, RunReport, carry_out, look
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import WORKLOADS, Scene

DAY = 86_400


@dataclass
class Unlinked:
    """Threads before it has given a post its permalink: lists and posts come without one."""

    inner: Transport
    asked: int = 0

    def send(self, request: Request) -> Response:
        answer = self.inner.send(request)
        if request.method != "GET" or b'"permalink"' not in answer.body:
            return answer
        self.asked += 1
        return Response(answer.status, json.dumps(_without(json.loads(answer.body))).encode())


def _without(found: Any) -> Any:
    if isinstance(found, list):
        return [_without(each) for each in found]
    return {
        key: _without(value) if isinstance(value, list) else value for key, value in found.items() if key != "permalink"
    }


def unlinked() -> Scene:
    scene = Scene(WORKLOADS["chain-2"])
    report = scene.publish(Unlinked(scene.transport()))
    assert report is not None
    assert (report.exit_code, report.posts[0].permalinks) == (0, ())
    return scene


def links(scene: Scene) -> list[str | None]:
    return [part.permalink for part in scene.memory.state().posts["a"].parts]


def test_a_post_without_a_permalink_is_published_and_nothing_is_written_for_it() -> None:
    scene = unlinked()
    writes = scene.memory.writes
    scene.publish(Unlinked(scene.transport()))
    assert scene.memory.writes == writes
    assert links(scene) == [None, None]


def test_the_next_run_looks_again_for_posts_and_replies() -> None:
    scene = unlinked()
    scene.publish()
    assert None not in links(scene)


def test_after_a_day_nobody_looks_any_more() -> None:
    scene = unlinked()
    scene.clock.sleep(DAY)
    trouble = Unlinked(scene.transport())
    scene.publish(trouble)
    assert trouble.asked == 0


def single_reads(scene: Scene) -> int:
    """Of posts by their ids, which is how the permalink of a reply is read."""
    live = {item["id"] for item in scene.live()}
    return sum(entry["method"] == "GET" and entry["path"].split("/")[-1] in live for entry in scene.faulty.log)


def stopped(scene: Scene, stop: Callable[[], bool]) -> RunReport:
    session = replace(scene.session(), stop=stop)
    with session.backend.lock(session.run):
        return carry_out(session, look(session, Desired(scene.posts)))


def test_a_run_that_was_interrupted_begins_no_reads_for_the_looks_of_it() -> None:
    scene = Scene(WORKLOADS["chain-5"])
    asked: list[int] = []

    def after_three() -> bool:
        if len(scene.live()) == 3:
            asked.append(len(scene.faulty.log))
            return True
        return False

    report = stopped(scene, after_three)
    assert (report.interrupted, report.exit_code) == (True, 130)
    assert len(scene.faulty.log) == asked[0]
    assert links(scene)[:3] == [None, None, None]


def test_an_interrupt_amid_these_reads_ends_them_and_what_was_read_is_kept() -> None:
    scene = Scene(WORKLOADS["chain-5"])
    report = stopped(scene, lambda: single_reads(scene) == 2)
    assert (report.interrupted, report.exit_code) == (False, 0)
    assert single_reads(scene) == 2
    assert sum(link is not None for link in links(scene)) == 3
    scene.publish()
    assert None not in links(scene)


def test_a_permalink_that_cannot_be_read_fails_no_run() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.faulty.arm([{"call": "posts", "nth": 2, "times": 99, "fault": "500"}])
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, links(scene)) == (0, [None])
