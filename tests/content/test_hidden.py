"""What a reviewer cannot see is found; what languages and emoji need is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.hidden import hidden, mixed_scripts


def _codes(text: str) -> list[str]:
    return [thing.code for thing in hidden(text)]


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "👨\u200d👩\u200d👧\u200d👦",
        "👩🏽\u200d🚀",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f\u200d🔥",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "ශ්\u200dරී",
        "שלום\u200f (Acme)",
        "ก็ที่นี่",
        "Tie\u0302\u0301ng",
        "日本語とカナ",
        "Δt μs Ω https://acme.dev/Ω",
        "@acme ask https://acme.dev",
        "https://пример.рф/страница",
        "葛\U000e0100",
    ],
)
def test_what_people_write_is_left_alone(text: str) -> None:
    assert _codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((f"a{chr(code)}b", "E240") for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        *((f"a{chr(code)}b", "E241") for code in (0xAD, 0x34F, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E)),
        *((f"a{chr(code)}b", "E241") for code in (0x2060, 0x2063, 0x206A, 0x3164, 0xFFA0, 0xFFF9, 0xE0041)),
        ("\u200dstart", "E241"),
        ("🎉\u200da", "E241"),
        ("🏴\U000e0067", "E241"),
        ("Z" + "\u0301" * 9, "E244"),
        ("https://\u0440aypal.com", "E242"),
        ("www.g\u03bfogle.com", "E242"),
        ("@\u0430cme", "E242"),
        ("https://acme.dev@\u0440aypal.com", "E242"),
    ],
)
def test_what_deceives_is_found(text: str, code: str) -> None:
    assert code in _codes(text)


def test_the_message_names_the_character() -> None:
    (thing,) = hidden("one\u200btwo\u200b")
    assert "U+200B (zero width space)" in thing.message
    assert (thing.needle, thing.nth) == ("\u200b", 0)


def test_a_mixed_word_names_its_scripts() -> None:
    assert mixed_scripts("\u0440aypal") == ("CYRILLIC", "LATIN")
    assert mixed_scripts("paypal") == ()
    assert mixed_scripts("привет") == ()


@given(st.text())
def test_no_text_is_too_strange_to_be_looked_at(text: str) -> None:
    for thing in hidden(text):
        assert thing.needle in text
        assert thing.message
