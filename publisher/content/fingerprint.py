"""By what it is told that a file says what went out: a hash, and beside it the names of the posts that it points at.

"3fa9…c2", or "3fa9…c2 launch-day" of something that quotes the post `launch-day`. Words and media are hashed: a state
holds none. Names are readable, since files get others: then they are changed wherever they stand, and nobody needs to
know the words (`planning/moves`). Pure.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any


def fingerprint(facts: Any, names: Iterable[str]) -> str:
    """SHA-256 of `facts`, then the `names`, in the order in which `facts` has them."""
    import hashlib  # OpenSSL is loaded with it, and a check hashes nothing

    compact = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return " ".join((hashlib.sha256(compact.encode()).hexdigest(), *names))


def named_in(said: str) -> list[str]:
    """The ids of the posts that it points at."""
    return said.split(" ")[1:]


def words_of(said: str) -> str:
    """The hash alone."""
    return said.split(" ")[0]


def with_names(said: str, names: Mapping[str, str]) -> str:
    """The same under other names: id -> id; those that are not in `names` stay."""
    words, *pointed_at = said.split(" ")
    return " ".join((words, *(names.get(name, name) for name in pointed_at)))
