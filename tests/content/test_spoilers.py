"""Where spoilers stand: every place, counted as UTF-16 does, and told where counts part."""

import pytest

from publisher.content.spoilers import overlapping, ranges, readings_part
from publisher.threads_api.container import TextEntity


def _spans(text: str, *pieces: str) -> list[tuple[int, int]]:
    return [(found.offset, found.length) for found in ranges(text, pieces)]


def test_a_piece_is_hidden_wherever_it_stands() -> None:
    assert _spans("no, no and no", "no") == [(0, 2), (4, 2), (11, 2)]


def test_ranges_come_in_the_order_of_the_text() -> None:
    assert _spans("one two", "two", "one") == [(0, 3), (4, 3)]


def test_a_piece_named_twice_is_hidden_once() -> None:
    assert _spans("one two", "one", "one") == [(0, 3)]


@pytest.mark.parametrize("text", ["👨‍👩‍👧‍👦 end", "日本 end", "e\u0301 end", "𝔞𝔟 end", "end"])
def test_offsets_are_those_of_the_client(text: str) -> None:
    entity = TextEntity.covering("end", text)
    assert _spans(text, "end") == [(entity.offset, entity.length)]


def test_pieces_that_share_a_letter_overlap_and_neighbours_do_not() -> None:
    assert overlapping(ranges("abc", ("ab", "bc"))) is not None
    assert overlapping(ranges("abc", ("a", "abc"))) is not None
    assert overlapping(ranges("abcd", ("ab", "cd"))) is None


def test_counts_part_only_when_something_beyond_ascii_comes_before_the_end_of_a_spoiler() -> None:
    for text, piece, parts in (("a 🎉", "a", False), ("🎉 a", "a", True), ("é", "é", True), ("a b", "b", False)):
        assert readings_part(text, ranges(text, (piece,))) is parts
