"""A sample of every sweep of `make prove`, and every mutant."""

import pytest

from tests.proof import cases, machine, runners, stores, wipes
from tests.proof.life import Life
from tests.proof.mutants import MUTANTS, Mutant
from tests.proof.sweep import sweep_here
from tests.proof.sweeps import SWEEPS
from tests.publishing.harness import WORKLOADS, Count


def test_one_fault_at_any_call_costs_nothing() -> None:
    total = sweep_here(cases.singles(tuple(WORKLOADS), cases.MODELS, every=37))
    print(total.line("single faults, a sample"))
    assert total.count.runs > 500
    assert total.count.asked == 0  # what parks everything posts nothing twice, either
    assert not total.bad, total.bad[:3]


def test_a_fault_or_two_amid_groups_cost_nothing() -> None:
    total = sweep_here(cases.singles(cases.GROUPED, cases.MODELS, every=23, group=cases.GROUP))
    total.add(sweep_here(cases.doubles(cases.GROUPED, cases.MODELS, number=100, seed=1, group=cases.GROUP)))
    print(total.line("faults amid groups, a sample"))
    assert total.count.runs > 200
    assert not total.bad, total.bad[:3]


def test_two_faults_cost_nothing() -> None:
    drawn = cases.doubles(("text", "image", "carousel-2", "chain-2", "mix"), cases.MODELS, number=800, seed=1)
    total = sweep_here(drawn)
    print(total.line("double faults, a sample"))
    assert not total.bad, total.bad[:3]


@pytest.mark.parametrize("name", ["image", "chain-2"])
def test_a_frozen_runner_that_wakes_posts_nothing_twice(name: str) -> None:
    total = sum(runners.zombies(name), Count())
    print(total)
    assert total.runs > 10
    assert total.clean


def test_two_runners_that_change_hands_post_nothing_twice() -> None:
    total = sum(runners.switches("chain-2", every=2), Count())
    print(total)
    assert total.runs > 50
    assert total.clean


def test_a_state_lost_or_set_back_posts_nothing_twice() -> None:
    total = sum(wipes.all_wipes(("text", "chain-2", "wordless")), Count())
    print(total)
    assert total.asked > 10
    assert total.clean


@pytest.mark.parametrize(
    ("backend", "name", "every"),
    [
        ("file", "text", 2),
        ("branch", "text", 29),
        ("s3", "text", 23),
        ("branch, all sealed", "points", 61),
        ("s3, all sealed", "points", 43),
    ],
)
def test_a_store_that_fails_at_any_call_costs_nothing(backend: str, name: str, every: int) -> None:
    counted, bad = stores.swept(backend, name, every)
    print(f"stores, {backend}, a sample: {counted}")
    assert counted.runs > 0
    assert not bad, bad[:3]


def test_random_lives_of_an_account_end_well() -> None:
    lives, acts, wrong = machine.live(40, 40, 1)
    print(f"machine, a sample: {lives} lives, {acts} acts")
    assert lives >= 40
    assert not wrong, f"again with: python -m tests.proof.prove again '{wrong}'"


def test_a_life_can_be_lived_again_from_its_line() -> None:
    life = Life("lag")
    for name, *arguments in (
        ("write", 2, True),
        ("disturbed", [("publish", 1, "reset_after")]),
        ("wipe",),
        ("finish",),
    ):
        life.act(name, *arguments)
    assert str(Life.again(str(life))) == str(life)


@pytest.mark.parametrize("name", SWEEPS)
def test_the_named_sweeps_are_clean(name: str) -> None:
    count = SWEEPS[name]()
    assert count.runs > 0
    assert count.clean


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.safeguard)
def test_without_a_safeguard_its_sweep_notices(mutant: Mutant) -> None:
    assert not mutant.seen().clean, f"{mutant.sweep} did not notice: {mutant.safeguard}"


def test_a_case_can_be_run_again_from_its_line() -> None:
    case = cases.Case("chain-2", "lag", ((3, "reset_after"), (9, "500")), gap_h=26)
    assert cases.Case.read(str(case)) == case


def test_a_post_that_two_faults_delay_is_not_overtaken() -> None:
    """Of 100,000 pairs of faults (seed 20261126) the one where refused children and a lost answer met in one post."""
    counted, _ = cases.run(cases.Case("mix", "duplicate", ((20, "container_error"), (33, "garbage_after"))))
    assert counted.disorder == 0
