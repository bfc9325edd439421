"""What a post costs: API calls, state reads and writes, bytes; and the schedule against its lower bound.

    python -m benchmarks.cost            histories of 100 and 10,000 posts
    python -m benchmarks.cost 100000     these histories
    python -m benchmarks.cost 100 text   these histories, kinds, backends

Counted, not timed: the real engine and the real backends, the sandbox's world, virtual time. The cost *of a post* is
what a run of 20 costs more than a run of 10, divided by 10; what a run costs whatever it publishes has its own columns.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.places import BACKENDS, Cost, Counted, opened
from benchmarks.schedule import schedules
from publisher.content.post import Post
from publisher.publishing.run import Desired, Session, carry_out, look
from publisher.state_backends.branch import BranchState
from tests.publishing.harness import Scene, carousel, chain, picture, text

FEW = 10
GROUP = 10  # posts that share a write on a branch, as `wiring` has it
KINDS: dict[str, Callable[[str], Post]] = {
    "text": text,
    "image": lambda name: text(name, media=(picture(name),)),
    "video": lambda name: text(name, media=(picture(name, "video"),)),
    "carousel of 5": lambda name: carousel(name, 5),
    "chain of 3": lambda name: chain(name, 3),
}
HISTORIES = (100, 10_000)


def run_of(make: Callable[[str], Post], posts: int, backend: str, history: int) -> Cost:
    """One run that publishes `posts` posts on an account on which `history` are live."""
    cost = Cost()
    with opened(backend, history, cost) as counted:
        scene = Scene(tuple(make(f"new-{number:02}") for number in range(posts)))
        session = _session(scene, counted)
        with counted.lock("1/1"):
            report = carry_out(session, look(session, Desired(scene.posts)))
    if report.exit_code or len(scene.world.published()) < posts:
        raise AssertionError(f"not all was published: exit {report.exit_code}")
    cost.calls = len(scene.faulty.log)
    return cost


def _session(scene: Scene, backend: Counted) -> Session:
    plain = scene.session()
    facts: dict[str, Any] = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
    return Session(**{**facts, "backend": backend, "group": GROUP if isinstance(backend.inner, BranchState) else 1})


def table(histories: Sequence[int], kinds: Sequence[str], backends: Sequence[str]) -> None:
    for make in KINDS.values():
        run_of(make, 1, "file", 1)  # so that what Python loads on the way is loaded
    print(f"{'':<15}{'':<8}{'history':>8}   {'-------- of a post --------':<32}{'--- of a run ---':>24}")
    print(f"{'kind':<15}{'backend':<8}{'posts':>8}{'calls':>8}{'writes':>8}{'bytes':>10}", end="")
    print(f"{'calls':>11}{'reads':>7}{'bytes read':>14}{'the next one':>14}{'cache restored':>16}")
    for backend in backends:
        for posts in histories:
            for kind, make in ((kind, KINDS[kind]) for kind in kinds):
                few, more = (run_of(make, number, backend, posts) for number in (FEW, 2 * FEW))
                print(f"{kind:<15}{backend:<8}{posts:>8}{_row(few, more - few)}", flush=True)


def _row(few: Cost, more: Cost) -> str:
    of_a_post = f"{more.calls / FEW:>8.1f}{more.writes / FEW:>8.1f}{more.bytes_written / FEW:>10.0f}"
    of_a_run = f"{few.calls - more.calls:>11}{few.reads:>7}{few.bytes_read:>14,}"
    return f"{of_a_post}{of_a_run}{few.bytes_next:>14,}{few.bytes_cached:>16,}"


def main(arguments: Sequence[str]) -> None:
    histories = [int(word) for word in arguments if word.isdecimal()]
    kinds = [kind for kind in KINDS if kind in arguments]
    backends = [backend for backend in BACKENDS if backend in arguments]
    table(histories or HISTORIES, kinds or list(KINDS), backends or BACKENDS)
    print()
    for name, ratio, explained in schedules():
        print(f"{name:<52} {ratio:.2f}   {explained}")


if __name__ == "__main__":
    main(sys.argv[1:])
