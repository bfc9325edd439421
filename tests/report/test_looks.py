"""Plans and runs as people see them: golden files. Delete one and run the test twice to draw it anew."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from publisher.report.github import run_annotations
from publisher.report.markdown import plan_summary, run_summary
from publisher.report.paint import Paint
from publisher.report.text.plan import plan_text
from publisher.report.text.receipts import receipts_text
from publisher.report.text.status import status_text
from tests.report.runs import a_plan, a_run, a_stopped_run

GOLDEN = Path(__file__).parent / "golden"

LOOKS: dict[str, Callable[[], str]] = {
    "plan.txt": lambda: plan_text(a_plan(), "graph.threads.net"),
    "plan-everything.txt": lambda: plan_text(a_plan(), "graph.threads.net", everything=True),
    "receipts.txt": lambda: receipts_text(a_run()),
    "status.txt": lambda: status_text(a_plan(), a_plan().posts),
    "plan.md": lambda: plan_summary(a_plan(), (), "graph.threads.net"),
    "run.md": lambda: run_summary(a_stopped_run()),
    "annotations.txt": lambda: run_annotations(a_run()),
}


@pytest.mark.parametrize("name", LOOKS)
def test_it_looks_as_it_was_drawn(name: str) -> None:
    file = GOLDEN / name
    shown = LOOKS[name]().rstrip("\n") + "\n"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown, "utf-8")
        pytest.fail(f"{name} was drawn; look at it, then run again")
    assert shown == file.read_text("utf-8")


@pytest.mark.parametrize(
    "painted",
    [
        lambda paint: plan_text(a_plan(), "x", paint),
        lambda paint: receipts_text(a_run(), paint),
        lambda paint: status_text(a_plan(), a_plan().posts, paint),
    ],
)
def test_nothing_is_said_by_colour_alone(painted: Callable[[Paint], str]) -> None:
    assert click.unstyle(painted(Paint(True))) == painted(Paint(False))
    assert painted(Paint(True)) != painted(Paint(False))
