"""A mapping with changes on top says just what a copy with the changes in it would say."""

import random

import pytest

from publisher.planning import overlay as module
from publisher.planning.overlay import overlay


@pytest.mark.parametrize("many", [0, 3, 1000])
@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_changed_it_is_what_a_copy_would_be(seed: int, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", many)
    dice = random.Random(seed)
    plain = {f"post-{number}": number for number in range(20)}
    laid = overlay(plain)
    for step in range(30):
        names = dice.sample(range(30), dice.randrange(4))
        changes = {f"post-{name}": dice.choice([None, 100 + step]) for name in names}
        before = (laid, dict(laid))
        laid = laid.amended(changes)
        plain = {key: value for key, value in {**plain, **changes}.items() if value is not None}
        assert list(laid.items()) == list(plain.items()), f"seed {seed}, step {step}"
        assert (list(laid), len(laid), list(laid.values())) == (list(plain), len(plain), list(plain.values()))
        assert all((key in laid, laid.get(key)) == (key in plain, plain.get(key)) for key in (*before[1], "none"))
        assert dict(before[0]) == before[1], "the mapping it was made from stays as it was"


def test_the_other_form_of_an_entry_is_kept_where_it_was_not_changed() -> None:
    first = overlay({"one": "1", "two": "2"})
    second = first.amended({"one": "3"})
    second.keep("one", 1)
    second.keep("two", 2)
    assert (dict(first), dict(second)) == ({"one": "1", "two": 2}, {"one": "3", "two": 2})


def test_an_overlay_is_taken_as_it_is() -> None:
    laid = overlay({"one": 1})
    assert overlay(laid) is laid
    assert laid.amended({}) == {"one": 1}
