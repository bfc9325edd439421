"""What a container may be made of, and how it is spelled. The cases are files."""

import json
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from publisher.threads_api import Gif, InvalidParameter, Poll, StyledRange, TextAttachment, TextEntity, ThreadsClient
from publisher.threads_api.container import ContainerOptions
from publisher.threads_api.rules import RULES, broken_rules
from tests.threads_api.replay import Canned, said

CASES = Path(__file__).parent / "cases"
# Every parameter that Meta's reference lists, but the token.
DOCUMENTED = {
    "media_type", "text", "image_url", "video_url", "is_carousel_item", "children", "reply_to_id", "reply_control",
    "allowlisted_country_codes", "alt_text", "link_attachment", "quote_post_id", "poll_attachment",
    "auto_publish_text", "topic_tag", "is_spoiler_media", "text_entities", "text_attachment", "gif_attachment",
    "is_ghost_post", "enable_reply_approvals", "crossreshare_to_ig", "crossreshare_to_ig_dark_mode", "location_id",
}  # fmt: skip


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=json.dumps(case["options"])[:60]) for case in json.loads((CASES / name).read_text())]


def options_of(case: Any) -> ContainerOptions:
    """A case's short spelling as options."""
    options = dict(case["options"])
    if "poll" in options:
        options["poll_attachment"] = Poll(tuple(options.pop("poll")))
    if "gif" in options:
        options["gif_attachment"] = Gif(**options.pop("gif"))
    if "spoilers" in options:
        options["text_entities"] = [TextEntity(*pair) for pair in options.pop("spoilers")]
    if "attachment" in options:
        attachment = options.pop("attachment")
        styling = tuple(
            StyledRange(offset, length, (style,)) for offset, length, style in attachment.pop("styling", ())
        )
        options["text_attachment"] = TextAttachment(**attachment, styling=styling)
    return options  # type: ignore[return-value]


@pytest.mark.parametrize("case", cases("illegal.json"))
def test_what_meta_documents_as_refused_is_not_sent(case: Any) -> None:
    canned = Canned([said({"id": "18000000000000001"})])
    with pytest.raises(InvalidParameter) as caught:
        ThreadsClient(canned).publishing.create_container(**options_of(case))
    assert case["words"] in str(caught.value)
    assert "https://developers.facebook.com/docs/threads/" in str(caught.value)
    assert canned.sent == []


@pytest.mark.parametrize("case", cases("legal.json"))
def test_what_is_legal_is_sent_in_metas_spelling(case: Any) -> None:
    canned = Canned([said({"id": "18000000000000001"})])
    ThreadsClient(canned).publishing.create_container(**options_of(case))
    assert dict(canned.sent[0].params) == case["sent"]


def test_every_rule_is_broken_by_a_case() -> None:
    illegal = json.loads((CASES / "illegal.json").read_text())
    broken = {rule.words for case in illegal for rule in broken_rules(options_of(case))}
    assert broken == {rule.words for rule in RULES}


def test_every_documented_parameter_is_an_option_and_sent_by_a_case() -> None:
    sent = {name for case in json.loads((CASES / "legal.json").read_text()) for name in case["sent"]}
    assert set(get_type_hints(ContainerOptions)) == DOCUMENTED == sent


@pytest.mark.parametrize(
    ("text", "part", "offset", "length"),
    [("Hello", "ell", 1, 3), ("日本 x", "x", 3, 1), ("😀 end", "end", 3, 3), ("end 👍🏽", "👍🏽", 4, 4)],
)
def test_spoilers_are_measured_in_utf16_units(text: str, part: str, offset: int, length: int) -> None:
    assert TextEntity.covering(part, text) == TextEntity(offset, length)


def test_a_carousel_of_children_that_are_not_ready_is_refused_by_name() -> None:
    canned = Canned(
        [
            said({"id": "18000000000000011", "status": "FINISHED"}),
            said({"id": "18000000000000012", "status": "IN_PROGRESS"}),
        ]
    )
    with pytest.raises(InvalidParameter, match="18000000000000012 is IN_PROGRESS"):
        ThreadsClient(canned).publishing.create_carousel_container(["18000000000000011", "18000000000000012"])


@pytest.mark.parametrize("media_id", ["", "../me", "1/2", "1?x=1", "a b", "1#", "é", "1" * 65])
def test_an_id_that_would_change_the_path_is_refused(media_id: str) -> None:
    client = ThreadsClient(Canned([AssertionError("nothing is sent")]))
    for call in (
        client.media.get,
        client.publishing.status,
        client.publishing.delete,
        client.publishing.repost,
        client.replies.of,
    ):
        with pytest.raises(InvalidParameter, match="no id"):
            call(media_id)


def test_lists_refuse_what_meta_documents_as_refused() -> None:
    from datetime import datetime

    client = ThreadsClient(Canned([AssertionError("nothing is sent")]))
    for options, words in (
        ({"limit": 101}, "limit"),
        ({"limit": -1}, "limit"),
        ({"before": "a", "after": "b"}, "exclude"),
        ({"since": 1688540399}, "1688540400"),
        ({"since": 1776900000, "until": 1776900000}, "before `until`"),
        ({"since": datetime(2026, 1, 1)}, "time zone"),
    ):
        with pytest.raises(InvalidParameter, match=words):
            client.media.threads(**options)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="take neither"):
        client.insights.user(("followers_count",), since=1776900000)
    with pytest.raises(InvalidParameter, match="breakdown"):
        client.insights.user(("follower_demographics",))
    with pytest.raises(InvalidParameter, match="1712991600"):
        client.insights.user(("views",), since=1712991599)
    with pytest.raises(InvalidParameter, match="metric"):
        client.insights.media("18050000000000001", ())
    with pytest.raises(InvalidParameter, match="location search"):
        client.locations.search(latitude=1.0)
    with pytest.raises(InvalidParameter, match="maxwidth"):
        client.oembed.get("https://www.threads.com/@a/post/b", maxwidth=100)


def test_a_limit_of_zero_is_a_limit() -> None:
    canned = Canned([said({"data": []})])
    assert list(ThreadsClient(canned).media.threads(limit=0)) == []
    assert canned.sent[0].params["limit"] == "0"


def test_a_cursor_that_repeats_ends_the_list() -> None:
    page = said({"data": [{"id": "18050000000000001"}], "paging": {"cursors": {"after": "same"}}})
    assert len(list(ThreadsClient(Canned([page])).media.all_threads())) == 2


def test_an_option_that_threads_does_not_have_is_named() -> None:
    client = ThreadsClient(Canned([said({})]))
    with pytest.raises(InvalidParameter, match="`reply_contrl` is no parameter"):
        client.publishing.create_container(text="Hello", reply_contrl="everyone")  # type: ignore[call-arg]


def test_a_token_given_for_an_id_is_not_repeated() -> None:
    client = ThreadsClient(Canned([said({})]))
    with pytest.raises(InvalidParameter) as caught:
        client.media.get("THQVJ" + "x" * 80)
    assert "xxx" not in str(caught.value)


def test_half_a_place_is_refused_before_it_is_sent() -> None:
    client = ThreadsClient(Canned([said({})]))
    with pytest.raises(InvalidParameter, match="latitude"):
        client.locations.search("Berlin", latitude=52.5)
