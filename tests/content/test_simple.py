"""Reading without a parser: the same as libyaml reads, for posts as people write them, and for nothing else."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.posts import post
from publisher.content import parsing
from publisher.content.building import build
from publisher.content.document import Document
from publisher.content.parsing import parse
from publisher.content.simple import read_simple
from publisher.content.straight import MAX_DEPTH, MAX_NODES
from tests.content.cases import Case, cases
from tests.content.fuzz import EXAMPLES
from tests.content.readers import WORDS, drawn, made, read_without_parser

_CASES = [case for kind in ("valid", "invalid") for case in cases(kind)]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_a_case_of_the_corpus_is_read_as_libyaml_reads_it(case: Case) -> None:
    for data in case.files.values():
        read_without_parser(data)


def test_posts_as_people_write_them_need_no_parser() -> None:
    examples = [path.read_bytes() for path in EXAMPLES.glob("*.yaml")]
    assert len(examples) == 20
    assert all(read_without_parser(data) for data in examples)
    assert all(read_without_parser(post(number).encode()) for number in range(160))
    assert sum(read_without_parser(data) for case in _CASES for data in case.files.values()) > 500


def test_a_spoiled_post_is_read_as_libyaml_reads_it() -> None:
    assert sum(read_without_parser(drawn(0, n)) for n in range(4_000)) > 400


@given(st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_a_made_file_is_read_as_libyaml_reads_it(dice: random.Random) -> None:
    read_without_parser(made(dice).encode())


_TEXT = st.text(st.sampled_from("aé🎉 -:#'\"|>[],\\~\n\t?&*!%@`{}"), max_size=12)


@given(st.text(st.sampled_from("a: -#|>\n'\"[],~é"), max_size=40))
@settings(max_examples=500, deadline=None)
def test_signs_in_any_order_are_read_as_libyaml_reads_them(source: str) -> None:
    read_without_parser(f"{source}\n".encode())


@given(_TEXT, _TEXT)
@settings(max_examples=500, deadline=None)
@example("x", "\n  a\n # b\n  c")
def test_any_text_behind_a_key_is_read_as_libyaml_reads_it(text: str, after: str) -> None:
    for frame in (
        "a: {}\n{}\n",
        "a:\n  - {}\n  {}\n",
        "a:\n- b: {}\n  {}\nc: d\n",
        "a: |\n  {}\n  {}\n",
        "a: >-\n  {}{}\n",
    ):
        read_without_parser(frame.replace("{}", text, 1).replace("{}", after, 1).encode())


@pytest.mark.parametrize("word", WORDS)
def test_a_word_at_the_edge_is_read_as_libyaml_reads_it(word: str) -> None:
    for frame in (
        "a: {}\n",
        "a:\n  - {}\n",
        "- {}\n",
        "a:\n- b: {}\n",
        "a: |\n  {}\n",
        "a: >\n  {}\n  b\n",
        "{}: a\n",
        "{}\n",
    ):
        for end in ("", "b: c\n", "  b\n", " # b\n", "\n\n", "  b: c\n", "- b\n"):
            read_without_parser((frame.replace("{}", word) + end).encode())


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("a: |\n  b\n\n   c\n\n\nd: e\n", {"a": "b\n\n c\n", "d": "e"}),
        ("a: >-\n  b\n  c\n\n  d\n", {"a": "b c\nd"}),
        ("a: >\n  b\n", {"a": "b\n"}),
        ("a: |-\n  b\n# c\nd: ''\n", {"a": "b", "d": ""}),
        ("\n  # a\nb:\n- c: d\n  e: [F, 1]\n- g\n\nh: x\n", {"b": [{"c": "d", "e": ["F", "1"]}, "g"], "h": "x"}),
        ("h:\n   i:\n    - 'j'\n", {"h": {"i": ["j"]}}),
        ("yes: NO\nb: 1.10\n", {"yes": "NO", "b": "1.10"}),
    ],
)  # fmt: skip
def test_what_needs_no_parser(source: str, data: object) -> None:
    assert read_simple(source) == data
    assert read_without_parser(source.encode())


@pytest.mark.parametrize(
    "source",
    ["", "\n", "# a\n", "a: b", "a:\n", "a: b\r\n", "a: b\ta\n", "a: b\na: c\n", "a: b #c\n", "a: ~\n", "a: 'true'\n",
     "a: |-\n  true\n", "a: |+\n  b\n", "a: |\n\n  b\n", "a: |\n    b\n  c\n", "a: |\n  b\n \n  # c\n",
     "a: >\n  b\n    c\n", "a: >\n  b\n\n\n  c\n", "a: b\n  c\n", "a:\n  b\n", "a:\n - b\n- c\n", "- a\n", "a:\n- -\n",
     "a:\n  - - b\n", "a:\n-b\n", "? a\n", "a: b\n---\n", "a : b\n", "'a': b\n", "a: 'b''c'\n", 'a: "\\n"\n',
     "a: {b: c}\n", "a: &b c\n", "  a: b\n", "a:\n  b: c\n d: e\n"],
)  # fmt: skip
def test_what_is_left_to_a_parser(source: str) -> None:
    assert read_simple(source) is None


def test_what_is_read_without_a_parser_is_within_the_limits() -> None:
    wide = "a:\n" + "- b: [c]\n" * (MAX_NODES // 5)
    assert read_simple(wide) is None
    long = "a: [" + ", ".join("b" * MAX_NODES) + "]\n"
    assert read_simple(long) is None
    deep = ["".join(f"{' ' * step}a:\n" for step in range(depth)) + " " * depth + "a: b\n" for depth in range(40)]
    lists = [
        "".join(f"{'  ' * step}{'- ' if step else ''}a:\n" for step in range(depth)) + "  " * depth + "- b\n"
        for depth in range(1, 20)
    ]
    for source in (*deep, *lists):
        read_without_parser(source.encode())
    assert sum(read_simple(source) is not None for source in deep) < MAX_DEPTH


def test_without_libyaml_every_file_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "CParser", None)
    monkeypatch.setattr("publisher.content.straight.CParser", None)
    document = parse("x.yaml", b"a: b\n")
    assert isinstance(document, Document)
    assert not document.straight
    assert document == build("x.yaml", b"a: b\n", "a: b\n", pure=True)
