"""Every key of a post file arrives: what stands in the file is what the sandbox reads back, and no more."""

from typing import Any

import pytest

from tests.flow.desk import CONFIG, Desk, png

_VOTES = ("percentage", "total_votes", "expiration_timestamp")


def _spoiler(offset: int, length: int) -> dict[str, Any]:
    return {"entity_type": "SPOILER", "offset": offset, "length": length}


# Name -> the file, and what of the live post follows from it.
KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "poll": (
        "text: Next?\npoll: [Plugins, NO, 12:30]\n",
        {"media_type": "TEXT_POST", "poll_attachment": {"option_a": "Plugins", "option_b": "NO", "option_c": "12:30"}},
    ),
    "spoilers": (
        "text: |-\n  The butler did it. 🎉 Or not? Not 日本!\nspoilers: [Or, Not 日本, The butler]\n",
        {
            "text": "The butler did it. 🎉 Or not? Not 日本!",
            "text_entities": {"data": [_spoiler(0, 10), _spoiler(22, 2), _spoiler(30, 6)]},
        },
    ),
    "spoiler": (
        "media:\n  - {file: one.png, alt: A dark grey square, spoiler: true}\n",
        {"media_type": "IMAGE", "is_spoiler_media": True, "alt_text": "A dark grey square"},
    ),
    "spoilers in a carousel": (
        "text: Two\nmedia:\n"
        "  - {file: one.png, alt: Dark, spoiler: true}\n  - {file: two.png, alt: Lighter, spoiler: true}\n",
        {"media_type": "CAROUSEL_ALBUM", "is_spoiler_media": True, "text": "Two"},
    ),
    "gif": (
        "text: Dance\ngif: 3o7aCTPPm4OHfRLSH6\n",
        {"gif_url": "https://media.giphy.com/media/3o7aCTPPm4OHfRLSH6/giphy.gif", "media_type": "TEXT_POST"},
    ),
    "countries": (
        "text: Hei\ncountries: [NO, SE, DK]\nmedia: [{file: one.png, alt: Grey}]\n",
        {"allowlisted_country_codes": ["NO", "SE", "DK"], "text": "Hei"},
    ),
    "location": ("text: Here\nlocation: 213000002\n", {"location_id": "213000002"}),
    "attached_text": (
        "text: Read on\nattached_text: {file: notes.md, link: 'https://acme.dev/2.0'}\n",
        {
            "text": "Read on",
            "text_attachment": {
                "plaintext": "2.0 brings 🎉 dark mode.",
                "link_attachment_url": "https://acme.dev/2.0",
                "text_with_styling_info": [
                    {"offset": 0, "length": 3, "styling_info": ["bold"]},
                    {"offset": 14, "length": 4, "styling_info": ["italic", "highlight"]},
                ],
            },
        },
    ),
    "ghost": (
        "text: Gone tomorrow, 日本 too\nghost: true\nspoilers: [Gone]\n",
        {"ghost_post_status": "ACTIVE", "text_entities": {"data": [_spoiler(0, 4)]}, "media_type": "TEXT_POST"},
    ),
}

# Threads tells nobody of these: they are looked for in what was sent.
SENT_ONLY: dict[str, tuple[str, dict[str, str]]] = {
    "reply_approvals": ("text: Ask away\nreply_approvals: true\n", {"enable_reply_approvals": "true"}),
    "share_to_instagram": ("text: Hello\nshare_to_instagram: true\n", {"crossreshare_to_ig": "true"}),
    "share_to_instagram: dark": (
        "text: Hello\nshare_to_instagram: dark\n",
        {"crossreshare_to_ig_dark_mode": "true"},
    ),
}


@pytest.mark.parametrize("name", SENT_ONLY)
def test_a_key_that_cannot_be_read_back_is_sent(name: str, desk: Desk) -> None:
    source, expected = SENT_ONLY[name]
    desk.begin()
    desk.post("a", source)
    called = desk.publish()
    assert called.code == 0, called.out + called.err
    (sent,) = desk.sent()
    assert sent == {"media_type": "TEXT", "text": source.splitlines()[0].removeprefix("text: "), **expected}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_reads_back_as_it_was_written_and_is_published_once(name: str, desk: Desk) -> None:
    source, expected = KEYS[name]
    desk.begin(f"{CONFIG}defaults: {{reply_control: accounts_you_follow}}\n")
    desk.write("posts/one.png", png(10))
    desk.write("posts/two.png", png(20))
    desk.write("posts/notes.md", "**2.0** brings 🎉 ==*dark*== mode.\n")
    desk.post("a", source)
    called = desk.publish()
    assert called.code == 0, called.out + called.err
    (live,) = desk.live()
    assert {key: _as_written(live.get(key)) for key in expected} == expected
    before = desk.writes()
    again = desk.publish()
    assert [post["outcome"] for post in again.document["posts"]] == ["unchanged"]
    assert desk.writes() == before


def test_a_repost_shows_the_post_it_names_and_is_made_once(desk: Desk) -> None:
    desk.begin()
    desk.post("a", "text: Hello\n")
    desk.post("b", "repost: a.yaml\n")
    plan = desk("plan", "--format", "json").document
    actions = {post["id"]: post["actions"] for post in plan["posts"]}
    assert [action["type"] for action in actions["b"]] == ["repost"]
    assert plan["quota"]["posts"]["planned"] == 2
    assert desk.publish().code == 0
    hello, shown = desk.live()
    assert (shown["media_type"], shown["reposted_post"]) == ("REPOST_FACADE", {"id": hello["id"]})
    before = desk.writes()
    assert desk.publish().code == 0
    assert desk.writes() == before


def _as_written(value: Any) -> Any:
    """What is read back without what readers add to it: the votes of a poll."""
    if not isinstance(value, dict):
        return value
    return {key: below for key, below in value.items() if not key.endswith(_VOTES)}
