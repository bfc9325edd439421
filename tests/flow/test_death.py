"""The real command, killed for real (SIGKILL) before and after every API call that changes something."""

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.sandbox.serve import Sandbox
from tests.flow.places import Executioner, Place


def a_picture(place: Place) -> list[str]:
    place.draw("cat.jpg")
    place.write("a.yaml", "text: One picture\nmedia:\n  - {file: cat.jpg, alt: A red corner on grey}\n")
    return ["One picture"]


def a_carousel(place: Place) -> list[str]:
    place.draw("a.jpg")
    place.draw("b.png", "PNG")
    place.draw("c.jpg", quality=40)
    items = "".join(f"  - {{file: {name}, alt: A red corner on grey}}\n" for name in ("a.jpg", "b.png", "c.jpg"))
    place.write("a.yaml", f"text: Three pictures\nmedia:\n{items}")
    return ["Three pictures"]


def a_chain(place: Place) -> list[str]:
    place.write("a.yaml", "text: First\nthread:\n  - text: Second\n  - text: Third\n")
    return ["First", "Second", "Third"]


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("make", [a_picture, a_carousel, a_chain])
def test_killed_at_every_call_nothing_is_posted_twice_or_lost(
    tmp_path: Path, make: Callable[[Place], list[str]], after: bool
) -> None:
    runs = deaths = 0
    at = 1
    while True:
        with Sandbox() as sandbox:
            place = Place.make(tmp_path / f"{at}", sandbox)
            wanted = make(place)
            assert place.run("state", "init").returncode == 0
            executioner = Executioner(sandbox)
            victim = place.start("publish", "--yes")
            executioner.aim(victim, at, after=after)
            victim.communicate(timeout=60)
            if executioner.calls < at:
                break
            runs, deaths = runs + 1, deaths + (victim.returncode == -9)
            executioner.victim = None
            ended = place.run("publish", "--yes")
            assert ended.returncode == 0, ended.stderr
            live, ids = place.live(), place.recorded("a")
            assert [post["text"] for post in live] == wanted, f"killed at call {at}"
            assert ids == [post["id"] for post in live], "every part is recorded under its own id"
            assert [post["reply_to_id"] for post in live[1:]] == ids[:-1]
            posts = sum(entry["method"] == "POST" for entry in sandbox.faulty.log)
            assert place.run("publish", "--yes").returncode == 0
            assert sum(entry["method"] == "POST" for entry in sandbox.faulty.log) == posts, "one more run, no POST"
        at += 1
    print(
        f"{make.__name__}, killed {'after' if after else 'before'}: {runs} runs, {deaths} deaths, 0 duplicates, 0 lost"
    )
    assert runs == deaths > 0
