"""Our SARIF against the official schema of 2.1.0, where it is installed."""

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from publisher.content.catalogue import all_entries
from publisher.content.findings import START, Finding, Place
from publisher.report.json import json_text
from publisher.report.sarif import findings_log
from tests.report.hostile import hostile_text
from tests.report.sarif_schema import MISSING, official

pytestmark = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))


def _hostile() -> Sequence[Finding]:
    dice = random.Random(6)
    texts = [[hostile_text(dice) for _ in range(4)] for _ in range(50)]
    return [Finding("E203", path, Place(1, 1, 1, 2), message, why, fix) for path, message, why, fix in texts]


@pytest.mark.parametrize(
    "findings",
    [
        (),
        [Finding(each.code, "posts/a b:ü.yaml", START, each.title, each.why, each.fix) for each in all_entries()],
        [Finding("W601", "posts/a.yaml", Place(2, 3, 4, 1), "over lines")],
        [Finding("E999", "posts/a.yaml", Place(2, 3, 4, 1), "in no catalogue")],
        _hostile(),
    ],
    ids=["none", "every code", "a warning", "an unknown code", "hostile"],
)
def test_a_log_is_as_the_official_schema_says(findings: Sequence[Finding]) -> None:
    log = json.loads(json_text(findings_log(findings)))
    official().validate(log)
    assert len(log["runs"][0]["results"]) == len(findings)


@pytest.mark.parametrize(
    ("key", "value"), [("level", "fatal"), ("ruleIndex", -2), ("message", {}), ("locations", [{"line": 1}])]
)
def test_the_schema_refuses_what_is_none(key: str, value: Any) -> None:
    log = findings_log([Finding("E203", "posts/a.yaml", START, "unknown key")])
    official().validate(log)
    log["runs"][0]["results"][0][key] = value
    assert not official().is_valid(log)
