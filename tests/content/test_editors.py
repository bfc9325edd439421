"""What an editor underlines by the schema is what we refuse by it, and nothing else.

An editor reads scalars by the core schema of YAML 1.2 and asks a JSON Schema validator; so does this test.
"""

import re
from typing import Any

import pytest

from publisher.content.document import Document
from publisher.content.marks import Pointer
from publisher.content.parsing import parse
from publisher.content.schema import load_schema, schema_findings
from publisher.content.schema_errors import Validator
from tests.content.cases import Case, cases

_EDITOR = Validator(load_schema("post"))
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_NUMBER = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


def _as_editors_read(document: Document, value: Any, at: Pointer = ()) -> Any:
    if isinstance(value, dict):
        return {key: _as_editors_read(document, below, (*at, key)) for key, below in value.items()}
    if isinstance(value, list):
        return [_as_editors_read(document, below, (*at, number)) for number, below in enumerate(value)]
    if not document.is_plain(at):
        return value
    if value in _WORDS:
        return _WORDS[value]
    if re.fullmatch(r"[-+]?[0-9]+", value):
        return int(value)
    return float(value) if re.fullmatch(_NUMBER, value) else value


@pytest.mark.parametrize("case", [*cases("valid"), *cases("invalid")], ids=lambda case: case.name)
def test_an_editor_and_we_refuse_the_same_files(case: Case) -> None:
    for name, data in case.posts.items():
        document = parse(name, data)
        if isinstance(document, Document):
            in_editor = list(_EDITOR.iter_errors(_as_editors_read(document, document.data)))
            assert bool(in_editor) == bool(schema_findings(document, "post"))
