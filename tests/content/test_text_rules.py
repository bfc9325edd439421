"""Counting as Threads counts. The table is that of Meta's rule and of what was seen of it (docs/threads.md, Text)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content import text_rules

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    ("text", "characters", "size"),
    [
        ("Hello", 5, 5),
        ("é", 1, 2),
        ("’", 1, 3),
        ("日本", 2, 6),
        ("\n", 1, 1),
        ("😀", 4, 4),
        ("👍🏽", 8, 8),
        ("❤\ufe0f", 6, 6),
        ("🇯🇵", 8, 8),
        (FAMILY, 25, 25),
        ("1\ufe0f\u20e3", 7, 7),
        ("©", 1, 2),
        ("™", 1, 3),
        ("©\ufe0f", 5, 5),
        ("", 0, 0),
        ("e\u0301", 1, 3),
        ("हिन्दी", 2, 18),
        ("a\r\nb", 3, 4),
        (f"a{FAMILY}b{FAMILY}", 52, 52),
    ],
)
def test_a_text_has_the_length_that_threads_gives_it(text: str, characters: int, size: int) -> None:
    assert text_rules.characters(text) == characters
    assert text_rules.utf8_bytes(text) == size


def _the_slow_way(text: str) -> int:
    clusters = text_rules.graphemes(text)
    return sum(len(cluster.encode()) if text_rules._is_emoji(cluster) else 1 for cluster in clusters)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_the_short_cuts_change_no_count(text: str) -> None:
    assert text_rules.characters(text) == _the_slow_way(text)


@given(st.text(st.sampled_from("ab ’日é\n\u0301\u200d\ufe0f\u20e31🇯🇵👨👩❤🏽क\u094dष\u0600\u1100\u1161ก\u0e33")))
def test_the_short_cuts_change_no_count_where_characters_join(text: str) -> None:
    assert text_rules.characters(text) == _the_slow_way(text)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("no link", []),
        ("see https://acme.dev.", ["https://acme.dev"]),
        ("(https://acme.dev/a)", ["https://acme.dev/a"]),
        ("https://en.wikipedia.org/wiki/Cat_(animal)", ["https://en.wikipedia.org/wiki/Cat_(animal)"]),
        ("www.acme.dev, and more", ["www.acme.dev"]),
        ("WWW.ACME.DEV", ["WWW.ACME.DEV"]),
        ("HTTP://acme.dev!", ["HTTP://acme.dev"]),
        ("“https://acme.dev”", ["https://acme.dev"]),
        ("https://acme.dev/?a=b&c=d#e", ["https://acme.dev/?a=b&c=d#e"]),
        ("https:// and www. alone", []),
        ("mail@www.acme.dev", []),
        ("https://www.acme.dev", ["https://www.acme.dev"]),
        ("acme.dev is a bare host without www", []),
        ("https://日本.jp/道", ["https://日本.jp/道"]),
        ("https://a.dev\nhttps://b.dev", ["https://a.dev", "https://b.dev"]),
        ("https://a.dev/*bold*", ["https://a.dev/*bold"]),
    ],
)
def test_links_are_found_as_threads_finds_them(text: str, links: list[str]) -> None:
    assert text_rules.links(text) == links


def test_a_link_that_comes_twice_counts_once_and_the_card_counts_too() -> None:
    text = "https://a.dev https://b.dev https://a.dev"
    assert text_rules.unique_links(text, "https://b.dev", None) == ("https://a.dev", "https://b.dev")
    assert text_rules.unique_links(text, "https://c.dev") == ("https://a.dev", "https://b.dev", "https://c.dev")


@given(
    st.lists(st.sampled_from(["https://a.dev/1", "https://a.dev/2", "www.b.dev", "HTTP://c.dev", "word"]), max_size=12)
)
def test_the_cheap_question_never_hides_a_link_too_many(words: list[str]) -> None:
    text = " ".join(words)
    if len(text_rules.unique_links(text)) > text_rules.LINK_LIMIT:
        assert text_rules.link_limit_in_reach(text, 0)


@pytest.mark.parametrize(
    ("written", "sent", "problem"),
    [
        ("Open Source", "Open Source", None),
        ("#News", "News", None),
        ("a" * 50, "a" * 50, None),
        ("a" * 51, "a" * 51, "the topic has 51 characters; the limit is 50"),
        ("#" + "a" * 50, "a" * 50, None),
        ("R&D", "R&D", "the topic has an ampersand, which Threads does not take"),
        ("acme.dev", "acme.dev", "the topic has a full stop, which Threads does not take"),
        ("a\tb", "a\tb", "the topic has a tab, which Threads does not take"),
        ("#", "", "the topic is empty"),
    ],
)
def test_a_topic_is_sent_without_its_hash_and_within_metas_rule(written: str, sent: str, problem: str | None) -> None:
    assert text_rules.topic(written) == sent
    assert text_rules.topic_problem(sent) == problem
