"""`fix_post`: what has one meaning is mended, what has two is not, and a second run finds nothing to do."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from publisher.content.document import Document
from publisher.content.editing.fixes import Fixed, fix_post
from publisher.content.findings import Finding
from publisher.content.parsing import parse
from publisher.content.validate import Source, check_posts
from tests.content.cases import CONTEXT, Case, cases
from tests.content.looks import look, read

_LINES = (Path(__file__).parent / "fixes.txt").read_text("utf-8").splitlines()[1:]
_PATH = "posts/a.yaml"


def _check(path: str, data: bytes) -> Sequence[Finding]:
    return check_posts([Source(path, data)], CONTEXT, look, read).findings


def _fixed(data: bytes, path: str = _PATH) -> Fixed:
    return fix_post(path, data, partial(_check, path))


@pytest.mark.parametrize("line", _LINES)
def test_a_slip_becomes_what_it_was_meant_to_be_or_stays(line: str) -> None:
    before, _, after = line.replace("⏎", "\n").replace("→", "\t").partition(" ⇒ ")
    assert _fixed(f"{before}\n".encode()).data.decode() == f"{after or before}\n"


@pytest.mark.parametrize("line", [line for line in _LINES if "⇒" in line])
def test_what_was_mended_has_no_finding_left(line: str) -> None:
    assert _check(_PATH, f"{line.partition(' ⇒ ')[2].replace('⏎', chr(10))}\n".encode()) == ()


def test_a_change_says_where_what_and_how() -> None:
    (change,) = _fixed(b"text: Hello\ntopic_tag: News\n").changes
    assert (change.line, change.code, change.was, change.now) == (2, "E203", "topic_tag", "topic")


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    assert _fixed(b"\xef\xbb\xbftxet: Hello\r\ndraft: yes\r\n").data == b"\xef\xbb\xbftext: Hello\r\ndraft: true\r\n"


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        ("text: a\nmedia:\n" + "  - file: a.jpg\n    spoiler: yes\n" * 450, 450),
        ("text: a\nthread:\n" + "  - text: a #b\n" * 900, 900),
        ("text: a\nthread:\n" + "  - medai: a\n" * 900, 0),
    ],
    ids=["flags", "ends", "keys that would not help"],
)
def test_a_file_full_of_mistakes_is_mended_at_once(source: str, mended: int) -> None:
    checks = 0

    def check(data: bytes) -> Sequence[Finding]:
        nonlocal checks
        checks += 1
        return _check(_PATH, data)

    assert len(fix_post(_PATH, source.encode(), check).changes) == mended
    assert checks < 60


_CASES = [case for case in cases("invalid") if case.root is None]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_no_case_of_the_corpus_gets_worse_loses_a_comment_or_changes_twice(case: Case) -> None:
    for path, data in case.posts.items():
        fixed = _fixed(data, path)
        assert len(_check(path, fixed.data)) <= len(_check(path, data)) or _was_no_yaml(data)
        assert fixed.data.count(b"#") >= data.count(b"#")
        assert _fixed(fixed.data, path).changes == ()


def _was_no_yaml(data: bytes) -> bool:
    return not isinstance(parse(_PATH, data), Document)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_no_text_of_the_corpus_changes_but_one_that_lost_its_end(case: Case) -> None:
    for path, data in case.posts.items():
        before, after = parse(path, data), parse(path, _fixed(data, path).data)
        if isinstance(before, Document) and isinstance(after, Document) and not before.warnings:
            assert set(_texts(before.data)) <= set(_texts(after.data))


def _texts(value: object, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for name, below in value.items() for text in _texts(below, name)]
    if isinstance(value, list):
        return [text for below in value for text in _texts(below, key)]
    return [str(value)] if key in ("text", "note", "alt", "topic") else []
