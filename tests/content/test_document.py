"""Reading YAML: strings as written, places to the character, and the same from both of PyYAML's parsers."""

import pytest

from publisher.content.building import build
from publisher.content.characters import forbidden_character
from publisher.content.document import Document
from publisher.content.findings import Place
from publisher.content.parsing import MAX_BYTES, parse
from tests.content.cases import Case, cases


def _document(text: str) -> Document:
    document = parse("posts/x.yaml", text.encode())
    assert isinstance(document, Document), document
    return document


def _codes(data: bytes) -> list[str]:
    document = parse("posts/x.yaml", data)
    return [finding.code for finding in (document.warnings if isinstance(document, Document) else document)]


@pytest.mark.parametrize(
    "written",
    ["NO", "Yes", "off", "12:30", "09:30", "1.10", "0123", "0x1f", "1_000", "2026-12-01", "1e3", ".inf", "NaN", "null",
     "~", "18079098539304490", "2026-12-01T09:00:00Z", "=", "true"],
)  # fmt: skip
def test_a_scalar_is_the_string_that_was_written(written: str) -> None:
    assert _document(f"text: {written}\n").data == {"text": written}


def test_a_place_is_counted_in_code_points() -> None:
    document = _document("text: 日本語の投稿 🎉\ntopic: e\u0301a\n")
    assert document.place_of(("text",)) == Place(1, 7, 1, 15)
    assert document.place_of(("topic",)) == Place(2, 8, 2, 11)


def test_a_byte_order_mark_takes_no_column() -> None:
    document = parse("x.yaml", b"\xef\xbb\xbftext: hi\n")
    assert isinstance(document, Document)
    assert document.key_place_of(("text",)) == Place(1, 1, 1, 5)


def test_every_key_and_every_value_has_a_place() -> None:
    document = _document(
        "text: hi\nmedia:\n  - file: cat.jpg\n    alt: >-\n      A cat\n      asleep\npoll: [Yes, No]\n"
    )
    assert document.key_place_of(("media", 0, "alt")) == Place(4, 5, 4, 8)
    assert document.place_of(("media", 0, "file")) == Place(3, 11, 3, 18)
    assert document.place_of(("poll", 1)) == Place(7, 13, 7, 15)
    assert document.place_of(("media", 0)) == Place(3, 5, 3, 9)


def test_the_place_of_a_block_ends_with_its_last_written_line() -> None:
    document = _document("text: |-\n  one\n  two\n\n\ntopic: x\n")
    assert document.place_of(("text",)) == Place(1, 7, 3, 6)


def test_the_place_of_what_is_not_there_is_that_of_what_is_around_it() -> None:
    document = _document("text: hi\nmedia:\n  - file: cat.jpg\n")
    assert document.place_of(("media", 0, "alt")) == Place(3, 5, 3, 9)
    assert document.place_of(("nothing", 3, "at all")) == Place(1, 1, 1, 1)


def test_the_place_of_an_empty_value_is_that_of_its_key() -> None:
    assert _document("text:\ntopic: x\n").place_of(("text",)) == Place(1, 1, 1, 5)


def test_a_piece_of_a_text_has_a_place_of_its_own() -> None:
    document = _document("text: |-\n  one two\n  two 日本 three\ntopic: two\n")
    assert document.place_in(("text",), "two") == Place(2, 7, 2, 10)
    assert document.place_in(("text",), "two", 1) == Place(3, 3, 3, 6)
    assert document.place_in(("text",), "three") == Place(3, 10, 3, 15)


def test_a_piece_written_as_an_escape_has_the_place_of_the_whole_text() -> None:
    document = _document('text: "a\\u200Bb"\n')
    assert document.place_in(("text",), "\u200b") == document.place_of(("text",))


def test_lines_are_the_source_without_its_line_ends() -> None:
    assert _document("text: |-\r\n  one\r\ntopic: x\n").lines == ("text: |-", "  one", "topic: x", "")


def test_a_duplicate_key_names_both_lines() -> None:
    (finding,) = parse("x.yaml", b"text: a\ntopic: b\ntext: c\n")  # type: ignore[misc]
    assert "on line 1 and on line 3" in finding.message


def test_all_that_a_file_hides_is_told_at_once() -> None:
    assert _codes(b"text: &a hi\ntopic: !x y\ntext: *a\n<<: {b: c}\n---\nb: c\n") == [
        "E103", "E104", "E105", "E103", "E106", "E102",
    ]  # fmt: skip


def test_an_alias_is_no_key_either() -> None:
    assert _codes(b"text: hi\nnote: &a x\n*a : y\n") == ["E103", "E103"]


@pytest.mark.parametrize("depth", [1_000, 3_000, 30_000])
def test_brackets_without_end_are_refused_and_harm_nobody(depth: int) -> None:
    assert _codes(b"text: " + b"[" * depth + b"]" * depth) == ["E107"]


def test_mappings_without_end_are_refused_and_harm_nobody() -> None:
    assert _codes(b"text: " + b"{a: " * 5_000 + b"b" + b"}" * 5_000) == ["E107"]


def test_a_file_of_the_largest_size_is_read() -> None:
    head = b"text: "
    assert _codes(head + b"a" * (MAX_BYTES - len(head))) == []
    assert _codes(head + b"a" * (MAX_BYTES - len(head) + 1)) == ["E108"]


def test_the_fix_for_a_swallowed_comment_is_the_line_in_quotes() -> None:
    document = _document("text: Ship it #friday\n")
    assert document.warnings[0].fix.endswith('text: "Ship it #friday"')


def test_the_fix_for_a_text_that_yaml_refuses_is_a_block_that_it_takes() -> None:
    (finding,) = parse("x.yaml", b"text: Release notes: faster\n")  # type: ignore[misc]
    mended = finding.fix.partition("\n")[2]
    assert _document(mended).data == {"text": "Release notes: faster"}


# libyaml takes a tab behind a value; the parser in Python, which PyYAML falls back to, does not.
_ONLY_LIBYAML = {"tabs-behind-values"}
_FOR_BOTH = [case for kind in ("valid", "invalid") for case in cases(kind) if case.name not in _ONLY_LIBYAML]


@pytest.mark.parametrize("case", _FOR_BOTH, ids=lambda case: case.name)
def test_both_parsers_of_pyyaml_say_the_same(case: Case) -> None:
    for name, data in case.files.items():
        try:
            source = data.removeprefix(b"\xef\xbb\xbf").decode()
        except UnicodeDecodeError:
            continue
        if len(data) > MAX_BYTES or forbidden_character(source) is not None:
            continue  # refused before any parser sees it
        fast, slow = (build(name, source.encode(), source, pure=pure) for pure in (False, True))
        if isinstance(fast, Document) and isinstance(slow, Document):
            assert fast.data == slow.data
            assert fast.warnings == slow.warnings
            assert [fast.place_of(at) for at in fast.values] == [slow.place_of(at) for at in slow.values]
        else:
            assert [(f.code, f.place.line, f.place.column) for f in fast] == [
                (f.code, f.place.line, f.place.column) for f in slow
            ]
