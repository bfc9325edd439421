"""Random lives of an account, drawn by Hypothesis and shrunk when one goes wrong; each is one line that lives it again.

`make test` draws a few, `make prove PROVE_ARGS=machine` many: `make prove PROVE_ARGS="machine lives=2000 steps=50"`.
"""

import time
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.proof.cases import FAULTS
from tests.proof.life import Life
from tests.proof.spread import spread

WORLDS = ("plain", "same", "duplicate", "lag")
# Media that Threads cannot use are refused for good: told, not lost, and so no part of a life that must end well.
DISTURBING = tuple(kind for kind in FAULTS if kind != "container_error")
STORE_FAULTS = ("not_written", "answer_lost", "killed_before", "killed_after")
WHICH = st.integers(0, 5)
STEP = st.integers(1, 40)
# At any call, or at one of those on which it hangs.
FAULT = st.one_of(
    st.tuples(st.just("any"), STEP, st.sampled_from(DISTURBING)),
    st.tuples(
        st.sampled_from(("publish", "publish", "posts", "status")), st.integers(1, 3), st.sampled_from(DISTURBING)
    ),
)


class Machine(RuleBasedStateMachine):
    """Draws the acts; what they do and what must hold is in `life`."""

    told: list[str] = []  # noqa: RUF012  (the line of the life that was lived last; a failure prints it)
    steps = 0
    lives = 0

    @initialize(world=st.sampled_from(WORLDS), group=st.sampled_from((1, 4)), park=st.booleans())
    def begins(self, world: str, group: int, park: bool) -> None:
        self.life = Life(world, group, park)
        Machine.lives += 1
        self.act("write", 1, False)

    def act(self, name: str, *arguments: Any) -> None:
        Machine.steps += 1
        try:
            self.life.act(name, *arguments)
        finally:
            Machine.told[:] = [str(self.life)]

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.act("finish")

    # --- files ------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.life.tip.files) < 8)
    @rule(parts=st.integers(1, 3), with_picture=st.booleans(), due_h=st.sampled_from((0, 0, 0, 2, 30)))
    def write(self, parts: int, with_picture: bool, due_h: int) -> None:
        self.act("write", parts, with_picture, due_h)

    @precondition(lambda self: len(self.life.tip.files) < 8)
    @rule(how=st.sampled_from(("quote", "reply_to")), which=WHICH)
    def point(self, how: str, which: int) -> None:
        self.act("point", how, which)

    @rule(act=st.sampled_from(("edit", "rename", "rename_back", "remove", "revert", "copy", "split")), which=WHICH)
    def change_files(self, act: str, which: int) -> None:
        self.act(act, which)

    @rule(how=st.sampled_from(("put_in", "take_out", "swap", "merge", "mend")), which=WHICH, place=st.integers(0, 3))
    def reshape(self, how: str, which: int, place: int) -> None:
        self.act("reshape", how, which, place)

    @rule(act=st.sampled_from(("rename_all", "renumber")))
    def change_all_names(self, act: str) -> None:
        self.act(act)

    @rule(which=WHICH, other=WHICH)
    def swap_names(self, which: int, other: int) -> None:
        self.act("swap_names", which, other)

    @rule(which=WHICH, how=st.sampled_from(("put_in", "take_out", "mend")))
    def rename_and_change(self, which: int, how: str) -> None:
        self.act("rename_and_change", which, how)

    # --- runs -------------------------------------------------------------------------------------------------

    @rule()
    def run(self) -> None:
        self.act("run")

    @rule(which=WHICH)
    def run_named(self, which: int) -> None:
        self.act("run_named", which)

    @rule(back=st.integers(1, 3))
    def run_of_old_tip(self, back: int) -> None:
        self.act("run_of_old_tip", back)

    @rule(parts=st.integers(0, 3), faults=st.lists(FAULT, min_size=1, max_size=3))
    def disturbed_run(self, parts: int, faults: list[tuple[str, int, str]]) -> None:
        if parts:
            self.act("write", parts, False)
        self.act("disturbed", faults)

    @rule(write=st.integers(1, 8), kind=st.sampled_from(STORE_FAULTS))
    def run_whose_state_fails(self, write: int, kind: str) -> None:
        self.act("store_fails", write, kind)

    # Not where a second publish makes a second post: a runner frozen at its publish call is the one hole, by name.
    @precondition(lambda self: self.life.world != "duplicate")
    @rule(
        switches=st.lists(st.tuples(st.integers(0, 1), STEP), min_size=1, max_size=3), frozen_h=st.sampled_from((0, 2))
    )
    def two_runners(self, switches: list[tuple[int, int]], frozen_h: int) -> None:
        self.act("two_runners", switches, frozen_h)

    @rule(minutes=st.sampled_from((1, 9, 60, 400, 1560)))
    def time_passes(self, minutes: int) -> None:
        self.act("wait", minutes)

    # --- the state, and people --------------------------------------------------------------------------------

    @rule()
    def wiped(self) -> None:
        self.act("wipe")

    @rule(writes=st.integers(1, 4), seen_here=st.booleans())
    def set_back(self, writes: int, seen_here: bool) -> None:
        self.act("set_back", writes, seen_here)

    @rule()
    def reconcile(self) -> None:
        self.act("look_again")

    @rule()
    def settle(self) -> None:
        self.act("settle")

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        self.act("delete", which)

    @rule()
    def owner_posts(self) -> None:
        self.act("owner_posts")

    @rule(which=WHICH)
    def stranger_answers(self, which: int) -> None:
        self.act("stranger_answers", which)

    @rule(which=WHICH)
    def owner_deletes(self, which: int) -> None:
        self.act("owner_deletes", which)


def live(number: int, steps: int, drawn_by: int) -> tuple[int, int, str]:
    """`number` lives of up to `steps` acts; how many lives and acts it came to, and the line of one that went wrong.

    Hypothesis lives a bad one again and again to make it short, so that the last line is the shortest it found.
    """
    Machine.lives = Machine.steps = 0
    quiet = settings(
        max_examples=number,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(drawn_by)(Machine), settings=quiet)
    except Exception as error:
        return Machine.lives, Machine.steps, f"{Machine.told[0]}  {type(error).__name__}: {error}"
    return Machine.lives, Machine.steps, ""


def prove(lives: int = 2000, steps: int = 50, seed: int = 1, jobs: int = 0) -> bool:
    """In portions with seeds of their own, over the processors."""
    began, portion = time.monotonic(), 25
    drawn = [(portion, steps, seed + number) for number in range(-(-lives // portion))]
    results = list(spread(live, drawn, jobs=jobs))
    bad = [line for *_, line in results if line]
    told = f"{sum(item[0] for item in results)} lives, {sum(item[1] for item in results)} acts, seeds from {seed}"
    print(f"machine: {told}, wrong {len(bad)}  ({time.monotonic() - began:.0f} s)", flush=True)
    for line in bad[:10]:
        print(f"  again with: python -m tests.proof.prove again '{line}'")
    return not bad
