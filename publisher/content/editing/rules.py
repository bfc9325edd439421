"""What the schema of post files says of one place of a file."""

from functools import cache
from typing import Any

from publisher.content.marks import Pointer
from publisher.content.schema import load_schema


def rule_at(pointer: Pointer) -> dict[str, Any]:
    """The schema's rule for the value at `pointer`; nothing for a place it does not know.

    >>> rule_at(("thread", 0, "text"))["title"]
    'Text'
    """
    rule = _resolved(load_schema("post"))
    for name in pointer:
        below = rule.get("items") if isinstance(name, int) else rule.get("properties", {}).get(name)
        if not isinstance(below, dict):
            return {}
        rule = _resolved(below)
    return rule


def keys_at(pointer: Pointer) -> tuple[str, ...]:
    """The keys that the mapping at `pointer` may have, in the order in which they are written."""
    return tuple(rule_at(pointer).get("properties", ()))


def _resolved(rule: dict[str, Any]) -> dict[str, Any]:
    return _definition(rule["$ref"]) if "$ref" in rule else rule


@cache
def _definition(reference: str) -> dict[str, Any]:
    found: dict[str, Any] = load_schema("post")["definitions"][reference.removeprefix("#/definitions/")]
    return _resolved(found)
