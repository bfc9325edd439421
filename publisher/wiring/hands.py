"""Very many files are checked by several processes, each with its share; what comes back is small.

The processes are forks: each has all that its parent has, and opens the folders of the repository itself. What they
find is the same, in the same order, as if one had done it all. The parent does a share of its own, so that nothing is
loaded or sent for that one.
"""

import os
import pickle
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO, Generic, NoReturn, TypeVar

Share = TypeVar("Share")
Result = TypeVar("Result")


def shared_out(work: Callable[[Share], Result], shares: Sequence[Share]) -> list[Result]:
    """`work` of each share: the first here, each of the others in a process of its own. Raises what `work` raises.

    Neither `work` nor the shares need be such that they can be sent; the results are. Of a process that fails, or dies
    from want of memory for instance, the share is done again here.
    """
    hands: list[_Hand[Share, Result]] = []
    try:
        hands += (_Hand(work, share) for share in shares[1:])
        return [*(work(share) for share in shares[:1]), *(hand.result() for hand in hands)]
    finally:
        for hand in hands:
            hand.let_go()


def processors() -> int:
    """How many processes can work at once; 1 where none can be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Hand(Generic[Share, Result]):
    """A process that works at one share, and the pipe that its result comes through."""

    def __init__(self, work: Callable[[Share], Result], share: Share) -> None:
        self._work, self._share = work, share
        self._pipe, into = os.pipe()
        with open(into, "wb") as stream:
            self._process = self._forked()
            if self._process == 0:
                self._do(stream)

    @staticmethod
    def _forked() -> int | None:
        with suppress(OSError):
            return os.fork()
        return None  # no more processes are to be had

    def _do(self, stream: BinaryIO) -> NoReturn:
        """In the fork: send the result, and end, whatever comes; nothing of the parent's is flushed or closed twice."""
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # who interrupts a check wants no word from each process
            pickle.dump(self._work(self._share), stream, pickle.HIGHEST_PROTOCOL)
            stream.flush()
            code = 0
        finally:
            os._exit(code)

    def result(self) -> Result:
        with open(self._pipe, "rb", closefd=False) as stream:
            sent = stream.read()
        if self._ended() != 0:
            return self._work(self._share)
        result: Result = pickle.loads(sent)  # noqa: S301 - our own fork has written it
        return result

    def _ended(self) -> int | None:
        """The status it ended with."""
        process, self._process = self._process, None
        return None if process is None else os.waitpid(process, 0)[1]

    def let_go(self) -> None:
        """Nobody waits for it any more; of one that has sent its result only the pipe is left."""
        os.close(self._pipe)
        if self._process is not None:
            os.kill(self._process, signal.SIGKILL)  # not waited for yet, so that no other can have its number
            self._ended()
