"""What `delete` and `replace` have in common: the second key, the refusals, and the deletions themselves."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from publisher.cli.console import Console
from publisher.cli.formats import show_run
from publisher.cli.progress import Watch
from publisher.cli.shared import Files, read_files
from publisher.errors import Refused
from publisher.planning.actions import DeletePost
from publisher.planning.plan import Plan
from publisher.planning.takedown import takedown_plan, takedown_refusal, unsendable
from publisher.planning.verdicts import Verdict
from publisher.publishing.run import Session, look
from publisher.publishing.takedown import carry_out_takedown, deletion_quotas
from publisher.report.escape import one_line
from publisher.report.text.findings import counted
from publisher.wiring.destination import destination
from publisher.wiring.session import open_session
from publisher.wiring.state import refuse_forgetful


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asks for."""

    verdict: Verdict  # delete or replace
    posts: tuple[str, ...]
    confirm: tuple[str, ...] = ()
    allow_deletes: int | None = None
    allow_file_state: bool = False
    sandbox: bool = False


def takedown_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments and options of both commands."""
    for option in reversed(
        (
            click.argument("posts", nargs=-1, required=True, metavar="POST..."),
            click.option("--confirm", multiple=True, metavar="ID", help="The id once more, instead of typing it."),
            click.option("--allow-deletes", type=click.IntRange(0), metavar="N", help="Up to N deletions in this run."),
            click.option("--allow-file-state", is_flag=True, help="In CI: the disk stays, a file may keep the state."),
            click.option("--sandbox", is_flag=True, help="At the embedded sandbox, in .publisher/sandbox/."),
        )
    ):
        command = option(command)
    return command


def taken_down(console: Console, asked: Asked) -> int:
    """Refuse, ask, take down, and for `replace` send the new words; returns the exit code."""
    files = read_files(console, ())
    watch = Watch(console)
    with destination(files.place, console.environ, sandbox=asked.sandbox) as where:
        refuse_forgetful(where, console.environ, allowed=asked.allow_file_state)
        session = open_session(
            files.place, files.account, where, console.environ, tell=watch, interrupted=watch.interrupted
        )
        with session.backend.lock(session.run):
            plan = _plan(console, files, session, asked)
            for post_id in dict.fromkeys(asked.posts):
                _second_key(console, plan, post_id, asked)
            with watch.going():
                report = carry_out_takedown(session, plan)
            show_run(console, report)
            return report.exit_code


def _plan(console: Console, files: Files, session: Session, asked: Asked) -> Plan:
    """What would be taken down. Raises `PublisherError` where it may not be."""
    plan = takedown_plan(look(session, files.desired), asked.posts, asked.verdict, deletion_quotas(session))
    paused = bool(console.environ.get("PUBLISHER_PAUSE"))
    refused = takedown_refusal(
        plan,
        session.rules,
        command=shlex.join((asked.verdict.value, *asked.posts)),
        allow_deletes=asked.allow_deletes,
        paused=paused,
    )
    if refused is None and asked.verdict is Verdict.REPLACE:
        refused = unsendable(plan, session.rules, session.publishing)
    if refused is not None:
        raise refused
    return plan


def _second_key(console: Console, plan: Plan, post_id: str, asked: Asked) -> None:
    """The id, typed or given. Raises `Refused` without it; nothing was done then."""
    if post_id in asked.confirm:
        return
    post = next(post for post in plan.posts if post.id == post_id)
    number = sum(isinstance(action, DeletePost) for action in post.actions)
    names = [shlex.quote(name) for name in dict.fromkeys(asked.posts)]
    fix = " ".join(["publisher", asked.verdict.value, *names, *(f"--confirm {name}" for name in names)])
    if console.interactive:
        console.note(f"{one_line(post.path)}: {counted(number, 'post')} would be taken down, for good")
        if click.prompt(f"Type {one_line(post_id)} to go on", default="", show_default=False, err=True) == post_id:
            return
    raise Refused(f"the id of {post_id} was not typed; nothing was taken down", code="E447", fix=fix)
