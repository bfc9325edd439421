"""What is sealed: how shards grow, and what a head says of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from publisher.planning.records import PostRecord
from publisher.state_backends import shards as module
from publisher.state_backends.shards import NOTHING_SEALED, Contents, Sealed, Shard, leaving, shard_bytes, shard_posts
from tests.state_backends.places import BEGUN, record

ONE, TWO = Shard("2026-11", "1" * 64, 3), Shard("2026-11-2", "2" * 64, 3)


def posts(*names: str) -> dict[str, PostRecord]:
    return {name: record(name) for name in names}


def read(shard: Shard) -> Mapping[str, PostRecord]:
    return {ONE: posts("a", "b", "c"), TWO: posts("d", "e", "f")}[shard]


def never(_: Shard) -> Mapping[str, PostRecord]:
    raise AssertionError("it is of no use to read one that cannot grow")


def grown(sealed: Sealed, moved: dict[str, PostRecord], reading: Any = read) -> tuple[Any, ...]:
    growth = sealed.growing(moved, BEGUN, reading)
    assert (growth.body, growth.sha256) == shard_bytes(BEGUN, growth.posts)
    return growth.before, growth.replaced, growth.posts


def test_the_first_one_holds_what_is_moved() -> None:
    assert grown(NOTHING_SEALED, posts("a"), never) == (NOTHING_SEALED, None, posts("a"))


def test_the_last_one_grows_and_what_is_moved_overrides_it() -> None:
    moved = {"d": record("anew"), "g": record("g")}
    before, replaced, held = grown(Sealed((ONE, TWO), frozenset("e")), moved)
    assert (before, replaced) == (Sealed((ONE,), frozenset("e")), TWO)
    assert held == {**posts("d", "f", "g"), "d": record("anew")}


def test_what_has_gone_with_the_last_copy_of_it_is_not_remembered() -> None:
    for known, dropped in ((("a",), {"b"}), (("a", "e"), {"b", "e"})):
        seen = Contents()
        seen.learn(ONE, ("b", *known))
        growth = Sealed((ONE, TWO), frozenset("be")).growing(posts("g"), BEGUN, read)
        assert growth.after(growth.named("2026-11-3"), seen).dropped == dropped


def test_one_that_is_full_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_SHARD", 4)
    assert grown(Sealed((ONE,)), posts("d"))[:2] == (NOTHING_SEALED, ONE)
    assert grown(Sealed((ONE,)), posts("d", "e"), never) == (Sealed((ONE,)), None, posts("d", "e"))


def test_one_that_is_full_by_its_bytes_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_BYTES", len(shard_bytes(BEGUN, posts("a", "b", "c"))[0]) + 10)
    assert grown(Sealed((ONE,)), posts("d")) == (Sealed((ONE,)), None, posts("d"))


def test_nothing_leaves_where_most_of_it_has_to_stay() -> None:
    held = posts(*"abcdef")
    assert not leaving(held, "bcdef", goal=3, weight=lambda _: 1)
    assert leaving(held, "cdef", goal=3, weight=lambda _: 1) == [posts("a", "b")]
    assert leaving(held, (), goal=3, weight=lambda _: 1) == [posts("a", "b", "c")]


def test_of_what_goes_only_that_is_remembered_which_a_shard_may_hold() -> None:
    contents = Contents()
    contents.learn(ONE, posts("a", "b"))
    sealed = Sealed((ONE,), frozenset("b"))
    after = sealed.written(("a", "b", "x"), posts("b"), contents.may_hold(sealed))
    assert after == Sealed((ONE,), frozenset("a"))
    assert sealed.written(("x",), {}, contents.may_hold(sealed)) is sealed
    unseen = Sealed((ONE, TWO))
    assert unseen.written(("x",), {}, contents.may_hold(unseen)).dropped == {"x"}


def test_later_ones_override_earlier_ones_and_what_is_not_sealed_all() -> None:
    archives = [posts("a", "b"), {"b": record("later"), "c": record("c")}]
    whole = Sealed((ONE, TWO), frozenset("a")).whole(archives, {"c": record("open")})
    assert whole == {"b": record("later"), "c": record("open")}


def test_a_shard_is_read_as_it_was_written() -> None:
    data, sha256 = shard_bytes(BEGUN, posts("a", "b"))
    shard = replace(ONE, sha256=sha256)
    assert shard_posts(data, shard, BEGUN, where="here") == posts("a", "b")
