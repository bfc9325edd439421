"""What publisher.yaml says of every post reaches the actions, and only those parts that may take it."""

from typing import Any

import pytest

from publisher.content.post import Part, Reference
from publisher.planning.spelling import part_params

EVERY = {
    "reply_control": "mentioned_only",
    "reply_approvals": True,
    "topic": "News",
    "countries": ("NO", "SE"),
    "share_to_instagram": "dark",
}


def sent(part: Part, **defaults: Any) -> dict[str, str]:
    return dict(part_params(part, defaults or EVERY))


def test_a_post_that_says_nothing_takes_every_default() -> None:
    assert sent(Part(1, text="Hello")) == {
        "text": "Hello",
        "topic_tag": "News",
        "reply_control": "mentioned_only",
        "enable_reply_approvals": "true",
        "allowlisted_country_codes": "NO,SE",
        "crossreshare_to_ig_dark_mode": "true",
    }


def test_what_the_file_says_comes_before_a_default() -> None:
    part = Part(1, text="Hello", topic="Tea", countries=("DE",), reply_control="everyone", share_to_instagram="story")
    assert sent(part) == {
        "text": "Hello",
        "topic_tag": "Tea",
        "reply_control": "everyone",
        "enable_reply_approvals": "true",
        "allowlisted_country_codes": "DE",
        "crossreshare_to_ig": "true",
    }


def test_false_in_the_file_takes_a_default_back() -> None:
    part = Part(1, text="Hello", declined=("reply_approvals", "share_to_instagram"))
    assert sent(part, reply_approvals=True, share_to_instagram=True) == {"text": "Hello"}


def test_a_later_part_takes_only_where_it_is_shown() -> None:
    assert sent(Part(2, text="more")) == {"text": "more", "allowlisted_country_codes": "NO,SE"}


def test_a_ghost_takes_none() -> None:
    assert sent(Part(1, text="Boo", ghost=True)) == {"text": "Boo", "is_ghost_post": "true"}


@pytest.mark.parametrize("key", EVERY)
def test_a_default_changes_no_fingerprint(key: str) -> None:
    part = Part(1, text="Hello", quote=Reference("media_id", "1"))
    before = part.fingerprint
    part_params(part, {key: EVERY[key]})
    assert part.fingerprint == before


def test_declining_changes_no_fingerprint() -> None:
    assert Part(1, text="Hello", declined=("reply_approvals",)).fingerprint == Part(1, text="Hello").fingerprint
