"""Failures that no sweep makes by itself, each under its number in `tests/proof/failures.toml`."""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from publisher.content.post import Part, Post
from publisher.planning.beginning import begin
from publisher.planning.records import Phase
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import START, WORKLOADS, Killed, Scene, chain, picture, text
from tests.publishing.test_setbacks import Answering, creating, error, publishing


@dataclass
class Retold:
    """The sandbox's world, but what is read of a text is what `tell` makes of it."""

    inner: Transport
    tell: Callable[[str], str]

    def send(self, request: Request) -> Response:
        response = self.inner.send(request)
        if request.method != "GET" or not request.path.endswith("/threads"):
            return response
        page = json.loads(response.body)
        for item in page["data"]:
            item["text"] = self.tell(item.get("text", ""))
        return replace(response, body=json.dumps(page).encode())


def texts(scene: Scene) -> list[str | None]:
    return [post.text for post in scene.world.published()]


def containers(scene: Scene) -> int:
    return sum(entry["method"] == "POST" and entry["path"].endswith("/threads") for entry in scene.faulty.log)


def wordless(post_id: str) -> Post:
    """A picture with neither text nor a description of its own; due once the owner's is live."""
    parts = (Part(index=1, media=(replace(picture("same"), alt=None),)),)
    due = START + timedelta(minutes=10)
    return Post(post_id, f"posts/{post_id}.yaml", "acme", parts, publish_at=due, allow_repeat=True)


# --- the publish call -------------------------------------------------------------------------------------------


def test_f17_not_found_after_a_doubtful_attempt_never_makes_a_second_container() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.faulty.arm([{"call": "publish", "fault": "reset"}])
    report = scene.publish(Answering(scene.transport(), publishing, error(24, 4279009), after=1, times=1))
    assert report is not None
    assert report.exit_code == 0
    assert (containers(scene), len(texts(scene))) == (1, 1)


@pytest.mark.parametrize("second_publish", ["error", "same", "duplicate"])
def test_f18_what_went_live_unseen_is_not_published_again_in_any_model_of_the_server(second_publish: str) -> None:
    scene = Scene(WORKLOADS["text"], second_publish=second_publish)
    trouble = Answering(scene.transport(), publishing, error(10, status=500), times=0)
    scene.faulty.arm([{"call": "publish", "fault": "10_after"}])
    scene.publish(trouble)
    scene.until_done()
    assert trouble.met == 1
    assert len(texts(scene)) == 1


# --- finding it in the lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tell",
    [
        lambda words: unicodedata.normalize("NFD", words),
        lambda words: f"  {words.replace(' ', chr(0xA0))}\r\n",
        lambda words: words.replace("#", ""),
    ],
    ids=["letters taken apart", "other spaces", "topic without its sign"],
)
def test_f23_a_text_that_reads_back_in_another_form_is_found(tell: Callable[[str], str]) -> None:
    scene = Scene((text("a", "Café über allem #Elektronik"),))
    scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
    report = scene.publish(Retold(scene.transport(), tell))
    assert report is not None
    assert report.exit_code == 0
    assert scene.memory.state().posts["a"].parts[0].media_id == scene.live()[0]["id"]


def test_f23_a_text_that_was_changed_beyond_that_is_a_question_and_no_second_post() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
    report = scene.publish(Retold(scene.transport(), str.upper))
    assert report is not None
    assert (report.exit_code, scene.memory.state().posts["a"].phase) == (4, Phase.UNBOUND)
    assert len(texts(scene)) == 1


def by_hand(scene: Scene, post: Post) -> None:
    """The account's owner posts the same picture in the app."""
    url = f"https://media.test/{post.parts[0].media[0].file}"
    words = {"media_type": "IMAGE", "image_url": url}
    made = scene.transport().send(Request("POST", "/me/threads", words)).json()["id"]
    scene.clock.sleep(30)
    scene.transport().send(Request("POST", "/me/threads_publish", {"creation_id": made}))
    scene.clock.sleep(600)


@pytest.mark.parametrize("nth", [1, 2])
def test_f24_a_picture_without_words_is_bound_to_what_its_container_became(nth: int) -> None:
    scene = Scene((wordless("a"), wordless("b")))
    by_hand(scene, scene.posts[0])
    scene.faulty.arm([{"call": "publish", "nth": nth, "fault": "reset_after"}])
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    became = {post.id: post.container_id for post in scene.world.published()[1:]}
    parts = [record.parts[0] for record in scene.memory.state().posts.values()]
    assert {part.media_id: part.container for part in parts} == became
    assert len(became) == 2


# --- around the parts -------------------------------------------------------------------------------------------


def test_f28_a_chain_that_the_quota_cannot_take_whole_does_not_begin() -> None:
    scene = Scene((chain("a", 5),))
    usage = {"reply_quota_usage": 998, "reply_config": {"quota_total": 1000, "quota_duration": 86400}}
    usage |= {"quota_usage": 0, "config": {"quota_total": 250, "quota_duration": 86400}}
    answer = Response(200, json.dumps({"data": [usage]}).encode())
    report = scene.publish(
        Answering(scene.transport(), lambda request: request.path.endswith("publishing_limit"), answer)
    )
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (5, "held")
    assert texts(scene) == []


def test_f32_a_post_that_its_owner_took_down_in_the_app_is_not_posted_again() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    scene.transport().send(Request("DELETE", f"/{scene.live()[0]['id']}", {}))
    assert scene.live() == []
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (0, "unchanged")
    assert scene.live() == []


def test_f36_a_permalink_that_cannot_be_read_fails_no_post() -> None:
    scene = Scene(WORKLOADS["text"])
    after_the_post: Callable[[Request], bool] = lambda request: bool(scene.live()) and request.method == "GET"  # noqa: E731
    report = scene.publish(Answering(scene.transport(), after_the_post, error(2, status=500)))
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (0, "published")
    before = scene.posted
    assert scene.publish() is not None
    assert scene.posted == before
    assert scene.memory.state().posts["a"].parts[0].permalink == scene.live()[0]["permalink"]


def test_f52_posts_of_merges_whose_own_runs_were_dropped_go_out_with_the_next_one() -> None:
    scene = Scene((text("a"),))
    scene.publish()
    scene.posts = (text("a"), text("b"))  # merged, and its run was dropped
    scene.posts = (text("a"), text("b"), text("c"))
    assert scene.publish() is not None
    assert [item["text"] for item in scene.live()] == [post.parts[0].text for post in scene.posts]


@pytest.mark.parametrize("after", [False, True], ids=["not live", "live"])
def test_f65_an_open_attempt_is_settled_when_its_file_is_gone(after: bool) -> None:
    scene = Scene(WORKLOADS["text"])

    class Dying:
        inner = scene.transport()

        def send(self, request: Request) -> Response:
            if not publishing(request):
                return self.inner.send(request)
            if after:
                self.inner.send(request)
            raise Killed

    scene.publish(Dying())
    scene.posts = ()
    report = scene.until_done()
    assert report is not None
    assert report.exit_code == 0
    record = scene.memory.state().posts["a"]
    assert (record.phase, record.parts[0].media_id) == (Phase.PUBLISHED, scene.live()[0]["id"])
    assert containers(scene) == 1


def test_f73_a_rate_limit_of_one_account_holds_up_no_other() -> None:
    acme, other = Scene(WORKLOADS["text"]), Scene(WORKLOADS["chain-2"])
    other.clock, other.world, other.faulty = acme.clock, acme.world, acme.faulty
    other.token = acme.world.add_account("other", "THSCENE9876543210").token
    limited = acme.publish(Answering(acme.transport(), creating, Response(429, error(4).body, {"retry-after": "60"})))
    assert limited is not None
    assert limited.exit_code == 5
    report = other.publish()
    assert report is not None
    assert report.exit_code == 0
    assert texts(acme) == ["a: part 1", "a: part 2"]
    assert acme.until_done() is not None
    assert len(texts(acme)) == 3


def test_f33_a_file_changed_while_its_attempt_was_open_is_told_as_edited() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.memory.faults[3] = "killed_after"  # begun, whose account it is, the intent
    scene.publish()
    scene.posts = (text("a", "other words"),)
    first, second = scene.publish(), scene.publish()
    assert first is not None
    assert second is not None
    assert texts(scene) == ["a: some words"], "what was begun is finished as it was begun"
    assert [str(second.posts[0].planned.verdict), second.posts[0].outcome] == ["edited", "unchanged"]


@pytest.mark.parametrize("phase", [Phase.SKIPPED, Phase.DELETED])
def test_f62_what_is_not_to_be_sent_is_not_sent_under_another_name_either(phase: Phase) -> None:
    """Of a baseline, or taken down after a person had named it: neither was ever attempted by us."""
    scene, post = Scene(()), WORKLOADS["text"][0]
    session = scene.session()
    session.ledger.load()
    record = begin("acme", scene.endpoint, lineage="x", skipped=[post]).posts[post.id]
    session.ledger.keep(post.id, replace(record, parts=(replace(record.parts[0], phase=phase),)))
    scene.posts = (replace(post, id="renamed", path="posts/renamed.yaml"),)
    report = scene.publish()
    assert report is not None
    assert (str(report.posts[0].planned.verdict), texts(scene)) == ("moved", [])


class Dying:
    """Every publish call is answered 500, and afterwards its container is dead."""

    def __init__(self, inner: Transport, word: str) -> None:
        self.inner, self.word = inner, word
        self.dead: set[str] = set()

    def send(self, request: Request) -> Response:
        if request.path.endswith("/threads_publish"):
            self.dead.add(dict(request.params)["creation_id"])
            if len(self.dead) == 20:  # there is no end of it
                raise Killed
            return Response(500, b'{"error": {"message": "x", "code": 2, "type": "OAuthException"}}')
        if request.method == "GET" and (container := request.path.strip("/").split("/")[-1]) in self.dead:
            return Response(200, json.dumps({"id": container, "status": self.word}).encode())
        return self.inner.send(request)


@pytest.mark.parametrize("word", ["ERROR", "EXPIRED"])
def test_a_post_whose_every_container_dies_at_its_publish_call_ends_the_run_after_three(word: str) -> None:
    scene = Scene((text("a"),))
    dying = Dying(scene.transport(), word)
    report = scene.publish(dying)
    assert report is not None
    (result,) = report.posts
    assert result.problem is not None
    assert (result.outcome, result.problem.code, report.exit_code) == ("held", "E706", 5)
    assert result.problem.message == "a: Threads took none of 3 containers"
    assert len(dying.dead) == 3
    assert scene.memory.state().posts["a"].phase is Phase.PLANNED
    scene.clock.sleep(3600)
    report = scene.publish()
    assert (report and report.exit_code, len(scene.live())) == (0, 1)
