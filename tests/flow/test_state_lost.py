"""The state is lost, or set back, before any call of a run: the real command stops, and what it says leads out.

Each stop is exit 8 or 4, or 7 where the change looks like another run's; the commands are taken from the messages, and
in the end everything is live once and on record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.sandbox.faults import Outcome
from publisher.sandbox.serve import Sandbox
from publisher.threads_api.messages import Request
from tests.flow.asked import STATE
from tests.flow.desk import Desk
from tests.flow.ways import Walk

WANTED = ["First", "Second", "Alone"]
PATIENCE = 12  # commands of a person who does what is said


def _lost(desk: Desk) -> None:
    (desk.folder / STATE).unlink()


def _set_back(desk: Desk) -> None:
    (desk.folder / STATE).write_bytes((desk.folder / "older.json").read_bytes())


@dataclass
class Before:
    """Does `harm` right before the n-th call that reaches the sandbox."""

    sandbox: Sandbox
    nth: int
    harm: Callable[[], None]
    calls: int = 0

    def __post_init__(self) -> None:
        self.answered = type(self.sandbox.faulty).answer

    def __call__(self, request: Request, token: str | None) -> Outcome:
        self.calls += 1
        if self.calls == self.nth:
            self.harm()
        return self.answered(self.sandbox.faulty, request, token)


def _goes_on(walk: Walk, code: int) -> int:
    """What the last message says, done; gives back how the next run ends."""
    if "publisher state init" in walk.said:
        (walk.desk.folder / walk.quoted(r": rm (\S+), then")).unlink()
        walk.follow("state init")
    elif ": rm " in walk.said:
        (walk.desk.folder / walk.quoted(r": rm (\S+), then")).unlink()
        walk.call("reconcile")
    elif "--adopt" in walk.said:
        walk.follow("--adopt")
    elif "--resume" in walk.said:
        walk.follow("--resume")
    else:
        assert code in (5, 7), f"no way out is named:\n{walk.said}"
    return walk.publish().code


@pytest.mark.slow
@pytest.mark.parametrize("harm", [_lost, _set_back])
def test_a_state_that_goes_before_any_call_posts_nothing_twice_and_the_messages_lead_out(
    desk: Desk, harm: Callable[[Desk], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[int] = []
    nth = 1
    while True:
        here = Desk(tmp_path / f"{nth}", desk.sandbox)
        here.control("reset", {})
        here.begin()
        here.write("older.json", (here.folder / STATE).read_bytes())
        here.post("a", "text: First\nthread:\n  - text: Second\n")
        here.post("b", "text: Alone\n")
        walk = Walk(here)
        with monkeypatch.context() as patched:
            before = Before(desk.sandbox, nth, lambda here=here: harm(here))  # type: ignore[misc]
            patched.setattr(desk.sandbox.faulty, "answer", before)
            code = walk.publish().code
        if before.calls < nth:
            break
        code = code or walk.publish().code
        stops.append(code)
        for _ in range(PATIENCE):
            if code == 0:
                break
            assert code in (4, 5, 7, 8), walk.said
            code = _goes_on(walk, code)
        assert code == 0, f"before call {nth}: {walk.said}"
        assert sorted(here.texts(), key=lambda text: WANTED.index(str(text))) == WANTED, f"before call {nth}"
        recorded = [here("state", "show", name, "--format", "json").document["parts"] for name in ("a", "b")]
        ids = {part["media_id"] for parts in recorded for part in parts}
        assert ids == {item["id"] for item in here.live()}, f"before call {nth}"
        nth += 1
    print(f"{harm.__name__} before each of {nth - 1} calls: stops {sorted(set(stops))}, 0 duplicates, 0 lost")
    assert set(stops) <= {0, 4, 7, 8}
    assert 8 in stops
