"""Which post of the lists is the one that was sent: content, then shape, then place; what is not told is no proof."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from publisher.planning.records import PartRecord, Phase
from publisher.publishing.match import Wanted, alts_hash, live_twins, matches, text_hash
from publisher.threads_api.media import Media
from tests.publishing.harness import START

SENT = PartRecord(
    Phase.INTENT, "f", container="17", attempt=1, attempt_at=START, text_sha256=text_hash("Words"), watermark=("old",)
)
LATER = START + timedelta(hours=1)
READ = Media("18", "TEXT_POST", "Words", timestamp=START)


def is_it(sent: PartRecord, read: Media) -> bool:
    return matches(Wanted.of_attempt(sent), [read], ()) == ("18",)


def twins(wanted: Wanted, listed: list[Media]) -> tuple[str, ...]:
    return tuple(media.id for media in live_twins(wanted, listed, ()))


def reply(**facts: Any) -> PartRecord:
    return replace(SENT, reply_to="1", **facts)


@pytest.mark.parametrize(
    ("sent", "read", "it"),
    [
        # content
        (SENT, READ, True),
        (SENT, replace(READ, text=" Words\n"), True),
        (SENT, replace(READ, text="#Words"), True),
        (SENT, replace(READ, text="Other words"), False),
        (SENT, replace(READ, text=None), False),
        # shape
        (SENT, replace(READ, media_type="IMAGE"), False),
        (SENT, replace(READ, media_type=None), False),
        (replace(SENT, media_type="VIDEO"), replace(READ, media_type="AUDIO"), True),
        (replace(SENT, media_type="CAROUSEL", n_children=2), replace(READ, media_type="CAROUSEL_ALBUM"), True),
        (
            replace(SENT, media_type="CAROUSEL", n_children=2),
            replace(READ, media_type="CAROUSEL_ALBUM", children=("1", "2", "3")),
            False,
        ),
        # place
        (SENT, replace(READ, is_reply=True), False),
        (SENT, replace(READ, replied_to="1"), False),
        (reply(), replace(READ, is_reply=True, replied_to="1"), True),
        (reply(), replace(READ, is_reply=True), True),  # a list may leave the parent out
        (reply(), replace(READ, replied_to="2"), False),
        (replace(SENT, quote="1"), replace(READ, quoted_post="1"), True),
        (replace(SENT, quote="1"), READ, True),
        (replace(SENT, quote="1"), replace(READ, quoted_post="2"), False),
        # time
        (SENT, replace(READ, timestamp=START - timedelta(seconds=301)), False),
        (SENT, replace(READ, timestamp=START - timedelta(seconds=300)), True),
        (SENT, replace(READ, timestamp=None), True),
        # a repost, which has no words
        (replace(SENT, media_type="REPOST", repost="1"), replace(READ, media_type="REPOST_FACADE"), True),
        (
            replace(SENT, media_type="REPOST", repost="1"),
            replace(READ, media_type="REPOST_FACADE", reposted_post="2"),
            False,
        ),
        (replace(SENT, media_type="REPOST", repost="1"), READ, False),
    ],
)
def test_content_shape_place_and_time_decide(sent: PartRecord, read: Media, it: bool) -> None:
    assert is_it(sent, read) is it


def test_what_was_there_before_the_attempt_or_belongs_to_another_part_is_not_it() -> None:
    assert not is_it(SENT, replace(READ, id="old"))
    assert matches(Wanted.of_attempt(SENT), [READ], {"18"}) == ()


def test_a_post_listed_twice_is_one_match_and_two_posts_are_two() -> None:
    assert matches(Wanted.of_attempt(SENT), [READ, READ, replace(READ, id="19")], ()) == ("19", "18")


def test_what_could_be_it_is_told_oldest_first_and_what_has_no_time_yet_last() -> None:
    wanted = Wanted.of_attempt(SENT)
    early, late, new = (replace(READ, id=key, timestamp=at) for key, at in (("1", START), ("2", LATER), ("3", None)))
    for listed in ([new, late, early], [late, early, new]):  # a conversation is added to a list, and not sorted in
        assert matches(wanted, listed, ()) == ("1", "2", "3")


def test_an_attempt_without_a_time_is_as_old_as_its_container() -> None:
    made = replace(SENT, attempt_at=None, container_at=START)
    assert not is_it(made, replace(READ, timestamp=START - timedelta(hours=1)))
    assert is_it(replace(made, container_at=None), replace(READ, timestamp=START - timedelta(hours=1)))


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"text_sha256": text_hash("Words")}, ("18",)),
        ({"text_sha256": None, "alts_sha256": alts_hash(["A cat"])}, ()),
        ({"text_sha256": None, "alts_sha256": alts_hash([])}, ()),  # it has words
    ],
)
def test_a_twin_says_the_same(facts: dict[str, Any], found: tuple[str, ...]) -> None:
    wanted = Wanted(**{"media_type": "TEXT", "n_children": 0, "reply_to": None, "quote": None, **facts})
    assert twins(wanted, [READ]) == found


def test_a_picture_without_words_is_told_by_its_alt_text() -> None:
    wanted = Wanted("IMAGE", 0, None, None, None, alts_sha256=alts_hash(["A  cat"]))
    cat, dog, untold = (Media(str(n), "IMAGE", alt_text=alt) for n, alt in ((18, "A cat"), (19, "A dog"), (20, None)))
    assert twins(wanted, [cat, dog, untold]) == ("18",)
    assert matches(replace(wanted, attempted=True), [dog, untold], ()) == ("20",)
    assert twins(replace(wanted, alts_sha256=alts_hash([None])), [cat, dog, untold]) == ("20",)


def test_a_carousel_without_words_is_told_by_the_alt_texts_of_its_children_in_any_order() -> None:
    def carousel(media_id: str, *alts: str | None) -> Media:
        children = tuple(Media(f"{media_id}{n}", "IMAGE", alt_text=alt) for n, alt in enumerate(alts))
        return Media(media_id, "CAROUSEL_ALBUM", children=tuple(child.id for child in children), carousel=children)

    wanted = Wanted("CAROUSEL", 2, None, None, None, alts_sha256=alts_hash(["A cat", None]))
    same, other, untold = carousel("18", None, "A cat"), carousel("19", "A cat", "A dog"), carousel("20")
    assert twins(wanted, [same, other, carousel("21", None, None)]) == ("18",)
    assert twins(wanted, [untold]) == ("20",)  # a person is asked
    assert matches(replace(wanted, attempted=True), [other, carousel("21", None, None)], ()) == ("21",)
