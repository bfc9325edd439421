"""Taking down with the real command: two keys, one cap, a tombstone, and new words under an old id."""

from tests.flow.desk import Desk, png


def published(desk: Desk) -> None:
    desk.begin()
    desk.post("launch", "text: Acme 2.0 is out\n")
    desk.post("stays", "text: Hello\n")
    assert desk.publish().code == 0
    desk.control("clock", {"advance": "1h"})


def test_a_post_is_deleted_with_both_keys_and_never_comes_back(desk: Desk) -> None:
    published(desk)
    assert desk("delete", "launch", "--confirm", "launch").code == 8
    (desk.folder / "posts/launch.yaml").unlink()
    refused = desk("delete", "launch")
    assert refused.code == 8
    assert "publisher delete launch --confirm launch" in refused.err
    assert len(desk.live()) == 2
    called = desk("delete", "launch", "--confirm", "launch", "--format", "json")
    assert called.code == 0
    (post,) = called.document["posts"]
    assert (post["verdict"], post["outcome"]) == ("delete", "deleted")
    assert [action["type"] for action in post["actions"]] == ["delete_post"]
    assert desk.texts() == ["Hello"]
    desk.post("launch", "text: Acme 2.0 is out\n")
    assert desk.publish().code == 0
    assert desk.texts() == ["Hello"]
    assert desk("state", "show", "launch", "--format", "json").document["phase"] == "deleted"


def test_more_deletions_than_the_cap_are_refused_with_the_command_that_allows_them(desk: Desk) -> None:
    published(desk)
    (desk.folder / "posts/launch.yaml").unlink()
    words = ("delete", "launch", "--confirm", "launch")
    refused = desk(*words, PUBLISHER_RULES_MAX_DELETES_PER_RUN="0")
    assert refused.code == 8
    assert "publisher delete launch --allow-deletes 1" in refused.err
    assert len(desk.live()) == 2
    assert desk(*words, "--allow-deletes", "1", PUBLISHER_RULES_MAX_DELETES_PER_RUN="0").code == 0
    assert desk.texts() == ["Hello"]


def test_a_changed_post_is_replaced_once_under_its_id(desk: Desk) -> None:
    published(desk)
    assert desk("replace", "launch", "--confirm", "launch").code == 8
    desk.post("launch", "text: Acme 2.1 is out\n")
    called = desk("replace", "launch", "--confirm", "launch", "--format", "json")
    assert called.code == 0
    assert called.document["posts"][0]["outcome"] == "published"
    assert desk.publish().code == 0
    assert desk.texts() == ["Hello", "Acme 2.1 is out"]


def test_nothing_is_taken_down_for_a_picture_that_has_no_bucket(desk: Desk) -> None:
    published(desk)
    desk.write("posts/dawn.png", png(1))
    desk.post("launch", "text: Acme 2.1 is out\nmedia: [{file: dawn.png, alt: Dawn}]\n")
    unset = {name: "" for name in desk.environ if name.startswith("PUBLISHER_MEDIA")}
    refused = desk("replace", "launch", "--confirm", "launch", **unset)
    assert refused.code == 8
    assert "E504" in refused.err + refused.out
    assert desk.texts() == ["Acme 2.0 is out", "Hello"]
    assert desk("replace", "launch", "--confirm", "launch").code == 0
    assert desk.texts() == ["Hello", "Acme 2.1 is out"]


def test_nothing_is_taken_down_for_words_that_are_live_already_and_on_no_record(desk: Desk) -> None:
    published(desk)
    (media_id,) = [item["id"] for item in desk.live() if item["text"] == "Hello"]
    assert desk("state", "rm", "stays", "--yes").code == 0
    (desk.folder / "posts/stays.yaml").unlink()
    desk.post("launch", "text: Hello\n")
    refused = desk("replace", "launch", "--confirm", "launch", "--format", "json")
    assert refused.code == 4
    assert refused.document["posts"][0]["error"]["code"] == "E707"
    assert media_id in refused.document["posts"][0]["error"]["fix"]
    assert desk.texts() == ["Acme 2.0 is out", "Hello"]


def test_nothing_is_taken_down_for_words_that_could_not_go_out(desk: Desk) -> None:
    published(desk)
    desk.post("launch", "text: Acme 2.1 is out\ndraft: true\n")
    refused = desk("replace", "launch", "--confirm", "launch")
    assert refused.code == 8
    assert "draft" in refused.err
    assert desk.texts() == ["Acme 2.0 is out", "Hello"]
