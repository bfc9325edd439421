"""A permalink is looked for where it may show: the state, the account's own posts, its author's profile."""

from dataclasses import replace

import pytest

from publisher.content.post import Reference
from publisher.planning.state import State
from publisher.publishing.references import author, look_up, shortcode
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.messages import Request
from tests.publishing.harness import WORKLOADS, Scene, text


def sought(scene: Scene, permalink: str, state: State | None = None) -> str | None:
    post = text("q", "Look at this", quote=Reference("permalink", permalink))
    client = ThreadsClient(scene.transport())
    return look_up((post,), state or State("l", "acme", scene.endpoint), client, "acme")[permalink]


def published() -> Scene:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    return scene


def test_a_post_on_record_is_found_without_a_call() -> None:
    scene = published()
    part = scene.memory.state().posts["a"].parts[0]
    calls = len(scene.faulty.log)
    assert part.permalink is not None
    assert sought(scene, part.permalink, scene.memory.state()) == part.media_id
    assert len(scene.faulty.log) == calls


def test_another_post_on_record_is_not_it() -> None:
    scene = Scene(WORKLOADS["mix"])
    scene.publish()
    state = scene.memory.state()
    unlike = replace(state.posts["a"].parts[0], permalink=None)
    state = state.with_post("a", replace(state.posts["a"], parts=(unlike,)))
    last = state.posts["d"].parts[0]
    assert last.permalink is not None
    assert sought(scene, last.permalink, state) == last.media_id


def test_an_own_post_that_no_record_knows_is_found_in_the_list() -> None:
    scene = published()
    part = scene.memory.state().posts["a"].parts[0]
    assert part.permalink is not None
    assert sought(scene, part.permalink) == part.media_id


def test_somebody_elses_post_is_found_in_their_profile() -> None:
    scene = Scene(WORKLOADS["text"])
    other = scene.world.add_account("meta", "THOTHER0123456789")
    words = {"media_type": "TEXT", "text": "from meta"}
    made = scene.world.answer(Request("POST", "/me/threads", words), other.token).json()["id"]
    scene.world.answer(Request("POST", "/me/threads_publish", {"creation_id": made}), other.token)
    (live,) = scene.world.published()
    permalink = scene.world.answer(Request("GET", f"/{live.id}", {"fields": "permalink"}), other.token).json()
    assert sought(scene, permalink["permalink"]) == live.id


@pytest.mark.parametrize(
    "permalink",
    [
        "https://www.threads.com/@acme/post/DXbVXtqE2sj",
        "https://www.threads.com/@nobody/post/DXbVXtqE2sj",
        "https://example.org/elsewhere",
    ],
)
def test_what_is_nowhere_is_not_found(permalink: str) -> None:
    assert sought(published(), permalink) is None


def test_the_search_in_a_list_ends_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.publishing.references._FAR_ENOUGH", 1)
    scene = Scene(WORKLOADS["mix"])
    scene.publish()
    oldest = scene.memory.state().posts["a"].parts[0]
    assert oldest.permalink is not None
    assert sought(scene, oldest.permalink) is None


@pytest.mark.parametrize(
    ("permalink", "code", "name"),
    [
        ("https://www.threads.com/@acme/post/DXbVXtqE2sj", "DXbVXtqE2sj", "acme"),
        ("https://threads.net/t/DXbVXtqE2sj", "DXbVXtqE2sj", None),
        ("http://127.0.0.1:8000/@acme/post/Abc_-1", "Abc_-1", "acme"),
        ("https://www.threads.com/@acme", None, None),
    ],
)
def test_hosts_differ_and_shortcodes_do_not(permalink: str, code: str | None, name: str | None) -> None:
    assert (shortcode(permalink), author(permalink)) == (code, name)
