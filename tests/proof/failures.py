"""The failures that the protocol was written for, and which tests make each of them happen: `failures.toml`."""

import tomllib
from pathlib import Path
from typing import Any

NUMBERS = tuple(f"F{number}" for number in range(1, 75))


def table() -> dict[str, dict[str, Any]]:
    """Number to `failure`, `tests` and, where it cannot occur here, `cannot`."""
    return tomllib.loads((Path(__file__).parent / "failures.toml").read_text("utf-8"))


def summary() -> str:
    """One line for `make prove`."""
    rows = table().values()
    excused = sum("cannot" in row for row in rows)
    named = {name for row in rows for name in row.get("tests", ())}
    made = len(rows) - excused
    return f"failures of the protocol: {len(rows)}; {made} made to happen by {len(named)} tests, {excused} cannot occur"
