"""Very many files are checked by several processes, each with its share; what comes back is small.

The processes are forks: each has all that its parent has, and opens the folders of the repository itself. What they
find is the same, in the same order, as if one had done it all.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Share = TypeVar("Share")
Result = TypeVar("Result")

_task: tuple[Callable[[Any], Any], Sequence[Any]] | None = None  # of this process, when it is a fork


def shared_out(work: Callable[[Share], Result], shares: Sequence[Share]) -> list[Result]:
    """`work` of each share, each in a process of its own. Raises what `work` raises.

    Neither `work` nor the shares need be such that they can be sent; the results are. Should a process die, from want
    of memory for instance, all is done again in this one.
    """
    if len(shares) < 2:
        return [work(share) for share in shares]
    fork = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(len(shares), fork, initializer=_begin, initargs=(work, shares)) as processes:
            return list(processes.map(_share, range(len(shares))))
    except BrokenProcessPool:
        return [work(share) for share in shares]


def processors() -> int:
    """How many processes can work at once; 1 where none can be forked."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(work: Callable[[Any], Any], shares: Sequence[Any]) -> None:
    global _task
    _task = (work, shares)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who interrupts a check wants no word from each process


def _share(number: int) -> Any:
    assert _task is not None
    work, shares = _task
    return work(shares[number])
