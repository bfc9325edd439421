"""`publisher plan` for scripts: what stands on stdout is one document, whatever becomes of the plan."""

from pathlib import Path

import pytest

from tests.cli.calling import CONFIG, Caller


@pytest.fixture
def call(tmp_path: Path) -> Caller:
    """A sound post beside one with a slip."""
    (tmp_path / "publisher.yaml").write_text(CONFIG)
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "sound.yaml").write_text("text: Hello\n")
    (tmp_path / "posts" / "slip.yaml").write_text("text: Hello too\ntopik: News\n")
    return Caller(tmp_path)


def test_a_post_with_an_error_makes_one_json_document_that_says_so(call: Caller) -> None:
    called = call("plan", "--offline", "--format", "json")
    assert called.code == 3
    assert called.document["exit_code"] == 3
    assert called.document["error"]["code"] == "E200"
    assert "posts/slip.yaml:2:1" in called.err


def test_people_are_shown_the_plan_of_the_others_too(call: Caller) -> None:
    called = call("plan", "--offline")
    assert called.code == 3
    assert "posts/sound.yaml" in called.out
    assert "posts/slip.yaml:2:1" in called.err


def test_an_error_in_a_post_that_is_live_is_told_once_and_the_plan_stands(call: Caller) -> None:
    (call.folder / "posts" / "slip.yaml").write_text("text: Hello too\n")
    assert call("publish", "--sandbox").code == 0
    (call.folder / "posts" / "slip.yaml").write_text("text: Hello too\ntopik: News\n")
    called = call("plan", "--sandbox", "--format", "json")
    assert called.code == 0
    assert len(called.document["posts"]) == 2
    assert called.err.count("posts/slip.yaml:2:1") == 1
