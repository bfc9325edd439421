"""`publisher demo`: the whole loop on a Threads of your own."""

import shlex
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.rehearsal import ACCOUNT, Rehearsal, make_workspace, shortfalls
from publisher.errors import PublisherError
from publisher.publishing.clock import wait
from publisher.report.text.findings import counted
from publisher.report.text.table import aligned
from publisher.wiring.destination import open_sandbox
from publisher.wiring.workplace import HOME

_EPILOG = """
publisher demo
publisher demo --keep
"""

Result = TypeVar("Result")
_LIVE = ("publish_container", "repost")  # what makes a post live


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default="publisher-demo", metavar="[DIR]")
@click.option("--keep", is_flag=True, help="Leave the feed page running until Ctrl-C.")
@open_console
def command(console: Console, folder: Path, keep: bool) -> int:
    """Publish the example posts to a Threads on this machine, be killed on the way, and lose nothing.

    Real HTTP, a real S3 protocol, the real code; no account, no network, no secret. DIR (./publisher-demo) gets a copy
    of the examples to play with.
    """
    began = time.monotonic()
    workspace = make_workspace(console.options.directory / folder)
    with open_sandbox(workspace / HOME / "demo-sandbox", username=ACCOUNT) as sandbox:
        console.show(f"A Threads of your own  {sandbox.feed}")
        console.show(f"Its posts, as files    {folder}/posts\n")
        rehearse(console, Rehearsal(workspace, sandbox))
        console.show(console.paint.bold(f"\nAll good, in {time.monotonic() - began:.1f} s.") + " What to look at:")
        for line in aligned(_look_at(console.options.directory / folder, sandbox.feed, keep=keep), widest=80):
            console.show(line)
        if keep:
            console.note("\nServing until Ctrl-C")
            _until_interrupted()
    return 0


def rehearse(console: Console, rehearsal: Rehearsal) -> None:
    """Every step, a line each. Raises `PublisherError` at the first that is not as it should be."""
    step = _Steps(console)
    step("validate", lambda: rehearsal.document("validate"), lambda d: counted(d["posts"], "post"))
    rehearsal.run("state", "init")
    plan = step("plan", lambda: rehearsal.document("plan"), _planned)
    publishes = sum(action["type"] in _LIVE for post in plan["posts"] for action in post["actions"])
    step("publish", lambda: rehearsal.die_at(publishes // 2 + 1), _killed)
    receipts = step("again", lambda: rehearsal.run("publish", "--yes"), lambda _: "found it, and sent the rest")
    console.show(f"\n{receipts.rstrip()}\n")
    before = rehearsal.writes()
    step("again", lambda: rehearsal.run("publish", "--yes"), lambda _: _idle(rehearsal.writes() - before))
    live = step("count", lambda: _count(rehearsal), lambda n: f"{counted(n, 'post')} live, each of them once")
    if live != publishes:
        raise PublisherError(f"{live} posts are live; {publishes} were planned")


class _Steps:
    """Does one thing after the other and says what came of it, and how long it took."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, name: str, act: Callable[[], Result], told: Callable[[Result], str]) -> Result:
        began = time.monotonic()
        result = act()
        words = told(result)
        seconds = time.monotonic() - began
        self._console.show(f"{name:<9} {words:<62}  {self._console.paint.green('ok')}  {seconds:4.1f} s")
        return result


def _planned(plan: Any) -> str:
    """ "10 to publish (12 Threads posts), 1 scheduled, 1 draft" """
    publishes = sum(action["type"] in _LIVE for post in plan["posts"] for action in post["actions"])
    sent = sum(bool(post["actions"]) for post in plan["posts"])
    rest = [f"{number} {verdict}" for verdict, number in plan["summary"].items() if verdict != "create"]
    return ", ".join([f"{sent} to publish ({counted(publishes, 'Threads post')})", *rest])


def _killed(live: int) -> str:
    return f"killed: post {live} is live, and nobody wrote that down"


def _idle(writes: int) -> str:
    if writes:
        raise PublisherError(f"publishing again made {writes} calls that change something")
    return "nothing to do: not one call that changes anything"


def _count(rehearsal: Rehearsal) -> int:
    live = rehearsal.live()
    wrong = shortfalls(live, rehearsal.document("state", "export"))
    if wrong:
        raise PublisherError("the feed is not what was recorded:\n" + "\n".join(wrong))
    return len(live)


def _look_at(folder: Path, feed: str, *, keep: bool) -> Sequence[tuple[str, str]]:
    place = shlex.quote(str(folder))
    serve = f"publisher sandbox serve --data {shlex.quote(f'{folder}/{HOME}/demo-sandbox')}"
    return (
        (feed if keep else serve, "the feed, in a browser"),
        (f"{folder}/posts", "edit one, then: publisher validate"),
        (f"publisher -C {place} publish --sandbox", "rehearse on a fresh sandbox"),
        ("publisher init", "begin in your own repository"),
    )


def _until_interrupted() -> None:
    try:
        wait(threading.Event())
    except KeyboardInterrupt:
        return
