"""In which order files are asked what they said, and which moves leave no word behind."""

from publisher.planning.matching import accounted, targets_first
from tests.planning.samples import post, quote_of


def test_what_is_pointed_at_is_asked_first() -> None:
    named = {"c": "b", "b": "a", "d": "gone"}
    posts = [*(post(name, quote=quote_of(target)) for name, target in named.items()), post("a")]
    assert [[item.id for item in asked] for asked in targets_first(posts)] == [["d", "a"], ["b"], ["c"]]


def test_a_ring_is_asked_at_once_with_all_that_wait_for_it() -> None:
    ring = [post("a", quote=quote_of("b")), post("b", quote=quote_of("a")), post("c", quote=quote_of("a"))]
    assert [[item.id for item in asked] for asked in targets_first(ring)] == [["a", "b", "c"]]


def test_a_name_that_cannot_go_holds_all_that_wait_for_it() -> None:
    shifted = {"b": "a", "c": "b", "d": "c"}  # file -> what it was
    assert accounted(shifted, {"b", "c", "d"}, {"b", "c"}) == shifted
    assert accounted(shifted, {"a", "b", "c", "d"}, {"b", "c"}) == {}
    assert accounted({"d": "c"}, {"c", "d"}, {"c"}) == {}
    assert accounted({"b": "a"}, {"b"}, {"b"}) == {}
    assert accounted({"b": "a", "a": "b", "y": "x"}, {"a", "b", "y"}, {"a", "b"}) == {"b": "a", "a": "b", "y": "x"}
