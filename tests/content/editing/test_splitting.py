"""`split_text`: parts within the limit, nothing cut that belongs together, nothing lost."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.editing.splitting import CannotSplit, split_text
from publisher.content.text_rules import characters, graphemes, links

_PIECES = st.sampled_from(
    [
        "One. ",
        "two ",
        "three! ",
        "four?\n",
        "\n\n",
        "https://acme.dev/a.b?x=1 ",
        "@acme.dev ",
        "#news ",
        "日本語。",
        "👨\u200d👩\u200d👧\u200d👦",
        "é",
        "שלום ",
        '"Yes." ',
    ]
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=60).map("".join).filter(str.strip)
some = settings(max_examples=100, deadline=None)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@some
@given(_TEXTS)
def test_parts_are_within_the_limit_and_joined_they_are_the_text(text: str) -> None:
    parts = split_text(text, limit=60)
    assert all(0 < characters(part) <= 60 for part in parts)
    assert _bare("".join(parts)) == _bare(text)
    at = 0
    for part in parts:
        start = text.index(part, at)
        assert text[at:start].strip() == ""
        at = start + len(part)


@some
@given(_TEXTS)
def test_no_link_and_no_character_is_cut(text: str) -> None:
    parts = split_text(text, limit=60)
    assert [link for part in parts for link in links(part)] == links(text)
    clusters = [cluster for cluster in graphemes(text) if cluster.strip()]
    assert [cluster for part in parts for cluster in graphemes(part) if cluster.strip()] == clusters


def test_a_cut_is_where_a_sentence_ends() -> None:
    assert split_text("One is here. Two is there. Three.", limit=28) == ["One is here. Two is there.", "Three."]


def test_a_full_stop_inside_a_word_ends_no_sentence() -> None:
    assert split_text("See acme.dev for more. Thanks.", limit=24) == ["See acme.dev for more.", "Thanks."]


@pytest.mark.parametrize("short", ["Dr.", "Mrs.", "e.g.", "z. B.", "J. R. R.", "vs."])
def test_the_full_stop_of_a_shortened_word_ends_no_sentence(short: str) -> None:
    one, two = "One is here.", f"And {short} Two is there."
    assert split_text(f"{one} {two}", limit=max(len(two), len(one) + 12)) == [one, two]


def test_a_link_longer_than_a_post_is_refused() -> None:
    with pytest.raises(CannotSplit):
        split_text("https://acme.dev/" + "a" * 600)


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("Hindi", "आज हमने नया संस्करण जारी किया।", "इसमें बहुत सुधार हैं, ज़रूर देखें"),
        ("Arabic", "هل جربت الإصدار الجديد اليوم؟", "فيه تحسينات كثيرة جدا"),
        ("Urdu", "ہم نے آج نیا نسخہ جاری کیا۔", "اس میں بہت سی بہتریاں ہیں"),
        ("Burmese", "ယနေ့ ဗားရှင်းအသစ် ထွက်ပါပြီ။", "တိုးတက်မှု များစွာ ပါဝင်ပါသည်"),
    ],
)
def test_a_sentence_ends_as_its_language_ends_it(language: str, one: str, two: str) -> None:
    # Room for more words than the first sentence has: only its end keeps them together.
    limit = max(characters(one), characters(two)) + 8
    assert split_text(f"{one} {two}", limit) == [one, two], language


@pytest.mark.parametrize("piece", [" Two", "here. ", "here. Two", "re. T", " Two is there."])
def test_a_hidden_piece_is_in_one_part_with_the_spaces_around_it(piece: str) -> None:
    parts = split_text("One is here. Two is there.", limit=20, hidden=[piece])
    assert len(parts) > 1
    assert sum(piece in part for part in parts) == 1


def test_a_cut_does_not_take_the_space_that_a_hidden_piece_ends_with() -> None:
    parts = split_text("abcdefghij klmnopqrst", limit=11, hidden=["cdefghij "])
    assert any("cdefghij " in part for part in parts)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("." * 60_000, []), (".)" * 30_000, []), ("a " * 25_000, ["a"] * 900), ("a b " * 12_000, ["b "] * 900)],
    ids=["full stops", "brackets", "hidden", "hidden spaces"],
)
def test_the_longest_text_of_a_file_is_cut_at_once(text: str, hidden: list[str]) -> None:
    began = time.process_time()
    assert len(split_text(text, hidden=hidden)) > 90
    assert time.process_time() - began < 5  # it would take minutes if each place were looked at from every other
