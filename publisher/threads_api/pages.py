"""Lists as Threads gives them: a page, cursors to its neighbours, and an iterator over all of them.

Threads also sends whole URLs of the neighbours; they carry the access token, and are not read.
Source: https://developers.facebook.com/docs/threads/retrieve-and-discover-posts/retrieve-posts
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypedDict, TypeVar

from publisher.threads_api.call import given, yes_or_no
from publisher.threads_api.errors import InvalidParameter
from publisher.threads_api.fields import Fields, spelled
from publisher.threads_api.reading import Record

T = TypeVar("T")
Moment = datetime | int | str  # a time with a zone, Unix seconds, or words that Threads reads ("yesterday")
LARGEST_PAGE = 100
EARLIEST = 1688540400  # 2023-07-05: Threads has nothing older and refuses to look


class IterationOptions(TypedDict, total=False):
    """What can be asked of a list as a whole."""

    since: Moment | None
    until: Moment | None
    fields: Fields | None


class ListOptions(IterationOptions, total=False):
    """What can be asked of one page. `before` and `after` are cursors, one of them at most."""

    limit: int | None  # 25 when absent, 100 at most
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page, newest first. `after` leads to the next; None when this is the last."""

    items: tuple[T, ...]
    after: str | None = None
    before: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def read(cls, answer: Record, item: Callable[[Record], T]) -> "Page[T]":
        items = tuple(item(entry) for entry in answer.data())
        paging = answer.record("paging")
        cursors = paging.record("cursors") if paging is not None else None
        if cursors is None or not items:
            return cls(items)
        return cls(items, cursors.text("after") or None, cursors.text("before") or None)


def pages(fetch: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Every item of every page, fetched as it is consumed; a cursor that repeats ends it."""
    after: str | None = None
    seen: set[str] = set()
    while True:
        page = fetch(after)
        yield from page.items
        if page.after is None or page.after in seen:
            return
        seen.add(page.after)
        after = page.after


def list_params(
    default: Fields,
    *,
    fields: Fields | None = None,
    limit: int | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    before: str | None = None,
    after: str | None = None,
    reverse: bool | None = None,
) -> dict[str, str]:
    """The parameters of a list call; `default` are the fields asked for when none are named.

    Raises `InvalidParameter` for what Threads documents as refused.
    """
    if limit is not None and not 0 <= limit <= LARGEST_PAGE:
        raise InvalidParameter(f"`limit` is 0 to {LARGEST_PAGE}")
    if before and after:
        raise InvalidParameter("`before` and `after` exclude each other")
    return given(
        fields=spelled(fields or default),
        limit=None if limit is None else str(limit),
        before=before or None,
        after=after or None,
        reverse=None if reverse is None else yes_or_no(reverse),
        **period(since, until, earliest=EARLIEST),
    )


def period(since: Moment | None, until: Moment | None, *, earliest: int) -> dict[str, str | None]:
    """`since` and `until` as Threads takes them. Raises `InvalidParameter` where they cannot be right."""
    first, last = _seconds(since), _seconds(until)
    if isinstance(first, int) and first < earliest:
        raise InvalidParameter(f"`since` is {earliest} (Unix seconds) or later")
    if isinstance(first, int) and isinstance(last, int) and first >= last:
        raise InvalidParameter("`since` comes before `until`")
    return {"since": None if first is None else str(first), "until": None if last is None else str(last)}


def _seconds(moment: Moment | None) -> int | str | None:
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise InvalidParameter("a time without a time zone means another moment on every machine")
    return int(moment.timestamp())
