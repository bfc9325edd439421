"""`status --remote` as it reads: from the lists first, one call for what they lack, and nothing is changed."""

import json

import pytest

from publisher.errors import PublisherError
from publisher.planning.drift import Drift
from publisher.publishing.remote import drift_of
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import WORKLOADS, Scene, text


def published(workload: str = "mix") -> Scene:
    scene = Scene(WORKLOADS[workload])
    assert scene.publish() is not None
    scene.clock.sleep(3600)
    return scene


def drifted(scene: Scene, ids: frozenset[str] | None = None, transport: Transport | None = None) -> tuple[Drift, ...]:
    return drift_of(scene.session(transport), {post.id: post for post in scene.posts}, ids)


def media_id(scene: Scene, post_id: str, index: int = 1) -> str:
    found = scene.memory.state().posts[post_id].parts[index - 1].media_id
    assert found is not None
    return found


def delete(scene: Scene, *gone: str) -> None:
    for each in gone:
        scene.session().client.publishing.delete(each)


class Forgetful:
    """Lists that show nothing: all that is recorded is older than what they reach."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    def send(self, request: Request) -> Response:
        if request.method == "GET" and request.path.endswith(("/threads", "/replies")):
            return Response(200, json.dumps({"data": []}).encode())
        return self._inner.send(request)


def test_an_account_as_recorded_has_not_drifted_and_two_lists_tell_it() -> None:
    scene = published()
    calls, writes = len(scene.faulty.log), scene.memory.writes
    assert drifted(scene) == ()
    assert [entry["path"].rsplit("/", 1)[-1] for entry in scene.faulty.log[calls:]] == ["me", "threads", "replies"]
    assert scene.memory.writes == writes


def test_a_post_and_a_reply_taken_down_in_the_app_are_gone() -> None:
    scene = published()
    lost = media_id(scene, "a"), media_id(scene, "b", 3)
    delete(scene, *lost)
    assert [(found.what, found.media_id, found.post, found.part) for found in drifted(scene)] == [
        ("gone", lost[0], "a", 1),
        ("gone", lost[1], "b", 3),
    ]


def test_only_the_posts_that_were_named_are_looked_up() -> None:
    scene = published()
    delete(scene, media_id(scene, "a"), media_id(scene, "d"))
    assert [found.post for found in drifted(scene, frozenset({"d"}))] == ["d"]


def test_what_the_lists_do_not_reach_is_asked_for_one_by_one() -> None:
    scene = published()
    delete(scene, media_id(scene, "a"))
    assert [found.post for found in drifted(scene, transport=Forgetful(scene.transport()))] == ["a"]


def test_a_post_of_a_moment_ago_that_cannot_be_read_yet_is_not_called_gone() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    delete(scene, media_id(scene, "a"))
    assert drifted(scene) == ()


def test_a_post_made_in_the_app_is_unrecorded() -> None:
    scene = published("text")
    client = scene.session().client.publishing
    by_hand = client.publish(client.create({"media_type": "TEXT", "text": "by hand"})).media_id
    assert [(found.what, found.media_id, found.post) for found in drifted(scene)] == [("unrecorded", by_hand, None)]


def test_a_post_that_is_not_out_yet_is_not_looked_for() -> None:
    scene = published("text")
    scene.posts = (*scene.posts, text("b"))
    scene.faulty.arm([{"call": "create", "fault": "container_error", "times": 9}])
    scene.publish()
    scene.faulty.arm([])
    assert drifted(scene) == ()


@pytest.mark.parametrize("call", ["any", "posts"])
def test_threads_being_out_of_order_is_no_drift(call: str) -> None:
    scene = published()
    session = scene.session()
    scene.faulty.arm([{"call": call, "fault": "500", "times": 99}])
    with pytest.raises(PublisherError) as failed:
        drift_of(session, {})
    assert failed.value.exit_code == 5
