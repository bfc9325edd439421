"""Children of a carousel and parents of a reply: waited for, made again, or told apart from the post's own fault."""

import pytest

from publisher.content.post import Post, Reference
from publisher.planning.records import Phase
from publisher.publishing.run import RunReport
from publisher.threads_api.messages import Request, Response
from tests.publishing.harness import WORKLOADS, Scene, text
from tests.publishing.test_setbacks import (
    Answering,
    a_status,
    asking_the_status,
    creating_a_child,
    creating_a_reply,
    error,
    run,
    texts,
)


def children_made(scene: Scene) -> int:
    return sum(creating_a_child(Request(each["method"], each["path"], each["params"])) for each in scene.faulty.log)


@pytest.mark.parametrize("word", ["IN_PROGRESS", "ALMOST"])
def test_a_child_that_is_still_in_the_making_is_waited_for(word: str) -> None:
    scene, report = run("carousel-2", asking_the_status, a_status(word), times=3)
    assert (report.exit_code, children_made(scene)) == (0, 2)
    assert len(texts(scene)) == 1


def test_a_child_that_is_never_ready_is_left_to_the_next_run() -> None:
    scene, report = run("carousel-2", asking_the_status, a_status("IN_PROGRESS"))
    assert (report.exit_code, report.posts[0].outcome) == (5, "held")
    assert scene.until_done() is not None
    assert len(texts(scene)) == 1


@pytest.mark.parametrize("word", ["EXPIRED", "PUBLISHED"])
def test_a_child_that_cannot_be_used_any_more_makes_them_all_again(word: str) -> None:
    scene, report = run("carousel-2", asking_the_status, a_status(word), times=1)
    assert (report.exit_code, children_made(scene)) == (0, 4)
    assert len(texts(scene)) == 1


@pytest.mark.parametrize(("why", "times", "made"), [("UNKNOWN", 1, 4), ("INVALID_ASPECT_RATIO", 1, 2)])
def test_a_child_that_threads_cannot_use_fails_its_post_unless_it_may_pass(why: str, times: int, made: int) -> None:
    scene, report = run("carousel-2", asking_the_status, a_status("ERROR", why), times=times)
    assert (report.exit_code, children_made(scene)) == (0 if made == 4 else 1, made)


# --- replies ----------------------------------------------------------------------------------------------------


def answering(media_id: str) -> Post:
    return text("a", reply_to=Reference("media_id", media_id))


def test_an_answer_to_a_post_that_stays_away_fails_for_good() -> None:
    scene = Scene((answering("18050000000000009"),))
    report = scene.publish(Answering(scene.transport(), creating_a_reply, error(24, 4279009)))
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (1, "failed")
    assert report.posts[0].problem is not None
    assert report.posts[0].problem.fix == "mend reply_to:"


def reading_the_conversation(request: Request) -> bool:
    return request.path.endswith("/conversation")


@pytest.mark.parametrize("answer", [error(24, 4279009), error(10, status=403), error(100)])
def test_a_reply_is_found_among_the_own_ones_where_the_conversation_cannot_be_read(answer: Response) -> None:
    scene = Scene(WORKLOADS["chain-2"])
    scene.faulty.arm([{"call": "publish", "nth": 2, "fault": "reset_after"}])
    trouble = Answering(scene.transport(), reading_the_conversation, answer)
    report: RunReport | None = scene.publish(trouble)
    assert report is not None
    assert (report.exit_code, trouble.met > 0) == (0, True)
    assert scene.memory.state().posts["a"].parts[1].phase is Phase.PUBLISHED
    assert len(texts(scene)) == 2
