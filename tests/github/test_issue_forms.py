"""`wish_of`: a filled-in form becomes a post file, whatever was written into it."""

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.document import Document
from publisher.content.parsing import parse
from publisher.errors import InvalidContent
from publisher.github.issue_forms import wish_of


def _event(body: str, title: str = "Post: Acme") -> dict[str, Any]:
    return {"action": "opened", "issue": {"number": 1, "title": title, "body": body}}


def _form(text: str = "_No response_", **fields: str) -> dict[str, Any]:
    more = "".join(f"\n\n### {label.replace('_', ' ')}\n\n{value}" for label, value in fields.items())
    return _event(f"### Text\n\n{text}{more}")


def _data(event: Any) -> dict[str, Any]:
    document = parse("posts/a.yaml", wish_of(event).source.encode())
    assert isinstance(document, Document)
    return document.data


def test_a_form_becomes_the_keys_of_a_post() -> None:
    pictures = "![A blue chart](https://github.com/user-attachments/assets/1)\nhttps://acme.dev/b.jpg"
    event = _form(
        "Hello\n\nworld", Pictures=pictures, Topic="News", Not_before="2026-12-01T09:00", Link="_No response_"
    )
    assert _data(event) == {
        "text": "Hello\n\nworld",
        "media": [
            {"url": "https://github.com/user-attachments/assets/1", "alt": "A blue chart"},
            {"url": "https://acme.dev/b.jpg", "alt": "TODO"},
        ],
        "topic": "News",
        "publish_at": "2026-12-01T09:00",
    }


def test_a_workflow_started_by_hand_has_the_same_fields() -> None:
    assert _data({"inputs": {"text": "Hello", "topic": "News"}}) == {"text": "Hello", "topic": "News"}


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("a \t:#-?!'\"\\|>[]{}@%&*\n`~=é日👍")).map(str.strip).filter(bool))
def test_no_text_becomes_syntax(text: str) -> None:
    assert _data({"inputs": {"text": text}}) == {"text": text}


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("a:#-?!'\"\\|>[]{}@%&*`~=é日👍"), min_size=1))
def test_no_topic_becomes_syntax(topic: str) -> None:
    assert _data({"inputs": {"text": "a", "topic": topic}})["topic"] == topic


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {"issue": None},
        {"pull_request": {}},
        _event("no form at all"),
        _form(),
        _form("Hello\n\n### Text\n\nAnother"),
        _form("bell \x07"),
        _form("a" * 30_000),
    ],
)
def test_an_event_without_a_form_or_with_one_to_doubt_is_refused(event: Any) -> None:
    with pytest.raises(InvalidContent):
        wish_of(event)


def test_only_https_addresses_become_pictures() -> None:
    event = _form(
        "Hello", Pictures='![x](file:///etc/passwd) <img src="http://a.b/c.png"> <img alt="A cat" src="https://a.b/c">'
    )
    assert _data(event)["media"] == [{"url": "https://a.b/c", "alt": "A cat"}]


@pytest.mark.parametrize(
    "body",
    [
        "### Text\n\nHello\n\n### " + " " * 65_000 + "x",
        "### Text\n\nHello\n\n### Pictures\n\n" + "![" * 9_900,
        "### Text\n\nHello\n\n### Pictures\n\n" + "<img " * 3_900,
    ],
    ids=["heading", "picture", "tag"],
)
def test_a_body_that_was_made_to_be_slow_is_read_at_once(body: str) -> None:
    began = time.process_time()
    with contextlib.suppress(InvalidContent):
        wish_of(_event(body))
    assert time.process_time() - began < 0.7
