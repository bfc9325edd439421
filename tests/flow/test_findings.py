"""Twelve broken posts beside a sound one: all of it told in one run, each at its place, and nothing sent."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.sandbox.serve import Sandbox
from tests.flow.places import Place

OUTSIDE = "a line of a file outside the repository"


@dataclass(frozen=True)
class Broken:
    """A post file and its one mistake."""

    text: str
    line: int
    column: int
    code: str


TWELVE = {
    "above": Broken("text: a\nmedia:\n  - file: ../../outside.jpg\n    alt: What is above\n", 3, 11, "E300"),
    "api-word": Broken("text: one\ntopic_tag: news\n", 2, 1, "E203"),
    "behind": Broken("text: a\nmedia:\n  - {file: link.jpg, alt: What is behind}\n", 3, 12, "E301"),
    "chain": Broken("text: One\nthread:\n  - text: Two\n  - text: Three\n    reply_control: nobody\n", 5, 20, "E204"),
    "colon": Broken("text: Release notes: faster\n", 1, 20, "E100"),
    "gone": Broken("text: a\nmedia:\n  - {file: gone.jpg, alt: A lost picture}\n", 3, 12, "E301"),
    "hour": Broken("text: a\ntimezone: Europe/Berlin\npublish_at: 2026-03-29 02:30\n", 3, 13, "E220"),
    "long": Broken(f"note: for reviewers\ntext: {'a' * 501}\n", 2, 7, "E210"),
    "no-alt": Broken("text: a\nmedia:\n  - file: cat.jpg\n", 3, 5, "E305"),
    "nowhere": Broken("text: a\nquote: nowhere.yaml\n", 2, 8, "E235"),
    "twice": Broken("text: one\ntext: two\n", 2, 1, "E105"),
    "unknown": Broken("text: one\ntxt: x\n", 2, 1, "E203"),
}


@pytest.fixture
def place(tmp_path: Path, running: Sandbox) -> Place:
    """Twelve broken posts and a sound one, never published; a link to a picture outside, and that picture."""
    running.reset()
    place = Place.make(tmp_path / "acme", running)
    place.draw("cat.jpg")
    for name, broken in TWELVE.items():
        place.write(f"{name}.yaml", broken.text)
    place.write("sound.yaml", "text: Nothing is wrong with me\n")
    (tmp_path / "outside.jpg").write_text(OUTSIDE)
    (place.root / "posts" / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    assert place.run("state", "init").returncode == 0
    return place


def test_each_of_twelve_mistakes_is_told_at_its_place_with_reason_and_fix_in_one_run(place: Place) -> None:
    validated = place.run("validate", "--format", "json")
    assert validated.returncode == 3
    document = json.loads(validated.stdout)
    found = [(f["path"], f["line"], f["column"], f["code"]) for f in document["findings"] if f["severity"] == "error"]
    assert found == [(f"posts/{name}.yaml", told.line, told.column, told.code) for name, told in TWELVE.items()]
    assert document["posts"] == 13
    assert all(finding["message"] and finding["why"] and finding["fix"] for finding in document["findings"])


def test_publish_says_the_same_twelve_and_sends_nothing_not_even_the_sound_one(place: Place) -> None:
    before = (place.root / "publisher-state.json").read_bytes()
    published = place.run("publish", "--yes")
    assert published.returncode == 3
    for name, told in TWELVE.items():
        assert f"posts/{name}.yaml:{told.line}:{told.column}" in published.stderr
        assert told.code in published.stderr
    assert {call["method"] for call in place.sandbox.faulty.log} <= {"GET"}, "whose account it is may be asked"
    assert place.sandbox.world.data.containers == {}
    assert (place.root / "publisher-state.json").read_bytes() == before


def test_nothing_of_a_file_outside_the_repository_is_shown(place: Place) -> None:
    for format_ in ("text", "json", "github", "sarif", "junit"):
        validated = place.run("validate", "--format", format_)
        assert validated.returncode == 3
        assert OUTSIDE not in validated.stdout + validated.stderr


def test_a_mistake_in_a_post_that_is_live_is_only_a_warning(tmp_path: Path, running: Sandbox) -> None:
    running.reset()
    place = Place.make(tmp_path / "acme", running)
    place.write("old.yaml", "text: Live already\n")
    assert place.run("state", "init").returncode == 0
    assert place.run("publish", "--yes").returncode == 0
    place.write("old.yaml", TWELVE["unknown"].text)
    place.write("new.yaml", "text: The next one\n")
    planned = place.run("plan", "--detailed-exitcode")
    assert planned.returncode == 10, "a plan refuses no more than publishing does"
    published = place.run("publish", "--yes")
    assert published.returncode == 0, published.stderr
    assert "posts/old.yaml:2:1" in published.stderr
    assert "posts/old.yaml:2:1" in planned.stderr
    assert [item["text"] for item in place.live()] == ["Live already", "The next one"]
