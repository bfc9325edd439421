"""What a part says arrives in the API's words; a part that does not use a key is sent, and hashed, as it ever was."""

import json
from dataclasses import replace
from typing import Any

import pytest

from publisher.content.attached_text import AttachedText, Styled
from publisher.content.fingerprint import named_in, with_names
from publisher.content.post import MediaItem, Part, Post, Reference
from publisher.planning.actions import CreateContainer, Repost
from publisher.planning.spelling import part_params
from publisher.threads_api.container import Gif, Poll, StyledRange, TextAttachment, TextEntity, params_of
from tests.planning.samples import only, picture, plan, post

PLAIN = Part(index=1, text="Hi, 日本")
ATTACHED = AttachedText("bold it", (Styled(0, 4, ("bold", "italic")),), "https://acme.dev")

# A field of the part, and the same said to the client.
SAID: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "poll": ({"poll": ("Yes", "NO", "…")}, {"poll_attachment": Poll(("Yes", "NO", "…"))}),
    "gif": ({"gif": "abc"}, {"gif_attachment": Gif("abc")}),
    "attached_text": (
        {"attached_text": ATTACHED},
        {"text_attachment": TextAttachment("bold it", "https://acme.dev", (StyledRange(0, 4, ("bold", "italic")),))},
    ),
    "spoilers": ({"spoilers": ("日本", "Hi")}, {"text_entities": (TextEntity(0, 2), TextEntity(4, 2))}),
    "reply_approvals": ({"reply_approvals": True}, {"enable_reply_approvals": True}),
    "countries": ({"countries": ("NO", "SE")}, {"allowlisted_country_codes": ("NO", "SE")}),
    "location": ({"location": "213000002"}, {"location_id": "213000002"}),
    "ghost": ({"ghost": True}, {"is_ghost_post": True}),
    "a share": ({"share_to_instagram": "story"}, {"crossreshare_to_ig": True}),
    "a dark share": ({"share_to_instagram": "dark"}, {"crossreshare_to_ig_dark_mode": True}),
}


@pytest.mark.parametrize("name", SAID)
def test_a_key_is_spelled_as_the_client_spells_it(name: str) -> None:
    fields, options = SAID[name]
    part = replace(PLAIN, **fields)
    assert {"media_type": "TEXT", **dict(part_params(part, {}))} == params_of({"text": part.text, **options})  # type: ignore[typeddict-item]


@pytest.mark.parametrize("name", SAID)
def test_a_key_is_part_of_the_fingerprint(name: str) -> None:
    assert replace(PLAIN, **SAID[name][0]).fingerprint != PLAIN.fingerprint


def test_a_post_without_these_keys_keeps_the_fingerprint_it_was_published_with() -> None:
    cat = MediaItem("image", "posts/cat.jpg", None, "A cat", sha256="a" * 64)
    first = Part(
        index=1, text="Cafe\u0301", media=(cat,), topic="News", quote=Reference("post", "x"), reply_control="everyone"
    )
    whole = Post(id="a", path="posts/a.yaml", account="acme", parts=(first, Part(index=2, text="two")))
    assert whole.fingerprint == "72be98306a8a26760b97c77e1d25c69d1907d624e62b39ccfbab9d889a2cf8bc x"


def test_the_posts_that_a_file_points_at_stand_behind_its_hash_and_can_be_renamed_there() -> None:
    first = replace(PLAIN, reply_to=Reference("post", "a"), quote=Reference("media_id", "18"))
    second = replace(PLAIN, index=2, quote=Reference("post", "b"))
    whole = Post(id="x", path="posts/x.yaml", account="acme", parts=(first, second))
    renamed = replace(whole, parts=(first, replace(second, quote=Reference("post", "a"))))
    assert named_in(whole.fingerprint) == ["a", "b"]
    assert with_names(whole.fingerprint, {"b": "a", "x": "y"}) == renamed.fingerprint
    assert with_names(whole.fingerprint, {"a": "b", "b": "a"}) == whole.fingerprint.replace("a b", "b a")
    assert named_in(PLAIN.fingerprint) == []


def test_a_name_is_not_taken_for_a_media_id_or_for_the_other_key() -> None:
    ways = [
        replace(PLAIN, **{key: Reference(kind, "18050000000000002")})
        for key in ("quote", "reply_to", "repost")
        for kind in ("post", "media_id", "permalink")
    ]
    assert len({part.fingerprint for part in ways}) == len(ways)


def test_the_order_of_spoilers_and_the_form_of_their_letters_are_no_change() -> None:
    composed, apart = "caf\u00e9", "cafe\u0301"
    one = Part(index=1, text=f"{composed} bar", spoilers=(composed, "bar"))
    other = Part(index=1, text=f"{apart} bar", spoilers=("bar", apart))
    assert one.fingerprint == other.fingerprint


def test_no_default_reaches_a_ghost_post() -> None:
    assert dict(part_params(replace(PLAIN, ghost=True), {"reply_control": "everyone"})) == {
        "text": PLAIN.text,
        "is_ghost_post": "true",
    }
    assert dict(part_params(PLAIN, {"reply_control": "everyone"}))["reply_control"] == "everyone"


def test_a_carousel_is_hidden_by_its_parent_and_not_by_its_items() -> None:
    media = (picture("a.jpg", spoiler=True), picture("b.jpg", spoiler=True))
    creates = [a for a in only(plan(post(media=media))).actions if isinstance(a, CreateContainer)]
    said = {action.key: dict(action.params).get("is_spoiler_media") for action in creates}
    assert said == {"part-1/child-1": None, "part-1/child-2": None, "part-1/container": "true"}


def test_a_repost_is_one_action_that_counts_as_a_post() -> None:
    again = post("again", None, repost=Reference("media_id", "18050000000000002"))
    planned = only(plan(again), "again")
    assert planned.actions == (Repost("part-1/publish", "18050000000000002"),)
    assert planned.kind == "repost"


def test_json_within_a_parameter_is_compact_and_readable() -> None:
    (poll,) = (value for key, value in part_params(replace(PLAIN, poll=("はい", "b")), {}) if key == "poll_attachment")
    assert poll == '{"option_a":"はい","option_b":"b"}'
    assert json.loads(poll) == {"option_a": "はい", "option_b": "b"}
