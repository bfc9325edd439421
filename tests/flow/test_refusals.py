"""What is refused, with its code and the way out; and that nothing was sent."""

import json
import os

import pytest

from tests.flow.desk import CONFIG, Desk, png


def test_a_missing_state_is_never_an_empty_one(desk: Desk) -> None:
    desk.write("publisher.yaml", CONFIG)
    desk.post("a", "text: Hello\n")
    called = desk.publish()
    assert called.code == 8
    assert "publisher state init" in called.err
    assert called.document["error"]["code"] == "E400"
    assert desk.live() == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"serial": ', '"serial": 1'),
        lambda text: json.dumps({**json.loads(text), "account": "other"}),
        lambda _: "",
        lambda _: "[]",
    ],
    ids=["cut off", "edited", "another account", "empty", "no state"],
)
def test_a_state_that_is_not_whole_stops_everything_and_is_left_alone(desk: Desk, damage: object) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    file = desk.folder / "publisher-state.json"
    file.write_text(damage(file.read_text()))  # type: ignore[operator]
    before = file.read_bytes()
    called = desk.publish()
    assert called.code == 8
    assert called.document["error"]["fix"]
    assert file.read_bytes() == before
    assert desk.live() == []


def test_a_file_keeps_no_state_in_ci_unless_the_disk_stays(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    called = desk.publish(CI="true")
    assert called.code == 8
    assert "branch" in called.err
    assert desk.publish("--allow-file-state", CI="true").code == 0


def test_more_new_posts_than_usual_are_refused_until_they_are_meant(desk: Desk) -> None:
    desk.begin(CONFIG + "rules: {max_new_per_run: 2}\n")
    for number in range(3):
        desk.post(f"p{number}", f"text: Number {number}\n")
    called = desk.publish()
    assert called.code == 8
    assert "--allow-new 3" in called.err
    assert desk.live() == []
    assert desk.publish("--allow-new", "3").code == 0
    assert len(desk.live()) == 3


def test_the_pause_stops_everything(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    assert desk.publish(PUBLISHER_PAUSE="1").code == 8
    assert desk.live() == []


def test_an_error_in_a_post_still_to_be_sent_stops_all_of_them(desk: Desk) -> None:
    desk.begin()
    desk.post("good", "text: Hello\n")
    desk.post("bad", "txt: Hello\n")
    called = desk.publish()
    assert called.code == 3
    assert "posts/bad.yaml:1:1" in called.err
    assert desk.live() == []


def test_an_error_in_a_post_that_is_live_stops_nothing(desk: Desk) -> None:
    desk.begin()
    desk.post("old", "text: Hello\n")
    desk.publish()
    desk.post("old", "txt: Hello\n")
    desk.post("new", "text: Another\n")
    assert desk.publish().code == 0
    assert desk.texts() == ["Hello", "Another"]


def test_another_accounts_token_is_refused(desk: Desk) -> None:
    desk.begin(CONFIG.replace("account: acme", 'account: acme\nuser_id: "1"'))
    desk.post("a", "text: Hello\n")
    called = desk.publish()
    assert called.code == 6
    assert called.document["error"]["code"] == "E603"


def test_without_a_token_the_variable_is_named(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    called = desk.publish(THREADS_ACCESS_TOKEN="")
    assert called.code == 6
    assert "THREADS_ACCESS_TOKEN" in called.err


def test_a_token_may_come_from_a_file(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    desk.write("token", desk.sandbox.access_token + "\n")
    called = desk.publish(THREADS_ACCESS_TOKEN="", THREADS_ACCESS_TOKEN_FILE=str(desk.folder / "token"))
    assert called.code == 0


def test_a_picture_without_a_bucket_says_what_is_missing(desk: Desk) -> None:
    desk.begin()
    desk.write("posts/one.png", png(1))
    desk.post("a", "text: A picture\nmedia: [{file: one.png, alt: A dark square}]\n")
    unset = {name: "" for name in desk.environ if name.startswith("PUBLISHER_MEDIA")}
    called = desk.publish(**unset)
    assert called.code == 8
    assert "E504" in called.err


def test_now_is_not_for_publishing_to_threads(desk: Desk) -> None:
    desk.begin()
    assert desk.publish("--now", "2026-12-01").code == 2


def test_a_link_out_of_the_repository_and_a_path_upwards_are_refused(desk: Desk) -> None:
    desk.begin()
    outside = desk.folder.parent / "secret.png"
    outside.write_bytes(png(1))
    os.symlink(outside, desk.folder / "posts-link.png")
    (desk.folder / "posts").mkdir()
    os.symlink(outside, desk.folder / "posts" / "link.png")
    desk.post("link", "text: A\nmedia: [{file: link.png, alt: A square of grey}]\n")
    desk.post("up", "text: B\nmedia: [{file: ../../secret.png, alt: A square of grey}]\n")
    called = desk("validate", "--format", "json")
    assert called.code == 3
    assert {finding["path"] for finding in called.document["findings"]} == {"posts/link.yaml", "posts/up.yaml"}


def test_an_address_that_would_show_the_token_is_refused(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    (desk.folder / "publisher-state.json").unlink()
    evil = {"THREADS_API_BASE_URL": "http://threads.example"}
    called = desk.publish(**evil)
    assert called.code == 3
    assert called.document["error"]["code"] == "E508"


def test_a_threads_that_is_not_there_is_exit_5_and_said_in_a_sentence(desk: Desk) -> None:
    desk.write("publisher.yaml", CONFIG)
    desk.post("a", "text: Hello\n")
    away = {"THREADS_API_BASE_URL": "http://127.0.0.1:9"}
    assert desk("state", "init", **away).code == 0
    called = desk.publish(**away)
    assert called.code == 5
    assert "cannot be reached" in called.err
    assert "Traceback" not in called.err


def test_a_live_post_whose_file_is_broken_is_still_shown_and_not_taken_for_removed(desk: Desk) -> None:
    desk.begin()
    desk.post("old", "text: Hello\n")
    desk.publish()
    desk.post("old", "txt: Hello\n")
    (post,) = desk("status", "--format", "json").document["posts"]
    assert (post["id"], post["verdict"]) == ("old", "unchanged")
    assert "its file is not valid" in desk("status").out
    refused = desk("delete", "old", "--confirm", "old")
    assert refused.code == 8
    assert "E444" in refused.err
    assert desk.texts() == ["Hello"]


def test_the_same_words_under_another_name_are_held_for_a_person_unless_the_file_says_so(desk: Desk) -> None:
    desk.begin()
    desk.post("hello", "text: Hello\n")
    desk.publish()
    desk.post("copy", "text: Hello\n")
    called = desk.publish()
    outcomes = {post["id"]: post["outcome"] for post in called.document["posts"]}
    assert (called.code, outcomes) == (4, {"hello": "unchanged", "copy": "held"})
    assert "allow_repeat: true" in called.out
    desk.post("copy", "text: Hello\nallow_repeat: true\n")
    assert desk.publish().code == 0
    assert desk.texts() == ["Hello", "Hello"]
