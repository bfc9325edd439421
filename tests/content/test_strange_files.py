"""No file is too strange: it is a post or it has findings, and nothing is raised."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.validate import Source, check_posts
from tests.content.cases import CONTEXT, cases
from tests.content.looks import look
from tests.content.slow import SLOW

_SIGNS = "-· ·\n·|-·>·\"·'·#·: ·[·]·{·}·,·&a·*a·!·!!str ·<<: ·---·...·%YAML 1.2·?·\t·\\u·\\·@·`·é·🎉·\u200d·\r\n"
_WORDS = "text:|media:|thread:|file: cat.jpg|url: https://a.dev/b.png|alt:|true|~|publish_at:|quote:|x.yaml"
_PIECES = [*_SIGNS.split("·"), *_WORDS.split("|")]


def _check(data: bytes) -> None:
    checked = check_posts([Source("posts/x.yaml", data)], CONTEXT, look)
    assert len(checked.posts) + len(checked.broken) == 1
    assert bool(checked.broken) == any(finding.severity == "error" for finding in checked.findings)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_a_heap_of_yaml_signs_is_judged(pieces: list[str]) -> None:
    _check("".join(pieces).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_are_judged(data: bytes) -> None:
    _check(data)


def test_thousands_of_spoiled_cases_are_judged() -> None:
    dice = random.Random(7)
    whole = [data for kind in ("valid", "invalid") for case in cases(kind) for data in case.files.values()]
    files = [data for data in whole if len(data) < 2_000]
    for _ in range(3_000):
        data = bytearray(dice.choice(files))
        for _ in range(dice.randrange(1, 5)):
            at = dice.randrange(len(data) + 1)
            match dice.randrange(3):
                case 0:
                    data[at:at] = dice.choice(_PIECES).encode()
                case 1:
                    del data[at : at + dice.randrange(1, 8)]
                case _:
                    other = dice.choice(files)
                    data[at:at] = other[: dice.randrange(len(other) + 1)]
        _check(bytes(data))


@pytest.mark.parametrize("text", SLOW, ids=range(len(SLOW)))
def test_a_file_made_to_be_slow_is_judged(text: str) -> None:
    _check(text.encode())
