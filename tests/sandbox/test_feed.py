"""The feed page as text: what stands where, and that nothing a post says becomes markup."""

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.sandbox.feed import FeedView, feed_view, render_feed
from publisher.sandbox.feed.details import left
from publisher.sandbox.feed.reading import ago
from publisher.sandbox.feed.text import Mark, runs, spoiler_marks, web_address
from publisher.sandbox.published import published_json
from tests.sandbox.worlds import Caller

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def view_of(caller: Caller, only: str | None = None, username: str = "acme") -> FeedView:
    posts = published_json(caller.faulty)
    return feed_view(posts, username=username, name="Acme", now=caller.now, only=only)


def page_of(*posts: dict[str, Any], only: str | None = None) -> str:
    """The page of posts given as documents, the first the oldest."""
    basis = {"username": "acme", "timestamp": "2026-12-01T08:00:00+0000", "media_type": "TEXT_POST"}
    numbered = [{**basis, "id": str(n), "shortcode": f"D{n}", **post} for n, post in enumerate(posts, 1)]
    return render_feed(feed_view(numbered, username="acme", name="Acme", now=NOW, only=only))


class Elements(HTMLParser):
    """Every element of a page, with its attributes; void elements and SVG's own are fine."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


# --- what belongs together ------------------------------------------------------------------------------------


def test_a_chain_is_one_thread_and_newer_posts_come_first() -> None:
    caller = Caller()
    first = caller.publish(caller.text("one"))
    second = caller.publish(caller.text("two", reply_to_id=first))
    third = caller.publish(caller.text("three", reply_to_id=second))
    newer = caller.publish(caller.text("newer"))
    threads = view_of(caller).threads
    assert [[post.id for post in thread.posts] for thread in threads] == [[newer], [first, second, third]]


def test_a_second_answer_to_the_same_post_is_no_part_of_the_chain() -> None:
    caller = Caller()
    first = caller.publish(caller.text("one"))
    part = caller.publish(caller.text("part", reply_to_id=first))
    aside = caller.publish(caller.text("aside", reply_to_id=first))
    threads = view_of(caller).threads
    assert [[post.id for post in thread.posts] for thread in threads] == [[aside], [first, part]]
    assert [note.words for note in threads[0].posts[0].head] == ["Answers @acme"]


def test_a_posts_own_page_has_what_it_answers_above_and_the_replies_of_others_below() -> None:
    caller = Caller()
    root = caller.publish(caller.text("root"))
    part = caller.publish(caller.text("part", reply_to_id=root))
    caller.token = caller.world.add_account("mira", "THOTHER0123456789").token
    answer = caller.publish(caller.text("answer", reply_to_id=part))
    view = view_of(caller, only=caller.world.data.posts[part].shortcode)
    assert [(post.id, post.is_current) for thread in view.threads for post in thread.posts] == [
        (root, False),
        (part, True),
    ]
    assert [post.id for thread in view.replies for post in thread.posts] == [answer]


def test_a_reply_says_whom_it_answers_where_the_page_does_not() -> None:
    page = [
        {"text": "root"},
        {"text": "part", "reply_to_id": "1"},
        {"text": "answer", "username": "x", "reply_to_id": "2"},
    ]
    assert "Answers @acme" in page_of(*page, only="D1")
    assert "Answers @acme" not in page_of(*page, only="D2")


def test_a_quote_shows_the_post_of_another_account_and_a_deleted_one_is_said_to_be_gone() -> None:
    caller = Caller()
    mine = caller.token
    caller.token = caller.world.add_account("mira", "THOTHER0123456789").token
    theirs, lost = caller.publish(caller.text("theirs")), caller.publish(caller.text("lost"))
    other, caller.token = caller.token, mine
    caller.publish(caller.text("look", quote_post_id=theirs))
    caller.publish(caller.text("look again", quote_post_id=lost))
    caller.token = other
    assert caller.call("DELETE", f"/{lost}")[0] == 200
    page = render_feed(view_of(caller))
    assert re.search(r'class="quote">.*<b>mira</b>.*theirs', page, re.DOTALL)
    assert "The quoted post is no longer there." in page
    assert "2 published" in page


def test_posts_that_quote_each_other_in_a_ring_end_somewhere() -> None:
    page = page_of({"text": "a", "quoted_post": {"id": "2"}}, {"text": "b", "quoted_post": {"id": "1"}})
    assert page.count('class="quote"') == 4


def test_a_repost_names_who_reposted_and_shows_the_original() -> None:
    page = page_of(
        {"text": "theirs", "username": "mira"}, {"media_type": "REPOST_FACADE", "reposted_post": {"id": "1"}}
    )
    assert "acme reposted" in page
    assert "<b>mira</b>" in page
    assert "theirs" in page


def test_a_hidden_reply_is_folded_away() -> None:
    page = page_of(
        {"text": "root"}, {"text": "rude", "username": "x", "reply_to_id": "1", "hide_status": "HIDDEN"}, only="D1"
    )
    assert re.search(r'<details class="hidden"><summary>.*Hidden reply .*</summary>.*rude.*</details>', page, re.DOTALL)


def test_a_shortcode_that_nobody_has_gives_a_page_without_posts() -> None:
    assert view_of(Caller(), only="nothing").posts == ()


def test_an_empty_feed_says_so() -> None:
    assert "Nothing is published yet" in page_of()


# --- what each post shows -------------------------------------------------------------------------------------


def test_every_picture_has_its_alt_text_as_attribute_and_to_open() -> None:
    caller = Caller()
    children = [
        caller.create(
            media_type="IMAGE", image_url="https://m.test/a.jpg", is_carousel_item="true", alt_text='A "quote"'
        ),
        caller.create(media_type="IMAGE", image_url="https://m.test/a.jpg", is_carousel_item="true"),
    ]
    caller.publish(caller.create(media_type="CAROUSEL", children=",".join(children)))
    page = render_feed(view_of(caller))
    assert [facts["alt"] for tag, facts in Elements(page).found if tag == "img"] == ['A "quote"', ""]
    assert page.count('<details class="alt">') == 1
    assert 'aria-label="Carousel of 2"' in page


def test_media_come_from_the_pages_own_origin() -> None:
    page = page_of({"media_type": "IMAGE", "media_url": "http://127.0.0.1:1234/_media/abc"})
    assert [facts["src"] for tag, facts in Elements(page).found if tag == "img"] == ["/_media/abc"]


def test_a_poll_shows_votes_and_when_it_closes() -> None:
    caller = Caller()
    caller.publish(caller.text("?", poll_attachment=json.dumps({"option_a": "Yes", "option_b": "No"})))
    caller.wait(hours=20)
    (thread,) = view_of(caller).threads
    poll = thread.posts[0].poll
    assert poll is not None
    assert [choice.text for choice in poll.choices] == ["Yes", "No"]
    assert sum(choice.percent for choice in poll.choices) in (99, 100, 101)
    assert poll.facts.endswith("votes · closes in 4 h")
    caller.wait(hours=5)
    assert "· closed" in render_feed(view_of(caller))


def test_a_ghost_post_shows_how_long_it_lives() -> None:
    caller = Caller()
    caller.publish(caller.text("boo", is_ghost_post="true"))
    caller.wait(hours=3)
    assert "Ghost post, 21 h left" in render_feed(view_of(caller))
    caller.wait(hours=22)
    assert "Ghost post, archived" in render_feed(view_of(caller))


def test_place_countries_and_audience_are_named() -> None:
    caller = Caller()
    caller.publish(
        caller.text("x", location_id="213000002", allowlisted_country_codes="DE,AT", reply_control="mentioned_only")
    )
    page = render_feed(view_of(caller))
    assert "Brandenburger Tor, Berlin" in page
    assert "Shown in DE, AT only" in page
    assert "Mentioned profiles can reply" in page


def test_a_gif_is_a_link_and_never_fetched() -> None:
    page = page_of({"gif_url": "https://media.giphy.com/media/x/giphy.gif"})
    assert [tag for tag, facts in Elements(page).found if "giphy" in str(facts)] == ["a"]


def test_attached_text_keeps_its_styles() -> None:
    styles = [{"offset": "2", "length": "4", "styling_info": ["italic", "bold"]}]
    attachment = {"plaintext": "😀bold!", "text_with_styling_info": styles, "link_attachment_url": "https://acme.dev/a"}
    page = page_of({"text_attachment": attachment})
    assert "😀<strong><em>bold</em></strong>!" in page
    assert "<b>acme.dev</b>" in page


@pytest.mark.parametrize(
    ("post", "card"),
    [
        ({"text": "a https://one.test/x, b https://two.test"}, "https://one.test/x"),
        ({"text": "www.three.test"}, "https://www.three.test"),
        ({"text": "https://one.test", "link_attachment_url": "https://card.test"}, "https://card.test"),
        ({"text": "https://one.test", "media_type": "IMAGE"}, None),
        ({"text": "https://one.test", "poll_attachment": {"option_a": "a"}}, None),
        ({"text": "none"}, None),
    ],
)
def test_the_first_link_of_a_text_becomes_its_card(post: dict[str, Any], card: str | None) -> None:
    found = [facts["href"] for _, facts in Elements(page_of(post)).found if facts.get("class") == "card"]
    assert found == ([card] if card else [])


# --- text -----------------------------------------------------------------------------------------------------


def test_links_mentions_and_tags_are_found() -> None:
    (run,) = runs("See https://a.test/b?c=(d), @mira.codes. and #topic! me@mail.test a#b")
    named = [(piece.kind, piece.text) for piece in run.pieces if piece.kind != "text"]
    assert named == [("link", "https://a.test/b?c=(d"), ("mention", "@mira.codes"), ("tag", "#topic")]


def test_a_veil_over_half_a_link_keeps_the_whole_address() -> None:
    text = "https://acme.dev/secret"
    plain, veiled = runs(text, [Mark(17, 23, "spoiler")])
    assert [piece.text for piece in veiled.pieces] == ["secret"]
    assert {piece.href for piece in (*plain.pieces, *veiled.pieces)} == {text}


def test_offsets_count_utf_16_units() -> None:
    (mark,) = spoiler_marks("😀 who", {"data": [{"entity_type": "SPOILER", "offset": 3, "length": 3}]})
    assert (mark.start, mark.end) == (2, 5)


@pytest.mark.parametrize(
    "entities", [None, 7, "x", [7], [{}], [{"offset": "x", "length": 1}], [{"offset": -5, "length": 2}], {"data": 3}]
)
def test_ranges_of_a_strange_shape_cover_nothing(entities: object) -> None:
    assert spoiler_marks("words", entities) == ()


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=4))
def test_no_character_is_lost_or_added(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [
        Mark(min(span), max(span), tag) for span, tag in zip(spans, ("spoiler", "em", "spoiler", "s"), strict=False)
    ]
    assert "".join(piece.text for run in runs(text, marks) for piece in run.pieces) == text


# --- hostile words --------------------------------------------------------------------------------------------

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{ 7*7 }}{% raw %}</style>"


def with_words(words: str) -> Elements:
    """A page on which every field that takes words holds these."""
    address = "https://x.test/" + words.replace(" ", "/")
    return Elements(
        page_of(
            {
                "text": words,
                "topic_tag": words,
                "media_url": f"/_media/{words}",
                "media_type": "IMAGE",
                "alt_text": words,
                "poll_attachment": {"option_a": words},
                "text_attachment": {"plaintext": words, "link_attachment_url": address},
                "location": {"name": words},
                "allowlisted_country_codes": [words],
                "gif_url": address,
                "link_attachment_url": address,
                "shortcode": words,
            }
        )
    )


def test_markup_in_any_field_stays_text() -> None:
    evil, harmless = with_words(EVIL), with_words("words")
    shapes = [[(tag, sorted(facts)) for tag, facts in page.found] for page in (evil, harmless)]
    assert shapes[0] == shapes[1]
    assert sum(EVIL in words for words in evil.words) >= 6


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.test", "https://", "http://[::1"),
        *("file:///etc/passwd", " https://x.test", "vbscript:x", "", None, 7),
    ],
)
def test_only_web_addresses_become_links(address: object) -> None:
    assert web_address(address) is None
    page = page_of({"link_attachment_url": address, "gif_url": address, "text": f"see {address}"})
    assert not [facts for tag, facts in Elements(page).found if tag == "a" and facts.get("class") in ("card", "gif")]


def test_text_of_any_direction_is_told_so() -> None:
    page = page_of({"text": "שלום \u202eevil", "topic_tag": "عربي"})
    assert '<p class="words" dir="auto">' in page
    assert "<bdi>عربي</bdi>" in page


def test_the_page_brings_its_own_policy_and_no_script() -> None:
    elements = Elements(page_of({"text": "x"}))
    policy = next(facts["content"] for _, facts in elements.found if facts.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not any(tag == "script" or "style" in facts for tag, facts in elements.found)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "text_entities",
                "text_attachment",
                "poll_attachment",
                "children",
                "location",
                "quoted_post",
                "reposted_post",
                "gif_url",
                "timestamp",
                "ghost_post_status",
                "text",
            ]
        ),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(st.sampled_from(["data", "plaintext", "option_a", "id", "name"]), inner, max_size=2)
            ),
        ),
    )
)
def test_a_document_of_any_shape_makes_a_page(post: dict[str, Any]) -> None:
    assert "<article" in page_of(post)


# --- times ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (0, "now"),
        (59, "now"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (200000, "2 d"),
    ],
)
def test_times_are_told_in_whole_units(seconds: int, words: str) -> None:
    assert ago(timedelta(seconds=seconds)) == words


def test_what_is_left_is_never_nothing() -> None:
    assert [left(timedelta(seconds=s)) for s in (1, 60, 7200)] == ["under a minute", "1 min", "2 h"]
