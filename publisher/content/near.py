"""Which of many names was probably meant by one that is none of them. Pure.

Comparing two names letter by letter takes as long as reading a whole post file, and a repository may have 100,000 of
them. So of many names only those are compared that begin, or end, most like what was written: a slip leaves one of the
two ends as it was, or both.
"""

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

ALL = 100  # names that are few enough to compare each of them
BESIDE = 12  # names on each side of the place where what was written would stand, by beginnings and by endings
ASKED = 100  # questions that are answered; whoever has more wrong names has another trouble than slips
_ALIKE = 0.7  # how much of two names must be the same, from 0 to 1
_LONGEST = 200  # characters


class Names:
    """Names, of which the last step of a path is compared: "posts/2026/launch.yaml" is looked for as "launch.yaml"."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names
        self._left = ASKED

    def nearest(self, written: str) -> str | None:
        """The name that is most like `written`, with its path; None when none is, or after `ASKED` questions."""
        word = _last_step(written)
        if self._left == 0 or len(word) > _LONGEST:
            return None
        self._left -= 1
        from difflib import get_close_matches  # only for what is not there

        near = get_close_matches(word, self._compared(word), n=1, cutoff=_ALIKE)
        return self._by_last_step[near[0]] if near else None

    def _compared(self, word: str) -> list[str]:
        if len(self._by_last_step) <= ALL:
            return list(self._by_last_step)
        beginnings = _beside(self._forwards, word)
        endings = (name[::-1] for name in _beside(self._backwards, word[::-1]))
        return list(dict.fromkeys((*beginnings, *endings)))

    @cached_property
    def _by_last_step(self) -> dict[str, str]:
        return {_last_step(name): name for name in sorted(self._names, reverse=True)}

    @cached_property
    def _forwards(self) -> list[str]:
        return sorted(self._by_last_step)

    @cached_property
    def _backwards(self) -> list[str]:
        return sorted(name[::-1] for name in self._by_last_step)


def _last_step(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _beside(ordered: list[str], word: str) -> list[str]:
    at = bisect_left(ordered, word)
    return ordered[max(at - BESIDE, 0) : at + BESIDE]
