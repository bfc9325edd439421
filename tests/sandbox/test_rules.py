"""What a container may hold: every rule of publishing, refused in Meta's words and leaving nothing behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from publisher.sandbox.text import counted, links, mentions, tag_of
from tests.sandbox.worlds import Caller

_CASES = Path(__file__).parent / "cases"
_LONG = {
    "500+1": "x" * 501,
    "50+1": "t" * 51,
    "1000+1": "a" * 1001,
    '{"plaintext":"10000+1"}': json.dumps({"plaintext": "p" * 10_001}),
    "[11 spoilers]": json.dumps([{"entity_type": "SPOILER", "offset": 0, "length": 1}] * 11),
}


def cases(name: str) -> Any:
    found = json.loads((_CASES / f"{name}.json").read_text("utf-8"))
    return [pytest.param(case, id=case["rule"]) for case in found]


def written_out(params: dict[str, str]) -> dict[str, str]:
    return {key: _LONG.get(value, value) for key, value in params.items()}


@pytest.fixture
def acme() -> Caller:
    return Caller()


@pytest.mark.parametrize("case", cases("refused"))
def test_a_parameter_error_is_refused_in_metas_shape(acme: Caller, case: dict[str, Any]) -> None:
    status, code, _, message = acme.refused("POST", "/me/threads", **written_out(case["params"]))
    assert (status, code) == (case.get("status", 500), 100)
    assert case["says"] in message


@pytest.mark.parametrize("case", cases("strict"))
def test_what_threads_lets_pass_is_refused_only_by_a_strict_world(acme: Caller, case: dict[str, Any]) -> None:
    acme.create(**case["params"])
    acme.world.settings.strict = True
    assert acme.refused("POST", "/me/threads", **case["params"])[:2] == (500, 100)


def test_a_malformed_poll_is_dropped_without_a_word(acme: Caller) -> None:
    post = acme.post("Tea?", poll_attachment='{"options":["yes","no"]}')
    assert acme.get(f"/{post}", fields="text,poll_attachment") == {"id": post, "text": "Tea?"}


def test_children_mean_nothing_to_a_text(acme: Caller) -> None:
    post = acme.post("Alone", children="1,2")
    assert acme.get(f"/{post}", fields="media_type,children") == {"id": post, "media_type": "TEXT_POST"}


def test_more_than_five_links_are_refused_by_name(acme: Caller) -> None:
    five = " ".join(f"https://acme.dev/{number}" for number in range(5))
    acme.text(f"{five} https://acme.dev/0")
    refused = acme.refused("POST", "/me/threads", media_type="TEXT", text=five, link_attachment="https://acme.dev/9")
    assert refused[0] == 400
    assert "THREADS_API__LINK_LIMIT_EXCEEDED" in refused[3]
    attached = json.dumps({"plaintext": "x", "link_attachment_url": "https://acme.dev/9"})
    assert (
        "LINK_LIMIT" in acme.refused("POST", "/me/threads", media_type="TEXT", text=five, text_attachment=attached)[3]
    )


def test_countries_are_for_accounts_that_may_gate(acme: Caller) -> None:
    post = acme.post("Hallo", allowlisted_country_codes="DE, AT")
    assert acme.get(f"/{post}", fields="allowlisted_country_codes")["allowlisted_country_codes"] == ["DE", "AT"]
    acme.account.is_eligible_for_geo_gating = False
    refused = acme.refused("POST", "/me/threads", media_type="TEXT", text="x", allowlisted_country_codes="DE")
    assert "THREADS_API__FEATURE_NOT_AVAILABLE" in refused[3]


@pytest.mark.parametrize(
    ("text", "characters", "size"),
    [
        ("Hello", 5, 5),
        ("é", 1, 2),
        ("’", 1, 3),
        ("日本", 2, 6),
        ("a\nb", 3, 3),
        ("😀", 4, 4),
        ("👍🏽", 8, 8),
        ("❤️", 6, 6),
        ("🇯🇵", 8, 8),
        ("👨‍👩‍👧‍👦", 25, 25),
        ("1️⃣", 7, 7),
    ],
)
def test_an_emoji_costs_its_bytes_and_anything_else_one(text: str, characters: int, size: int) -> None:
    assert counted(text, "characters") == characters
    assert counted(text, "bytes") == size
    assert counted(text, "code_points") == len(text)


@pytest.mark.parametrize(("mode", "fits"), [("characters", True), ("bytes", False), ("code_points", True)])
def test_how_text_is_counted_is_a_setting(acme: Caller, mode: str, fits: bool) -> None:
    acme.world.settings.text_count = mode
    status, _ = acme.call("POST", "/me/threads", media_type="TEXT", text="日" * 401)
    assert (status == 200) is fits


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("no tag", None),
        ("#1 is none, #two is", "two"),
        ("#über uns", "über"),
        ("#a.b", "a"),
        ("#x!", "x"),
        ("#", None),
    ],
)
def test_the_first_valid_tag_of_a_text_is_its_topic(text: str, tag: str | None) -> None:
    assert tag_of({"text": text}) == tag
    assert tag_of({"text": text, "topic_tag": "Given"}) == "Given"


def test_links_count_once_and_bare_hosts_count_too() -> None:
    found = links("www.acme.dev, https://acme.dev/a. (https://acme.dev/a) acme.dev me@www.acme.dev")
    assert found == {"www.acme.dev", "https://acme.dev/a"}


def test_mentions_are_names_and_no_mail_addresses() -> None:
    assert mentions("Hi @Acme, @b.c. and d@e.f") == {"acme", "b.c"}
