"""The official schema of SARIF 2.1.0, whole, as Microsoft's own test library for SARIF carries it."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft4Validator

_FOLDER = (
    Path(__file__).parents[2] / ".venv" / "sarif" / "node_modules" / "@microsoft" / "jest-sarif" / "lib" / "schemas"
)
_FILE = _FOLDER / "sarif-2.1.0-rtm.5.json"
MISSING = None if _FILE.exists() else "the schema of SARIF 2.1.0 is not installed: make sarif"


@cache
def official() -> Draft4Validator:
    """Judges a whole log. Raises `FileNotFoundError` while it is `MISSING`."""
    schema = json.loads(_FILE.read_text("utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)
