"""Lists as Threads gives them: a page with a cursor to the next one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page, newest first. `after` leads to the next; None when this is the last."""

    items: tuple[T, ...]
    after: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    @classmethod
    def read(cls, document: Mapping[str, Any], item: Callable[[Mapping[str, Any]], T]) -> "Page[T]":
        data = tuple(item(entry) for entry in document.get("data") or ())
        paging = document.get("paging") or {}
        after = (paging.get("cursors") or {}).get("after")
        return cls(data, str(after) if after and data else None)


def pages(fetch: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Every item of every page; a cursor that repeats ends it."""
    after: str | None = None
    seen: set[str] = set()
    while True:
        page = fetch(after)
        yield from page.items
        if page.after is None or page.after in seen:
            return
        seen.add(page.after)
        after = page.after
