"""Documents against the JSON Schemas in `schemas/`, which editors read too.

A schema is written for editors, where `draft: true` is a boolean; here every scalar is a string. So what the schema
wants as a boolean or a number is converted first, and only where it says so: that gives data with types (`Conformed`).
Then `judge` judges, in microseconds. Only for what it refuses `schema_errors` is imported, which has jsonschema explain
every error.

The schemas carry a few words of ours that editors pass over: `x-codes` (keyword -> code of its finding) and
`x-elsewhere` (key -> where it belongs instead) with `x-elsewhere-fix`, what to do where that is not to move it there,
and `x-fix`, what to do where the form is wrong.
`errorMessage` is the editors': yaml-language-server shows it for a wrong type, word, form or key, and our findings
begin with it, so that both say the same; only where keys belong it cannot say of another type what it says of a key.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from publisher.content.document import Document
from publisher.content.findings import Finding, found
from publisher.content.judge import Judge, judge_of
from publisher.content.marks import Pointer
from publisher.resources import resource

if TYPE_CHECKING:
    from publisher.content.schema_errors import Explained

_TRUE = ("true", "True", "TRUE")  # YAML 1.2's spellings, which are the editors'
_FALSE = ("false", "False", "FALSE")
_NULL = ("null", "Null", "NULL", "~")


@dataclass(frozen=True, slots=True)
class Conformed:
    """A document's data with the types its schema wants, and what the schema has against it."""

    data: dict[str, Any]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a schema wants something other than a string; branches that want none are left out."""

    wants: str | None = None  # "boolean", "integer", "number"
    words_too: bool = False  # a string is fine as well: `share_to_instagram: dark`
    told: str = ""  # what an editor says where it is something else: "draft must be true or false"
    properties: dict[str, "_Shape"] = field(default_factory=dict)
    others: "_Shape | None" = None  # additionalProperties
    items: "_Shape | None" = None


def schema_findings(document: Document, schema_name: str) -> tuple[Finding, ...]:
    """Everything that the schema `schema_name` ("post", "config") has against the document, with places."""
    return conform(document, schema_name).findings


def conform(document: Document, schema_name: str) -> Conformed:
    """The document's data with types, and every finding of its schema."""
    findings: list[Finding] = _nothings(document)
    shape = _shape_of(schema_name)
    data = _convert(document, document.data, shape, (), findings) if shape else document.data
    if findings:  # what could not be converted would be refused again, in other words
        explained = _explained(document, data, schema_name, findings)
        return Conformed(explained.data, (*findings, *explained.findings))
    if (verdict := _judged(schema_name, data)) is None:
        return Conformed(data, ())
    explained = _explained(document, data, schema_name, findings)
    return Conformed(explained.data, explained.findings or (_unexplained(document, verdict),))


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The schema as it lies in `schemas/`."""
    schema: dict[str, Any] = json.loads(resource(f"schemas/{name}.json").read_bytes())
    return schema


@cache
def _judge(name: str) -> Judge:
    schema = load_schema(name)
    return judge_of(schema, schema)


def _judged(name: str, data: Any) -> str | None:
    """The judge's own words when it refuses; None when all is well."""
    wrong = _judge(name)(data)
    return None if wrong is None else f"the file is not as its schema says: {wrong.lstrip(' .:')}"


def _explained(document: Document, data: Any, name: str, known: list[Finding]) -> "Explained":
    from publisher.content.schema_errors import explain

    places = {finding.place for finding in known}
    explained = explain(document, data, name)
    return explained._replace(findings=tuple(one for one in explained.findings if one.place not in places))


def _unexplained(document: Document, verdict: str) -> Finding:
    return found("E206", document.path, document.place_of(()), verdict)


def _nothings(document: Document) -> list[Finding]:
    """Plain `null` and `~`: nothing to YAML and to editors, a word to us."""
    if document.straight:
        return []
    return [
        found("E205", document.path, document.place_of(pointer), f"{event.value} is YAML for nothing at all")
        for pointer, event in document.values.items()
        if getattr(event, "value", None) in _NULL and not event.style
    ]


@cache
def _shape_of(name: str) -> _Shape | None:
    schema = load_schema(name)
    return _shape(schema, schema)


def _shape(schema: Any, root: dict[str, Any]) -> _Shape | None:
    if not isinstance(schema, dict):
        return None
    if "$ref" in schema:
        return _shape(root["definitions"][schema["$ref"].removeprefix("#/definitions/")], root)
    wants, words_too = _wanted(schema)
    below = {key: shape for key, value in schema.get("properties", {}).items() if (shape := _shape(value, root))}
    others = _shape(schema.get("additionalProperties"), root)
    items = _shape(schema.get("items"), root)
    if wants or below or others or items:
        return _Shape(wants, words_too, schema.get("errorMessage", ""), below, others, items)
    return None


def typed(
    document: Document, value: Any, rules: Any, root: dict[str, Any], pointer: Pointer, findings: list[Finding]
) -> Any:
    """What stands at `pointer` with the types of `rules`, a part of the schema `root`; what has another is found."""
    shape = _shape(rules, root)
    return _convert(document, value, shape, pointer, findings) if shape else value


def _wanted(schema: dict[str, Any]) -> tuple[str | None, bool]:
    types = schema.get("type", ())
    types = (types,) if isinstance(types, str) else tuple(types)
    wanted = next((kind for kind in ("boolean", "integer", "number") if kind in types), None)
    if "string" not in types:
        return wanted, False
    # Free text may look like a number and stays text; only words listed beside a boolean leave it one.
    return (wanted, True) if any(isinstance(value, bool) for value in schema.get("enum", ())) else (None, False)


def _convert(document: Document, value: Any, shape: _Shape, pointer: Pointer, findings: list[Finding]) -> Any:
    if isinstance(value, str):
        return _scalar(document, value, shape, pointer, findings) if shape.wants else value
    if isinstance(value, list):
        if shape.items is None:
            return value
        return [_convert(document, v, shape.items, (*pointer, n), findings) for n, v in enumerate(value)]
    changed = {
        key: _convert(document, below, wanted, (*pointer, key), findings)
        for key, below in value.items()
        if (wanted := shape.properties.get(key, shape.others)) is not None
    }
    return {**value, **changed} if changed else value


def _scalar(document: Document, value: str, shape: _Shape, pointer: Pointer, findings: list[Finding]) -> Any:
    plain = (document.straight and shape.wants == "boolean") or document.is_plain(pointer)
    if shape.wants == "boolean":
        if plain and value in (*_TRUE, *_FALSE):
            return value in _TRUE
    elif plain and (number := _number(value, whole=shape.wants == "integer")) is not None:
        return number
    if shape.words_too or (plain and value in _NULL):
        return value
    wanted = {"boolean": "true or false", "integer": "a whole number"}.get(shape.wants or "", "a number")
    seen = value if plain else f'"{value}" (in quotes it is text)'
    fix = f"write {wanted}, without quotes"
    if (line := value.rstrip("\n")) != value and (line in (*_TRUE, *_FALSE) or line.isdigit()):
        from publisher.content.schema_errors import one_line_fix

        seen = "text, as every block is" if getattr(document.values.get(pointer), "style", "") in ("|", ">") else seen
        fix = one_line_fix(document, pointer, line, text=False)
    message = f"{shape.told}; it is {seen or 'empty'}"
    findings.append(found("E200", document.path, document.place_of(pointer), message, fix=fix))
    return value


def _number(text: str, *, whole: bool) -> int | float | None:
    digits = text.lstrip("+-")
    if len(text) - len(digits) > 1 or len(text) > 18 or not text.isascii():
        return None
    if digits.isdigit():
        return int(text)
    head, dot, tail = digits.partition(".")
    return float(text) if not whole and dot and head.isdigit() and tail.isdigit() else None
