"""Threads lies about a publish call: over real HTTP the post is live once all the same.

Every fault at every call is swept in memory by tests/publishing and tests/proof; here the few whose way over a wire
is a way of its own: a connection that ends, a page instead of JSON, an answer that comes too late.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.flow.desk import CONFIG, Desk, jpeg, png

FAULTS = ("reset_after", "500_after", "10_after", "429_after", "garbage_after", "not_found", "slow_effect")
GOES_ON = (5, 6)  # 6: what looks like a restriction (429_after has its subcode) ends a run before its next post
RUNS = 4  # until all is live; a fault costs one or none
SHORT = CONFIG.replace("publishing: {", "publishing: {publish_timeout: 300ms, ")


@dataclass(frozen=True)
class Work:
    """A post and what has to be live of it, in order."""

    write: Callable[[Desk], None]
    texts: tuple[str, ...]


def _picture(desk: Desk) -> None:
    desk.write("posts/one.png", png(10))
    desk.post("a", "text: One picture\nmedia: [{file: one.png, alt: A dark square}]\n")


def _carousel(desk: Desk) -> None:
    desk.write("posts/one.png", png(10))
    desk.write("posts/two.jpg", jpeg(20))
    desk.write("posts/three.png", png(30))
    items = "".join(f"  - {{file: {name}, alt: A square}}\n" for name in ("one.png", "two.jpg", "three.png"))
    desk.post("a", f"text: Three pictures\nmedia:\n{items}")


def _chain(desk: Desk) -> None:
    desk.post("a", "text: First\nthread:\n  - text: Second\n  - text: Third\n")


WORK = {
    "picture": Work(_picture, ("One picture",)),
    "carousel": Work(_carousel, ("Three pictures",)),
    "chain": Work(_chain, ("First", "Second", "Third")),
}


CALLS = [(name, nth) for name, work in WORK.items() for nth in range(1, len(work.texts) + 1)]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("name", "nth"), CALLS)
def test_a_lie_about_any_publish_call_costs_no_duplicate_and_loses_nothing(
    desk: Desk, name: str, nth: int, fault: str
) -> None:
    work = WORK[name]
    desk.begin(SHORT)
    work.write(desk)
    desk.control("faults", [{"call": "publish", "nth": nth, "fault": fault, "seconds": 0.5}])
    codes = [desk.publish().code]
    while codes[-1] in GOES_ON and len(codes) < RUNS:
        codes.append(desk.publish().code)
    assert codes[-1] == 0, codes
    assert desk.faults_met() == [fault]
    live = desk.live()
    assert tuple(item["text"] for item in live) == work.texts
    record = desk("state", "show", "a", "--format", "json").document
    assert [part["media_id"] for part in record["parts"]] == [item["id"] for item in live]
    assert [item["reply_to_id"] for item in live[1:]] == [item["id"] for item in live[:-1]]
    before = desk.writes()
    assert desk.publish().code == 0
    assert desk.writes() == before
