"""What jsonschema has against a document, as findings. Imported only for a document that was refused."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from publisher.content.document import Document
from publisher.content.findings import Finding, found
from publisher.content.marks import Pointer
from publisher.content.schema import load_schema
from publisher.content.secrets import holds_secret
from publisher.content.slips import suggest, suggest_value


def explain(document: Document, data: Any, schema_name: str) -> tuple[Finding, ...]:
    """Every error of the document, each at its place. `data` is the document's, with types."""
    errors = list(_validator(schema_name).iter_errors(data))
    # A list is none of the words that are allowed either: one mistake, one finding.
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    findings: list[Finding] = []
    for error in errors:
        if error.validator != "enum" or tuple(error.absolute_path) not in mistyped:
            findings.extend(_findings(document, error, schema_name))
    return tuple(findings)


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator(load_schema(name))


def _findings(document: Document, error: Any, schema_name: str) -> Iterator[Finding]:
    pointer: Pointer = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        yield from _unknown_keys(document, error, pointer, schema_name)
        return
    if "propertyNames" in error.absolute_schema_path:  # it is the key that is wrong, and not what it holds
        message = f"{error.schema['errorMessage']}; it is {_shown(error.instance)}"
        yield found("E206", document.path, document.key_place_of((*pointer, error.instance)), message)
        return
    codes = error.schema.get("x-codes", {}) if isinstance(error.schema, dict) else {}
    code = codes.get(error.validator) or _CODES.get(str(error.validator), "E206")
    blank = isinstance(error.instance, str) and not error.instance.strip()
    if (blank or error.instance in ([], {})) and error.validator in ("enum", "pattern", "type", "minLength"):
        code = "E201"
    where = document.key_place_of if code == "E202" or isinstance(error.instance, list | dict) else document.place_of
    message, fix = _words(error, code, _name(pointer))
    yield found(code, document.path, where(pointer), message, fix=fix)


_MOST_SUGGESTED = 50  # keys of one mapping; a file with more is no post with slips, and each takes a millisecond
_CODES = {"type": "E200", "required": "E202", "enum": "E204", "const": "E204", "minLength": "E201"}
_CODES |= {"minItems": "E207", "maxItems": "E207", "minProperties": "E202"}


def _unknown_keys(document: Document, error: Any, pointer: Pointer, schema_name: str) -> Iterator[Finding]:
    allowed = tuple(error.schema["properties"])
    elsewhere = error.schema.get("x-elsewhere", {})
    unknown = [key for key in error.instance if key not in allowed]
    for number, key in enumerate(unknown):
        place = document.key_place_of((*pointer, key))
        if key in elsewhere:
            message = f"{error.schema['errorMessage']}: {key} {elsewhere[key]}"
            yield found("E261", document.path, place, message, fix=f"move {key}, or delete it")
            continue
        better = suggest(key, allowed, schema_name) if number < _MOST_SUGGESTED else None
        fix = f"did you mean {better}?" if better else f"delete it; known here are {', '.join(allowed)}"
        yield found("E203", document.path, place, f"{error.schema['errorMessage']}: {_shown(key)}", fix=fix)


def _words(error: Any, code: str, name: str) -> tuple[str, str]:
    """The message, and a fix where the schema knows a better one than the catalogue."""
    rule, value = error.validator_value, error.instance
    told = error.schema.get("errorMessage", f"{name} is not as it must be")
    match error.validator:
        case _ if code == "E201":
            return f"{told}; it is empty", ""
        case "type" if rule == "object":
            fix = f"known here are {', '.join(error.schema['properties'])}" if "properties" in error.schema else ""
            return f"{told}: {name} must be keys with values, not {_seen(value)}", fix
        case "type":
            return f"{told}; it is {_seen(value)}", _list_fix(name, value) if rule == "array" else ""
        case "enum":
            words = [str(word).lower() if isinstance(word, bool) else str(word) for word in rule]
            better = suggest_value(str(value), words)
            return f"{told}; it is {_shown(value)}", f"did you mean {better}?" if better else ""
        case "required":
            return f"{error.message.split(' is ')[0].strip(chr(39))} is missing", ""
        case "pattern":
            return f"{told}; it is {_shown(value)}", ""
        case "minItems":
            return f"{name} has {_count(value)}; at least {rule} {'is' if rule == 1 else 'are'} needed", ""
        case "maxItems":
            return f"{name} has {_count(value)}; the limit is {rule}", ""
        case "minProperties":
            return f"{name} has nothing in it", ""
        case "minimum" | "exclusiveMinimum":
            return f"{name} is {value}; the least is {rule}", ""
        case "maximum" | "exclusiveMaximum":
            return f"{name} is {value}; the most is {rule}", ""
    return f"{name}: {error.message[:200]}", ""


def _list_fix(name: str, value: Any) -> str:
    if isinstance(value, str):
        item = "…" if holds_secret(value) else value.splitlines()[0][:60]
        return f"write a list, each item on its own line after a hyphen:\n{name}:\n  - {item}"
    return ""


def _name(pointer: Pointer) -> str:
    """What a person calls it: "alt", "item 2 of media", "the file"."""
    if not pointer:
        return "the file"
    if isinstance(pointer[-1], int):
        return f"item {pointer[-1] + 1} of {pointer[-2]}" if len(pointer) > 1 else f"item {pointer[-1] + 1}"
    return pointer[-1]


def _seen(value: Any) -> str:
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list):
        return "a list"
    return "text" if isinstance(value, str) else str(value).lower()


def _count(value: Any) -> str:
    return f"{len(value)} item" + ("" if len(value) == 1 else "s")


def _shown(value: Any) -> str:
    text = str(value)
    if holds_secret(text):  # pasted into the wrong line: a message would carry it into logs
        return "something that looks like a secret"
    return f'"{text[:60]}…", {len(text):,} characters' if len(text) > 60 else f'"{text}"'
