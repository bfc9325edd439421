"""What jsonschema has against a document, as findings. Imported only for a document that was refused."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from publisher.content.document import Document
from publisher.content.findings import Finding, found
from publisher.content.judge import expression, judge_of
from publisher.content.marks import Pointer
from publisher.content.schema import load_schema
from publisher.content.secrets import holds_secret
from publisher.content.shapes import fix_of_shape, fix_of_split_text, repeatable, written_as
from publisher.content.slips import named, suggest, suggest_value


class Explained(NamedTuple):
    """What is wrong with a document, and its data for the rules that come after the schema."""

    findings: tuple[Finding, ...]
    data: Any  # a word that is wrong by the line end behind it alone stands here without: `topic: |`


def explain(document: Document, data: Any, schema_name: str) -> Explained:
    """Every error of the document, each at its place. `data` is the document's, with types."""
    errors = list(_validator(schema_name).iter_errors(data))
    # A list is none of the words that are allowed either: one mistake, one finding.
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    findings: list[Finding] = []
    for error in errors:
        if error.validator != "enum" or tuple(error.absolute_path) not in mistyped:
            findings.extend(_findings(document, error, schema_name))
            if (line := _line_meant(error)) is not None and "propertyNames" not in error.absolute_schema_path:
                data = _with(data, tuple(error.absolute_path), line)
    return Explained(tuple(findings), data)


@cache
def _validator(name: str) -> Any:
    return Validator(load_schema(name))


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    """As jsonschema's own, but for what `$` means: to the schema, and to editors, it is the very end of a text."""
    if isinstance(instance, str) and expression(pattern).search(instance) is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator: Any = extend(Draft7Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def _with(data: Any, pointer: Pointer, value: Any) -> Any:
    if not pointer:
        return value
    changed: Any = dict(data) if isinstance(data, dict) else list(data)
    changed[pointer[0]] = _with(data[pointer[0]], pointer[1:], value)
    return changed


def _line_meant(error: Any) -> str | None:
    """The word without the line end behind it, where that is all that is wrong with it."""
    value = error.instance
    if error.validator not in ("pattern", "enum") or not isinstance(value, str):
        return None
    line = value.rstrip("\n")
    if line == value or not line.strip():
        return None
    words = {str(word).lower() for word in error.schema.get("enum", ())}
    return line if line in words or judge_of(error.schema, error.schema)(line) is None else None


def one_line_fix(document: Document, pointer: Pointer, line: str, *, text: bool) -> str:
    """How to write a word that has a line end behind it; what is no text, as `true`, cannot be a block at all."""
    event = document.values.get(pointer)
    style = getattr(event, "style", None)
    head = "write it on one line" if style in ("|", ">") else "write it without the line end"
    head += f", or the block with {style}-" if style in ("|", ">") and text else ""
    return head if event is None or not repeatable(line) else f"{head}:\n{written_as(pointer, line)}"


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
    if code != "E201" and (line := _line_meant(error)) is not None:
        message = f"{error.schema['errorMessage']}; here a line end stands behind it"
        fix = one_line_fix(document, pointer, line, text=line not in ("true", "false"))
    elif code == "E200" and error.validator == "type" and pointer:
        fix = fix_of_shape(document, pointer, error.schema, load_schema(schema_name), error.instance)
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
            fix = error.schema.get("x-elsewhere-fix", {}).get(key, f"move {key}, or delete it")
            yield found("E261", document.path, place, message, fix=fix)
            continue
        better = suggest(key, allowed, schema_name) if number < _MOST_SUGGESTED else None
        if not better and (meant := named(key, tuple(elsewhere), schema_name)) is not None:
            message = f"{error.schema['errorMessage']}: {_shown(key)}; {meant} {elsewhere[meant]}"
            fix = error.schema.get("x-elsewhere-fix", {}).get(meant, f"write it there as {meant}, or delete it")
            yield found("E261", document.path, place, message, fix=fix)
            continue
        fix = f"did you mean {better}?" if better else f"delete it; known here are {', '.join(allowed)}"
        if not better and "thread" in pointer[-2:-1] and len(error.instance) == 1:
            fix = fix_of_split_text(pointer, key, error.instance[key]) or fix
        yield found("E203", document.path, place, f"{error.schema['errorMessage']}: {_shown(key)}", fix=fix)


def _words(error: Any, code: str, name: str) -> tuple[str, str]:
    """The message, and a fix where the schema knows a better one than the catalogue."""
    rule, value = error.validator_value, error.instance
    told = error.schema.get("errorMessage", f"{name} is not as it must be")
    match error.validator:
        case "type" if code == "E201" and rule == "object":
            of_account = _keys(error)[:-1] == ["accounts"]
            fix = f"where nothing differs, write it so:\n{written_as((name,), {})}" if of_account else ""
            return f"{name} must be keys with values; it is empty", fix
        case _ if code == "E201":
            return f"{told}; it is empty", ""
        case "type" if rule == "object":
            return f"{name} must be keys with values, not {_seen(value)}", ""
        case "type":
            return f"{told}; it is {_seen(value)}", ""
        case "enum":
            words = [str(word).lower() if isinstance(word, bool) else str(word) for word in rule]
            better = suggest_value(str(value), words)
            return f"{told}; it is {_shown(value)}", f"did you mean {better}?" if better else ""
        case "required":
            return f"{error.message.split(' is ')[0].strip(chr(39))} is missing", ""
        case "pattern":
            lines = "\n" in value and expression(rule).search(value.replace("\n", " ")) is not None
            usual = error.schema.get("x-fix", "")
            return f"{told}; it is {_shown(value)}", "write it on one line" if lines else usual
        case "minItems":
            return f"{name} has {_count(value)}; at least {rule} {'is' if rule == 1 else 'are'} needed", ""
        case "maxItems":
            return f"{name} has {_count(value)}; the limit is {rule}", ""
        case "minProperties":
            return f"{name} has nothing in it", _NOTHING_IN.get(next(reversed(_keys(error)), ""), "")
        case "minimum" | "exclusiveMinimum":
            return f"{name} is {value}; the least is {rule}", ""
        case "maximum" | "exclusiveMaximum":
            return f"{name} is {value}; the most is {rule}", ""
    return f"{name}: {error.message[:200]}", ""


_NOTHING_IN = {
    "attached_text": "add text: with words, or file: with the name of a Markdown file",
    "media": "add file: with the name of a picture or video",
    "accounts": "name an account:\naccounts:\n  acme: {}",
}


def _keys(error: Any) -> list[str]:
    """The keys above a value, the nearest last."""
    return [key for key in error.absolute_path if isinstance(key, str)]


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
