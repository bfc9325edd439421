"""Every failure of the protocol has its tests, or the sentence why it cannot occur: the table is held to the code."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.proof.failures import NUMBERS, summary, table

TESTS = Path(__file__).parents[1]
TABLE = table()


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of a file's tests, without importing it."""
    file = TESTS / path
    tree = ast.parse(file.read_text("utf-8")) if file.is_file() else ast.Module([], [])
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_every_failure_is_in_the_table_and_no_other() -> None:
    assert tuple(TABLE) == NUMBERS
    print(summary())


@pytest.mark.parametrize("number", NUMBERS)
def test_a_failure_names_tests_that_exist(number: str) -> None:
    row = TABLE[number]
    assert row.keys() <= {"failure", "tests", "cannot"}
    assert row["failure"]
    assert row.get("tests") or row.get("cannot"), "either a test makes it happen, or a sentence says why it cannot"
    for name in row.get("tests", ()):
        path, _, test = name.partition("::")
        assert test in names_in(path), name
