"""Every parameter that chooses a part of a list does so, by the client on the sandbox's world: `lists` names them."""

from datetime import datetime

import pytest

from tests.threads_api.coverage.table import reference
from tests.threads_api.lists import CURSORS, LISTS, TIMES, Listed, Scene

_WORDS = ("one", "two", "three")
_WITH = {
    name: [endpoint for endpoint, listed in LISTS.items() if name in listed.chosen_by]
    for name in ("after", "since", "reverse")
}


def filled(listed: Listed) -> tuple[Scene, list[datetime]]:
    """Three items an hour apart, and for each a time between it and the one before."""
    scene, times = Scene(), []
    for words in _WORDS:
        scene.desk.later(minutes=30)
        times.append(scene.desk.caller.now)
        scene.desk.later(minutes=30)
        listed.fill(scene, words)
    return scene, times


def words(listed: Listed, scene: Scene, **options: object) -> list[str]:
    """The first word of each item of a page that is one of the three."""
    texts = [(item.text or "").split(" ")[0] for item in listed.read(scene)(fields="id,text", **options)]
    return [text for text in texts if text in _WORDS]


@pytest.mark.parametrize("endpoint", _WITH["after"])
def test_a_page_leads_to_the_next_and_that_one_back(endpoint: str) -> None:
    listed = LISTS[endpoint]
    scene, _ = filled(listed)
    read = listed.read(scene)
    first = read(limit=2)
    second = read(limit=2, after=first.after)
    back = read(limit=2, before=second.before)
    assert len(first) == 2
    assert [item.id for item in back] == [item.id for item in first]
    assert {item.id for item in first}.isdisjoint(item.id for item in second)
    assert len(second) > 0


@pytest.mark.parametrize("endpoint", _WITH["since"])
def test_a_list_begins_and_ends_when_it_is_told_to(endpoint: str) -> None:
    listed = LISTS[endpoint]
    scene, (_, second, third) = filled(listed)
    assert sorted(words(listed, scene)) == ["one", "three", "two"]
    assert sorted(words(listed, scene, since=second)) == ["three", "two"]
    assert words(listed, scene, until=second) == ["one"]
    assert words(listed, scene, since=second, until=third) == ["two"]


@pytest.mark.parametrize("endpoint", _WITH["reverse"])
def test_a_list_of_replies_is_turned_around(endpoint: str) -> None:
    listed = LISTS[endpoint]
    scene, _ = filled(listed)
    assert words(listed, scene, reverse=True) == ["three", "two", "one"]
    assert words(listed, scene, reverse=False) == ["one", "two", "three"]


def test_all_that_meta_documents_to_choose_a_part_of_a_list_is_shown_here() -> None:
    choosing = CURSORS | TIMES | {"reverse"}
    for endpoint, parameters in reference().items():
        listed = LISTS.get(endpoint)
        known = parameters & choosing
        if listed is not None or known >= CURSORS:
            assert known == (listed.chosen_by if listed is not None else frozenset()), endpoint
    assert LISTS.keys() <= reference().keys()
