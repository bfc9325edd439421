"""What is public is typed: no signature and no field that people meet says `Any`."""

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from publisher import threads_api
from publisher.threads_api import ThreadsClient
from tests.threads_api.replay import Canned, said

CLASSES = {name: kind for name in threads_api.__all__ if inspect.isclass(kind := getattr(threads_api, name))}
RESOURCES = {
    name: type(resource)
    for name, resource in vars(ThreadsClient(Canned([said({})]))).items()
    if not name.startswith("_")
}
# What Meta adds tomorrow can be anything: `extra`, and the JSON of an answer as it came.
OPEN = {"extra", "json", "as_json"}


def _hints(kind: type) -> Iterator[tuple[str, Any]]:
    """Each public field and each part of a public signature, as "method.parameter"."""
    if dataclasses.is_dataclass(kind):
        yield from ((name, hint) for name, hint in get_type_hints(kind).items() if not name.startswith("_"))
    for name, method in inspect.getmembers(kind, inspect.isroutine):
        if not name.startswith("_") and str(getattr(method, "__module__", "")).startswith("publisher."):
            yield from ((f"{name}.{part}", hint) for part, hint in _signature(method))


def _signature(method: Any) -> Iterator[tuple[str, Any]]:
    names = vars(inspect.getmodule(method)) | _only_for_types()
    yield from get_type_hints(method, names).items()


def _only_for_types() -> dict[str, Any]:
    """Names that are imported for type checkers alone."""
    import requests

    return {"requests": requests}


def _says_any(hint: Any) -> bool:
    return hint is Any or any(_says_any(part) for part in get_args(hint) if not isinstance(part, str))


@pytest.mark.parametrize("name", [*CLASSES, *RESOURCES])
def test_nothing_public_is_any(name: str) -> None:
    kind = CLASSES.get(name) or RESOURCES[name]
    untyped = [place for place, hint in _hints(kind) if _says_any(hint) and place.split(".")[0] not in OPEN]
    assert untyped == []


def test_an_any_would_be_found() -> None:
    assert _says_any(dict[str, list[Any]])
    assert not _says_any(dict[str, list[str]])
