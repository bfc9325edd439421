"""Very many files are checked by several processes, each with its share; what comes back is small.

The processes are forks: each has all that its parent has, and opens the folders of the repository itself. What they
find is the same, in the same order, as if one had done it all. The parent does a share of its own, so that nothing is
loaded or sent for that one.
"""

import os
import pickle
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Generic, NoReturn, TypeVar

Share = TypeVar("Share")
Result = TypeVar("Result")

_MOST = 8  # processes: each loads what looks at media for itself, and a container may have less than its machine
_LENGTH = 8  # bytes that say how many follow


def shared_out(work: Callable[[Share], Result], shares: Sequence[Share]) -> list[Result]:
    """`work` of each share: the first here, each of the others in a process of its own. Raises what `work` raises.

    Neither `work` nor the shares need be such that they can be sent; the results are. Of a process that fails, or dies
    from want of memory for instance, the share is done again here.
    """
    hands: list[_Hand[Result]] = []
    try:
        for share in shares[1:]:
            hands.append(_hand(work, share, [hand.pipe for hand in hands]))
        mine = [work(share) for share in shares[:1]]
        sent = (hand.result() for hand in hands)
        others = [work(share) if one is None else one[0] for share, one in zip(shares[1:], sent, strict=True)]
        return [*mine, *others]
    finally:
        for hand in hands:
            hand.let_go()


def processors() -> int:
    """How many processes are worth having at once; 1 where none can be forked."""
    if not hasattr(os, "fork"):
        return 1
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST)


@dataclass
class _Hand(Generic[Result]):
    """A process that works at one share, and the pipe that its result comes through."""

    pipe: int | None  # to read from
    process: int | None  # until it has ended; None, too, where none was to be had

    def result(self) -> tuple[Result] | None:
        """What it found, when it was done; None when it failed."""
        if self.pipe is None:
            return None
        with open(self.pipe, "rb", closefd=False) as stream:
            sent = stream.read()
        self._wait()
        # Whether it is whole tells how it ended: who has us ignore our children never learns of their ends.
        if len(sent) < _LENGTH or len(sent) - _LENGTH != int.from_bytes(sent[:_LENGTH], "big"):
            return None
        return (pickle.loads(sent[_LENGTH:]),)  # noqa: S301 - our own fork has written it

    def let_go(self) -> None:
        """Nobody waits for it any more; of one that has sent its result only the pipe is left."""
        if self.pipe is not None:
            os.close(self.pipe)
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)
            self._wait()

    def _wait(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            with suppress(ChildProcessError):
                os.waitpid(process, 0)


def _hand(work: Callable[[Share], Result], share: Share, others: Iterable[int | None]) -> "_Hand[Result]":
    """A fork that has begun with `share`. `others`: the pipes of those before it, which it has no use for."""
    try:
        pipe, into = os.pipe()
    except OSError:
        return _Hand(None, None)  # too many files are open
    with open(into, "wb") as stream:
        try:
            process = os.fork()
        except OSError:
            return _Hand(pipe, None)  # no more processes are to be had; an empty pipe says so
        if process == 0:
            _work(work, share, stream, (pipe, *others))
    return _Hand(pipe, process)


def _work(work: Callable[[Share], Result], share: Share, stream: BinaryIO, pipes: Iterable[int | None]) -> NoReturn:
    """In the fork: send the result, and end, whatever comes, without a word and without what else ends a program.

    `pipes` are closed: as long as somebody could still read the result, a fork whose parent died would wait to send it.
    """
    try:
        for pipe in pipes:
            if pipe is not None:
                os.close(pipe)
        for number in (signal.SIGINT, signal.SIGTERM):  # who ends a check wants no word from each process
            signal.signal(number, signal.SIG_DFL)
        sent = pickle.dumps(work(share), pickle.HIGHEST_PROTOCOL)
        stream.write(len(sent).to_bytes(_LENGTH, "big") + sent)
        stream.flush()
    finally:
        os._exit(0)
