"""What a person does on the first day: five kinds of posts, validate, plan, publish, status, and again."""

from pathlib import Path

import pytest

from tests.flow.desk import Desk, jpeg, png


@pytest.fixture
def written(desk: Desk) -> Desk:
    """A text, a picture, a carousel of PNG and JPEG, a chain of three with a picture in the middle, a quote."""
    desk.begin()
    desk.write("posts/one.png", png(10))
    desk.write("posts/two.jpg", jpeg(20))
    desk.write("posts/three.png", png(30))
    desk.post("01-text", "text: Hello from git\n")
    desk.post("02-picture", "text: A picture\nmedia:\n  - {file: one.png, alt: A dark grey square}\n")
    desk.post(
        "03-carousel",
        "text: Two of them\nmedia:\n"
        "  - {file: one.png, alt: A dark grey square}\n  - {file: two.jpg, alt: A blue square}\n",
    )
    desk.post(
        "04-chain",
        "text: One\nthread:\n  - text: Two\n    media: [{file: three.png, alt: A lighter square}]\n  - text: Three\n",
    )
    desk.post("05-quote", "text: As we said\nquote: 01-text.yaml\n")
    return desk


def test_all_of_it_goes_live_once_in_order_and_reads_back_as_written(written: Desk) -> None:
    assert written("validate").code == 0
    plan = written("plan", "--format", "json").document
    assert plan["summary"] == {"create": 5}
    assert plan["quota"]["posts"]["planned"] == 5
    assert plan["quota"]["replies"]["planned"] == 2
    called = written.publish()
    assert called.code == 0, called.err
    words = ["Hello from git", "A picture", "Two of them", "One", "As we said", "Two", "Three"]
    assert sorted(filter(None, written.texts())) == sorted(words)
    by_text = {item["text"]: item for item in written.live()}
    assert by_text["A picture"]["alt_text"] == "A dark grey square"
    assert by_text["Two of them"]["media_type"] == "CAROUSEL_ALBUM"
    assert by_text["As we said"]["quoted_post"]["id"] == by_text["Hello from git"]["id"]
    assert by_text["Two"]["reply_to_id"] == by_text["One"]["id"]
    assert by_text["Three"]["reply_to_id"] == by_text["Two"]["id"]
    results = {post["id"]: post for post in called.document["posts"]}
    assert {post["outcome"] for post in results.values()} == {"published"}
    assert results["04-chain"]["media_ids"] == [by_text[text]["id"] for text in ("One", "Two", "Three")]
    assert results["01-text"]["permalinks"] == [by_text["Hello from git"]["permalink"]]


def test_a_second_time_nothing_is_called_that_changes_anything(written: Desk) -> None:
    assert written.publish().code == 0
    before = written.writes()
    called = written.publish()
    assert called.code == 0
    assert {post["outcome"] for post in called.document["posts"]} == {"unchanged"}
    assert written.writes() == before


def test_status_says_where_each_post_is(written: Desk) -> None:
    written.publish()
    document = written("status", "--format", "json").document
    links = {item["permalink"] for item in written.live()}
    assert all(post["record"]["parts"][0]["permalink"] in links for post in document["posts"])
    text = written("status").out
    assert all(post["path"] in text for post in document["posts"])


def test_a_plan_digest_carries_out_that_plan_and_no_other(written: Desk) -> None:
    digest = written("plan", "--format", "json").document["digest"]
    written.post("06-late", "text: One more\n")
    refused = written.publish("--plan-digest", digest)
    assert refused.code == 8
    assert written.live() == []
    (written.folder / "posts" / "06-late.yaml").unlink()
    assert written.publish("--plan-digest", digest).code == 0


def test_a_dry_run_shows_the_plan_and_sends_nothing(written: Desk) -> None:
    called = written("publish", "--dry-run", "--format", "json")
    assert called.code == 0
    assert called.document["summary"] == {"create": 5}
    assert written.writes() == 0


def test_only_what_was_named_is_sent(written: Desk) -> None:
    assert written.publish("posts/01-text.yaml").code == 0
    assert written.texts() == ["Hello from git"]


def test_pending_changes_are_exit_10_when_asked_for(written: Desk) -> None:
    assert written("plan").code == 0
    assert written("plan", "--detailed-exitcode").code == 10
    written.publish()
    assert written("plan", "--detailed-exitcode").code == 0


def test_a_plan_needs_neither_token_nor_network(written: Desk, tmp_path: Path) -> None:
    called = written("plan", "--format", "json", THREADS_ACCESS_TOKEN="", THREADS_API_BASE_URL="")
    assert called.code == 0
    called = written("plan", "--offline", "--format", "json")
    assert called.code == 0
    assert called.document["quota"] is None


def test_an_exported_state_stands_in_for_the_real_one(written: Desk) -> None:
    written.publish()
    exported = written("state", "export").out
    written.write("state.json", exported)
    (written.folder / "publisher-state.json").unlink()
    plan = written("plan", "--state", "state.json", "--format", "json").document
    assert plan["summary"] == {"unchanged": 5}


def test_a_baseline_marks_what_is_there_as_not_to_be_published(desk: Desk) -> None:
    desk.write("publisher.yaml", "version: 1\naccount: acme\n")
    desk.post("old", "text: Posted by hand long ago\n")
    assert desk("state", "init", "--baseline").code == 0
    assert desk.publish().code == 0
    assert desk.live() == []


def test_the_embedded_sandbox_needs_no_setting_at_all(tmp_path: Path) -> None:
    from tests.cli.calling import repository

    call = repository(tmp_path, "version: 1\naccount: acme\npublishing: {poll: 20ms}\n", hello="text: Hello\n")
    first = call("publish", "--sandbox", "--format", "json")
    assert (first.code, first.document["posts"][0]["outcome"]) == (0, "published"), first.err
    again = call("publish", "--sandbox", "--format", "json")
    assert (again.code, again.document["posts"][0]["outcome"]) == (0, "unchanged")
    assert call("status", "--sandbox").out.count("live") == 1
    assert not (tmp_path / "publisher-state.json").exists()


def test_a_baseline_leaves_out_no_file_that_cannot_be_read(desk: Desk) -> None:
    """Mended later, it would go out."""
    desk.write("publisher.yaml", "version: 1\naccount: acme\n")
    desk.post("old", "text: Was there\n")
    desk.post("bad", "txt: Was there too\n")
    called = desk("state", "init", "--baseline")
    assert (called.code, "bad.yaml" in called.err) == (3, True)
    desk.post("bad", "text: Was there too\n")
    assert desk("state", "init", "--baseline").code == 0
    assert desk.publish().code == 0
    assert desk.texts() == []
