"""Protocol mutants: one safeguard taken out at a time. Each must be caught by the sweep that is named for it.

A mutant is a patch from outside; the product has no switch for it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any
from unittest.mock import patch

from publisher.planning.state import State
from publisher.publishing import apply, grouping, invariants, lists, resolve, run, setback, sighting
from publisher.publishing.journey import Journey
from publisher.publishing.ledger import Ledger
from publisher.publishing.outcome import Outcome
from publisher.threads_api.publishing import PublishingResource
from tests.proof import cases, without
from tests.proof.sweeps import SWEEPS
from tests.publishing.harness import Count
from tests.state_backends.fakes import MemoryState

LOOP = apply._Loop
Patch = tuple[Any, str, Any]
UNCHECKED = without.unchecked
INTENT, WRITE = (invariants, "before_intent", UNCHECKED), (invariants, "before_write", UNCHECKED)  # assertions gone too


@dataclass(frozen=True)
class Mutant:
    """`safeguard` in words; `patches` take it out; `sweep` names who must notice."""

    safeguard: str
    patches: tuple[Patch, ...]
    sweep: str

    @contextmanager
    def applied(self) -> Iterator[None]:
        with ExitStack() as stack:
            for target, name, value in self.patches:
                stack.enter_context(patch.object(target, name, value))
            yield

    def seen(self) -> Count:
        """What its sweep counts while the safeguard is gone. How many calls there are is counted, and kept, before."""
        for workload, world in product(("text", "chain-2", "mix"), cases.WORLDS):
            cases.calls_of(workload, world, 1)
        with self.applied():
            return SWEEPS[self.sweep]()


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "I1 no second container while the first may go live",
        ((LOOP, "_publish_failed", without.anew_on_ambiguity), INTENT, WRITE),
        "lies, lists lag",
    ),
    Mutant(
        "I1 a PUBLISHED container is never replaced", ((resolve, "resolve", without.dead_is_enough),), "lies, lists lag"
    ),
    Mutant(
        "I1 a FINISHED one is published, not replaced",
        ((resolve, "resolve", without.finished_is_dead),),
        "late effects",
    ),
    Mutant(
        "I1 a vanished one is never replaced unasked",
        ((resolve, "resolve", without.gone_is_dead),),
        "vanished, lists lag",
    ),
    Mutant(
        "I2 the intent is durable before the call",
        ((LOOP, "_intend", without.no_intent_written), (invariants, "before_call", UNCHECKED)),
        "deaths",
    ),
    Mutant("I2 its assertion", ((LOOP, "_intend", without.no_intent_written),), "one fault"),
    Mutant(
        "I3 an attempt settles before the next",
        ((resolve, "resolve", without.never_settled), INTENT),
        "late effects, evil world",
    ),
    Mutant("I3 its assertion", ((resolve, "resolve", without.never_settled),), "lies"),
    Mutant(
        "I3 a group ends where its intent has grown old",
        ((grouping, "still_young", lambda *_: True), (grouping, "in_time", lambda *_: True)),
        "late effects, groups",
    ),
    Mutant(
        "I3 an intent that took long to write is dated anew",
        ((grouping, "in_time", lambda *_: True),),
        "intents written slowly",
    ),
    Mutant("I4 a part answers the part before it", ((LOOP, "_known", without.all_to_the_root),), "one fault"),
    Mutant(
        "I5 open intents come before new ones", ((LOOP, "turn", lambda self, journey: True), INTENT), "open intents"
    ),
    Mutant(
        "I6 every write is conditional",
        ((MemoryState, "save", without.unconditional), (invariants, "after_write", UNCHECKED)),
        "two runners",
    ),
    Mutant(
        "I6 what a call follows is put beside nothing of another run", ((State, "opens", lambda *_: False),), "two tips"
    ),
    Mutant(
        "I6 nothing is begun once another run's records came along", ((Ledger, "undisturbed", UNCHECKED),), "two tips"
    ),
    Mutant("I7 what is finished stays so", ((LOOP, "_kept", without.no_record_of_success), WRITE), "one fault"),
    Mutant(
        "I8 a missing state is not an empty one",
        ((Ledger, "load", without.trusts_what_it_knows), (sighting, "live_twins", without.no_live_check)),
        "wiped, set back",
    ),
    Mutant(
        "I9 first parts go out in order",
        ((LOOP, "turn", without.no_order), (LOOP, "_choose", without.backwards)),
        "one fault",
    ),
    Mutant(
        "I12 the lock outlasts the call",
        ((Ledger, "hold", UNCHECKED), (invariants, "before_call", UNCHECKED)),
        "the lease runs out",
    ),
    Mutant("I12 its assertion", ((Ledger, "hold", UNCHECKED),), "the lease runs out"),
    Mutant("I11 a live twin stops the run", ((sighting, "live_twins", without.no_live_check),), "wiped, set back"),
    Mutant("only a single match is believed", ((resolve, "resolve", without.newest_of_the_list),), "posted by hand"),
    Mutant("ids of other parts do not count", ((sighting, "candidates", without.bound_ids_too),), "the same words"),
    Mutant(
        "a live post is left to the later of two attempts",
        ((sighting, "rivals", lambda *_: {}), (run, "settling_order", without.doubts_first)),
        "given up, lists lag",
    ),
    Mutant("a container id is no media id", ((Journey, "live", without.container_for_media),), "one fault"),
    Mutant("a lost answer is no success", ((LOOP, "_publish_failed", without.ambiguous_is_success),), "lies"),
    Mutant(
        'a lost answer is not "never sent"',
        ((setback, "classify", without.always(Outcome.NOT_SENT)),),
        "late effects, evil world",
    ),
    Mutant(
        'a lost answer is not "not found yet"',
        ((setback, "classify", without.always(Outcome.NOT_YET)),),
        "late effects, evil world",
    ),
    Mutant(
        "a POST is never repeated by the client",
        ((PublishingResource, "publish", without.retried_post),),
        "lies, evil world",
    ),
    Mutant("the lists are asked after every doubt", ((lists, "since", lambda *_: ()),), "lies, lists lag"),
)
