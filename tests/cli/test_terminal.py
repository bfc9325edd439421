"""On a terminal: the question, the answer, colour, and what comes next."""

import signal
from pathlib import Path

import pytest

from tests.cli.calling import Caller, repository
from tests.cli.terminal import Terminal

CONFIG = "version: 1\naccount: acme\npublishing: {poll: 20ms}\n"


@pytest.fixture
def call(tmp_path: Path) -> Caller:
    return repository(tmp_path, CONFIG, hello="text: Hello\n")


def terminal(call: Caller, *arguments: str, **environ: str) -> Terminal:
    return Terminal(*arguments, folder=call.folder, environ=environ)


def live(call: Caller) -> str:
    return call("status", "--sandbox", "--format", "json").document["posts"][0]["verdict"]  # type: ignore[no-any-return]


def test_the_plan_is_shown_and_a_person_is_asked(call: Caller) -> None:
    shown = terminal(call, "publish", "--sandbox").until("Publish 1 post as acme? [y/N]")
    assert "1 post to send to the sandbox as acme" in shown.shown
    assert shown.type("y\n").end() == 0
    assert "1 live" in shown.shown
    assert "next: publisher sandbox serve" in shown.shown
    assert live(call) == "unchanged"


def test_no_is_taken_for_an_answer(call: Caller) -> None:
    shown = terminal(call, "publish", "--sandbox").until("[y/N]").type("n\n")
    assert shown.end() == 0
    assert "nothing was sent" in shown.shown
    assert live(call) == "create"


def test_an_interrupt_at_the_question_ends_at_once_with_130(call: Caller) -> None:
    shown = terminal(call, "publish", "--sandbox").until("[y/N]")
    shown.process.send_signal(signal.SIGINT)
    assert shown.end() == 130
    assert live(call) == "create"


def test_ci_is_never_asked_even_on_a_terminal(call: Caller) -> None:
    shown = terminal(call, "publish", "--sandbox", CI="true")
    assert shown.end() == 0
    assert "[y/N]" not in shown.shown


@pytest.mark.parametrize(
    ("environ", "arguments", "coloured"),
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": ""}, (), True),
        ({"TERM": "dumb"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({}, ("--color", "never"), False),
    ],
)
def test_colour_is_where_it_is_wanted(
    call: Caller, environ: dict[str, str], arguments: tuple[str, ...], coloured: bool
) -> None:
    shown = terminal(call, *arguments, "validate", **environ)
    assert shown.end() == 0
    assert ("\x1b[" in shown.raw) is coloured


def test_a_pipe_gets_no_colour_unless_it_is_forced(call: Caller) -> None:
    assert "\x1b[" not in call("validate").out
    assert "\x1b[" in call("validate", FORCE_COLOR="1").out
