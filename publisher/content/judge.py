"""Whether data are as a schema wants them: a fast yes, or the first thing that is not so.

jsonschema says the same of a document with all its reasons, and takes longer to load than we to answer. What is here
knows the words of JSON Schema that `schemas/` uses (`WORDS`) and no others; a schema with another one raises.

The rules of a key are made ready when the first document has it: a hook that looks at one file pays for its keys alone.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Rules = Mapping[str, Any]
Judge = Callable[[Any], str | None]  # None: all is well

_RULES = ("$ref", "type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "required", "items")
_MORE_RULES = ("minItems", "maxItems", "properties", "additionalProperties", "propertyNames", "minProperties")
_FOR_EYES = ("$schema", "definitions", "title", "description", "markdownDescription", "examples", "default")
_FOR_EDITORS = ("defaultSnippets", "enumDescriptions", "errorMessage")
WORDS = frozenset((*_RULES, *_MORE_RULES, *_FOR_EYES, *_FOR_EDITORS))

_CLASSES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_DOLLAR = re.compile(r"(?<!\\)\$")


def judge_of(rules: Rules, root: Rules) -> Judge:
    """The judge of `rules`, a part of the schema `root`: for data of dict, list, str, bool, int and float.

    Raises `ValueError` for a word that is not known here.
    """
    while "$ref" in rules:
        rules = root["definitions"][rules["$ref"].removeprefix("#/definitions/")]
    if strange := [word for word in rules if word not in WORDS and not word.startswith("x-")]:
        raise ValueError(f"the judge of schemas does not know {', '.join(strange)}")
    classes = _classes(rules.get("type", tuple(_CLASSES)))
    # A number is none of the booleans, which Python would have it be.
    words = [(word.__class__, word) for word in rules["enum"]] if "enum" in rules else None
    below = {str: _text_judge, dict: _mapping_judge, list: _list_judge, int: _number_judge, float: _number_judge}
    inner = {kind: below[kind](rules, root) for kind in classes if kind in below}

    def judge(value: Any) -> str | None:
        kind = value.__class__
        if kind not in classes:
            return f" must be {rules['type']}"
        if words is not None and (kind, value) not in words:
            return f" must be one of {rules['enum']}"
        more = inner.get(kind)
        return more(value) if more is not None else None

    return judge


def _classes(types: Any) -> frozenset[type]:
    return frozenset(kind for name in ((types,) if isinstance(types, str) else types) for kind in _CLASSES[name])


def expression(pattern: str) -> re.Pattern[str]:
    """A `pattern` of a schema as Python's: there `$` is the very end of a text, and never before a last line end.

    Source: https://json-schema.org/draft-07/json-schema-validation#rfc.section.4.3, which has it from ECMA 262.
    """
    return re.compile(_DOLLAR.sub(r"\\Z", pattern))


def _text_judge(rules: Rules, root: Rules) -> Judge | None:  # noqa: ARG001 (one signature for all)
    least, most, pattern = rules.get("minLength", 0), rules.get("maxLength"), rules.get("pattern")
    if not least and most is None and pattern is None:
        return None
    search = None if pattern is None else expression(pattern).search

    def judge(value: str) -> str | None:
        if len(value) < least or (most is not None and len(value) > most):
            return f" must have {least} to {most} characters"
        if search is not None and search(value) is None:
            return f" must match {pattern}"
        return None

    return judge


def _number_judge(rules: Rules, root: Rules) -> Judge | None:  # noqa: ARG001
    least, most = rules.get("minimum"), rules.get("maximum")
    if least is None and most is None:
        return None

    def judge(value: float) -> str | None:
        inside = (least is None or value >= least) and (most is None or value <= most)
        return None if inside else f" must be from {least} to {most}"

    return judge


def _list_judge(rules: Rules, root: Rules) -> Judge:
    least, most = rules.get("minItems", 0), rules.get("maxItems")
    item = judge_of(rules["items"], root) if "items" in rules else None

    def judge(value: list[Any]) -> str | None:
        if len(value) < least or (most is not None and len(value) > most):
            return f" must have {least} to {most} items"
        if item is not None:
            for number, each in enumerate(value):
                if (wrong := item(each)) is not None:
                    return f"[{number}]{wrong}"
        return None

    return judge


def _mapping_judge(rules: Rules, root: Rules) -> Judge:
    least, required = rules.get("minProperties", 0), rules.get("required", ())
    properties, others = rules.get("properties", {}), rules.get("additionalProperties", True)
    name_judge = judge_of({"type": "string", **rules["propertyNames"]}, root) if "propertyNames" in rules else None
    judges: dict[str, Judge | None] = {}  # of the keys that were met

    def judge(value: dict[str, Any]) -> str | None:
        if len(value) < least:
            return f" must have at least {least} keys"
        for key in required:
            if key not in value:
                return f" must have {key}"
        for key, below in value.items():
            if name_judge is not None and (wrong := name_judge(key)) is not None:
                return f": the key {key}{wrong}"
            if key not in judges:
                if key not in properties and others is False:
                    return f" must not have {key}"
                wanted = properties.get(key, others)
                judges[key] = None if wanted is True else judge_of(wanted, root)
            if (one := judges[key]) is not None and (wrong := one(below)) is not None:
                return f".{key}{wrong}"
        return None

    return judge
