"""What a person does when an outcome is not known: the command that the message names settles it."""

import re

from tests.flow.desk import CONFIG, Desk

PARK = CONFIG.replace("publishing: {", "publishing: {on_ambiguous: park, ")


def stuck(desk: Desk, fault: str) -> str:
    """A run that ends with an unknown outcome; gives back what it said."""
    desk.begin(PARK)
    desk.post("launch", "text: Acme 2.0 is out\n")
    desk.control("world", {"list_lag": "1h", "forget_after": "0s"})
    desk.control("faults", [{"call": "publish", "fault": fault}])
    called = desk("publish", "--yes")
    assert called.code == 4, called.out + called.err
    return called.out + called.err


def command_in(text: str, option: str) -> list[str]:
    """The command that a message names, as a person would copy it."""
    found = re.search(rf"publisher (reconcile {option} \S+)", text)
    assert found is not None, text
    return found[1].split()


def test_a_post_that_is_live_is_adopted_by_its_id_and_never_sent_again(desk: Desk) -> None:
    said = stuck(desk, "reset_after")
    (live,) = desk.live()
    words = [word.replace("MEDIA_ID", live["id"]) for word in command_in(said, "--adopt")]
    assert desk(*words, "--yes").code == 0
    assert desk.publish().code == 0
    assert [item["id"] for item in desk.live()] == [live["id"]]
    assert desk("state", "show", "launch", "--format", "json").document["parts"][0]["media_id"] == live["id"]


def test_a_post_that_is_not_live_is_forgotten_and_sent_once(desk: Desk) -> None:
    said = stuck(desk, "500")
    assert desk.live() == []
    assert desk(*command_in(said, "--forget"), "--yes").code == 0
    desk.control("world", {"list_lag": "0s", "forget_after": None})
    assert desk.publish().code == 0
    assert desk.texts() == ["Acme 2.0 is out"]


def test_reconcile_alone_says_what_is_open_and_publishes_nothing(desk: Desk) -> None:
    stuck(desk, "500")
    before = desk.writes()
    called = desk("reconcile")
    assert called.code == 4
    assert "publisher reconcile --adopt launch=MEDIA_ID" in called.out
    assert desk.writes() == before
    assert desk("reconcile", "--format", "json").document["open"][0]["id"] == "launch"


def test_a_word_without_a_person_needs_yes(desk: Desk) -> None:
    said = stuck(desk, "500")
    called = desk(*command_in(said, "--forget"))
    assert called.code == 8
    assert "--yes" in called.err


def test_nothing_open_is_said_in_so_many_words(desk: Desk) -> None:
    desk.begin()
    assert desk("reconcile").out == "Nothing is open: ok\n"


def test_a_record_by_which_a_post_may_be_live_is_not_removed_by_hand(desk: Desk) -> None:
    stuck(desk, "reset_after")
    called = desk("state", "rm", "launch", "--yes")
    assert called.code == 8
    assert "E425" in called.err
    assert "publisher reconcile" in called.err
    assert desk("state", "show", "launch").code == 0


def test_what_is_live_is_named_before_its_record_is_removed(desk: Desk) -> None:
    desk.begin()
    desk.post("launch", "text: Acme 2.0 is out\n")
    desk.publish()
    (live,) = desk.live()
    called = desk("state", "rm", "launch")
    assert f"Forget launch? It is live ({live['id']}), and would be posted a second time." in called.err


def test_a_record_that_gets_another_name_is_known_by_it_where_others_point_at_it(desk: Desk) -> None:
    """Renumbered by hand: the post that quotes it is still the one that it was, when it is renamed as well."""
    desk.begin(CONFIG)
    desk.post("1-a", "text: First\n")
    desk.post("2-b", "text: Second\nquote: 1-a\n")
    assert desk.publish().code == 0
    for name in ("1-a", "2-b"):
        (desk.folder / f"posts/{name}.yaml").unlink()
    desk.post("1-a", "text: Before them\n")
    desk.post("2-a", "text: First\n")
    desk.post("2-b", "text: Second\nquote: 2-a\n")
    assert desk.publish().code == 4
    assert desk("state", "mv", "1-a", "2-a").code == 0
    (desk.folder / "posts/2-b.yaml").rename(desk.folder / "posts/3-b.yaml")
    assert desk.publish().code == 0
    assert sorted(desk.texts()) == ["Before them", "First", "Second"]
