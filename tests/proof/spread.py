"""Work spread over processes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from typing import Any, TypeVar

Result = TypeVar("Result")


def spread(work: Callable[..., Result], portions: Iterable[Sequence[Any]], *, jobs: int = 0) -> Iterator[Result]:
    """`work(*portion)` for each, in order, by `jobs` processes; 0: one for each processor, 1: in this one."""
    count = jobs or cpu_count() or 1
    if count == 1:
        yield from (work(*portion) for portion in portions)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
        yield from pool.map(work, *zip(*portions, strict=True))
