"""docs/sandbox.md names every control, call, fault and setting, and no other; its example runs."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from publisher.sandbox.faults import CALLS, FAULTS
from publisher.sandbox.serve import Sandbox
from publisher.sandbox.values import CHOICES, Settings

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the first table under `heading`."""
    under = PAGE.split(f"{heading}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", under, re.M)
    assert lines is not None
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[0].splitlines()[2:]]


def _named(cells: Iterable[str]) -> list[str]:
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_every_fault_and_every_call_has_its_word() -> None:
    assert sorted(_named(row[0] for row in _rows("### Faults"))) == sorted(FAULTS)
    sentence = PAGE.split("Calls are ", 1)[1].split(".", 1)[0]
    assert sorted(_named([sentence])) == sorted(CALLS)


def test_every_setting_and_its_values_are_told_the_default_first() -> None:
    rows = {name: _named([row[1]]) for row in _rows("### Settings") for name in _named([row[0]])}
    assert rows.keys() == vars(Settings()).keys()
    for name, values in CHOICES.items():
        assert rows[name] == [json.dumps(value).strip('"') for value in values]
        assert json.dumps(getattr(Settings(), name)).strip('"') == rows[name][0]


def test_every_control_is_there(threads_sandbox: Sandbox) -> None:
    told = [name.split() for name in _named(row[0] for row in _rows("## Controls"))]
    for method, path in told:
        answer = requests.request(method, threads_sandbox.threads_api + path, json={}, timeout=5)
        assert answer.status_code != 404, path
        assert answer.headers["Content-Type"] == "application/json"
    described = requests.get(f"{threads_sandbox.threads_api}/_sandbox/openapi.json", timeout=5).json()
    assert described["openapi"]


def test_the_example_passes(threads_sandbox: Sandbox) -> None:
    example = re.search(r"```python\n(.*?)```", PAGE, re.S)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example[1], names)
    names["test_my_bot_says_hello"](threads_sandbox)
    assert [post["text"] for post in threads_sandbox.posts()] == ["Hello"]
