"""A file that is no YAML still tells everything else that is wrong with it; cases of it are in the corpus as well."""

import random

from publisher.content.document import Document
from publisher.content.look import Files
from publisher.content.parsing import parse
from publisher.content.post_file import read_file
from publisher.content.salvage import salvage
from tests.content.cases import CONTEXT, cases
from tests.content.looks import look, read


def _codes(text: str) -> list[str]:
    found = read_file("posts/x.yaml", text.encode(), CONTEXT.accounts, CONTEXT.rules, Files(look, read)).findings
    return sorted(finding.code for finding in found)


def test_a_key_that_cannot_be_read_is_not_called_missing() -> None:
    assert _codes("text: Notes: faster\nspoilers: [faster]\n") == ["E100"]


def test_what_a_refusal_stands_for_is_not_refused_once_more() -> None:
    assert _codes("text: *hello\n") == ["E103"]


def test_a_file_made_to_break_its_reader_is_not_read_twice() -> None:
    data = b"text: " + b"[" * 40 + b"]" * 40 + b"\ncaption: x\n"
    known = parse("posts/x.yaml", data)
    assert not isinstance(known, Document)
    assert salvage("posts/x.yaml", data, known).document is None


def test_salvage_adds_findings_and_takes_none_away() -> None:
    dice = random.Random(20261126)
    whole = [data for case in cases("valid") if case.single for data in case.posts.values() if len(data) < 4_000]
    spoilt = [b"\t", b": ", b"*", b'"', b"\x07", b"\xff", b"]", b"\n", b"!x "]
    refused = 0
    for _ in range(2_000):
        data = bytearray(dice.choice(whole))
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(len(data))
            data[at : at + dice.randrange(2)] = dice.choice(spoilt)
        known = parse("posts/x.yaml", bytes(data))
        if not isinstance(known, Document):
            refused += 1
            told = read_file("posts/x.yaml", bytes(data), CONTEXT.accounts, CONTEXT.rules, Files(look, read))
            assert told.post is None
            assert set(known) <= set(told.findings)
    assert refused > 500
