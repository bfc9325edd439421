"""What a command in a message gets of the call that met it."""

import shlex

import click
import pytest

from publisher.cli.lazy import program
from publisher.cli.typed import Call, as_typed

SANDBOX = Call(("publish",), options=(("--sandbox",),))
NAMED = Call(("publish",), options=(("--yes",),), arguments=("posts/p1.yaml", "posts/with space.yaml"))
DELETE = Call(("delete",), options=(("--confirm", "p1"), ("--sandbox",)), arguments=("p1",))
BOTH = Call(("publish",), (("-C", "my repo"), ("--account", "beta")))

TABLE = [
    # the sandbox, for every command that knows of one
    (SANDBOX, "publisher publish --allow-new 3", "publisher publish --allow-new 3 --sandbox"),
    (
        SANDBOX,
        "restore it; or, to begin anew: rm x.json, then: publisher state init",
        "restore it; or, to begin anew: rm x.json, then: publisher state init --sandbox",
    ),
    (
        SANDBOX,
        "publisher reconcile --adopt p1=1  if it is live, else  publisher reconcile --forget p1",
        "publisher reconcile --adopt p1=1 --sandbox  if it is live, else  publisher reconcile --forget p1 --sandbox",
    ),
    (SANDBOX, "publisher publish   which settles it first", "publisher publish --sandbox   which settles it first"),
    (SANDBOX, "publisher publish --sandbox --allow-new 3", "publisher publish --sandbox --allow-new 3"),
    (SANDBOX, "publisher auth login again, and answer", "publisher auth login again, and answer"),
    (SANDBOX, "mend what publisher validate finds", "mend what publisher validate finds"),
    # the files, where they make the number or the digest
    (
        NAMED,
        "publisher publish --allow-new 2",
        "publisher publish --allow-new 2 --yes posts/p1.yaml 'posts/with space.yaml'",
    ),
    (
        NAMED,
        "review it again with: publisher plan    then: publisher publish --plan-digest 00ff",
        "review it again with: publisher plan posts/p1.yaml 'posts/with space.yaml'    "
        "then: publisher publish --plan-digest 00ff --yes posts/p1.yaml 'posts/with space.yaml'",
    ),
    (NAMED, "publisher publish  sends it", "publisher publish  sends it"),
    (NAMED, "publisher status --remote", "publisher status --remote"),
    # what belongs to the deed, in the same command only
    (
        Call(("publish",), options=(("--plan-digest", "00ff"), ("--require-tip",), ("--allow-new", "1"))),
        "publisher publish --allow-new 3",
        "publisher publish --allow-new 3 --plan-digest 00ff --require-tip",
    ),
    (DELETE, "publisher delete p1 --allow-deletes 2", "publisher delete p1 --allow-deletes 2 --confirm p1 --sandbox"),
    (DELETE, "publisher reconcile", "publisher reconcile --sandbox"),
    (DELETE, "publisher state show p1", "publisher state show p1 --sandbox"),
    (
        Call(("reconcile",), options=(("--adopt", "p1=1"), ("--adopt", "p2=2"), ("--yes",))),
        "if it is the one all the same: publisher reconcile --adopt p2=2 --confirm 2",
        "if it is the one all the same: publisher reconcile --adopt p2=2 --confirm 2 --yes",
    ),
    (
        Call(("publish",), options=(("--sandbox",),), now="2026-12-01T09:00:00+00:00"),
        "publisher publish --allow-new 3",
        "publisher publish --allow-new 3 --sandbox --now 2026-12-01T09:00:00+00:00",
    ),
    # the folder and the account, for all
    (BOTH, "publisher publish --allow-new 3", "publisher -C 'my repo' --account beta publish --allow-new 3"),
    (BOTH, "publisher auth login --account beta", "publisher -C 'my repo' auth login --account beta"),
    (BOTH, "one of them: publisher --account acme …", "one of them: publisher --account acme -C 'my repo' publish"),
    (BOTH, "git push --force origin 12ab:refs/heads/x", "git -C 'my repo' push --force origin 12ab:refs/heads/x"),
    (BOTH, "run inside the clone, or: git init", "run inside the clone, or: git init"),
    # this very call
    (
        Call(("reconcile",), (("-C", "d"),), (("--forget", "p1#2"), ("--sandbox",))),
        "publisher … --yes   answers for you",
        "publisher -C d reconcile --forget 'p1#2' --sandbox --yes   answers for you",
    ),
    (DELETE, "publisher … --allow-file-state", "publisher delete p1 --confirm p1 --sandbox --allow-file-state"),
    (Call(), "publisher --account NAME …", "publisher --account NAME …"),
    # no command
    (SANDBOX, "install the version of publisher that wrote it", "install the version of publisher that wrote it"),
    (
        SANDBOX,
        ".publisher publish, a/publisher publish",
        ".publisher publish, a/publisher publish",
    ),
    (SANDBOX, "run again", "run again"),
    (SANDBOX, "", ""),
]


@pytest.mark.parametrize(("call", "text", "typed"), TABLE)
def test_each_command_gets_what_it_is_to_have(call: Call, text: str, typed: str) -> None:
    done = as_typed(text, call)
    assert done == typed
    assert as_typed(done, call) == done, "nothing is put in twice"


def test_a_step_of_a_workflow_is_told_as_what_it_does() -> None:
    ctx = click.Context(program, info_name="publisher")
    with ctx:
        step = program.get_command(ctx, "ci").get_command(ctx, "publish")  # type: ignore[union-attr]
        group = click.Context(program.get_command(ctx, "ci"), parent=ctx, info_name="ci")  # type: ignore[arg-type]
        called = step.make_context("publish", ["--account", "beta"], parent=group)
        from publisher.cli.options import remember_call

        remember_call(called)
    assert as_typed("publisher publish --allow-new 3", Call.of(ctx)) == (
        "publisher --account beta publish --allow-new 3 --yes --require-tip"
    )


@pytest.mark.parametrize("name", ["a b", "it's", "$(reboot)", "-x.yaml", "a;b", "ünï"])
def test_whatever_a_file_is_called_it_comes_back_as_one_word(name: str) -> None:
    typed = as_typed("publisher publish --allow-new 2", Call(("publish",), (("-C", name),), (), (name,)))
    assert shlex.split(typed) == ["publisher", "-C", name, "publish", "--allow-new", "2", name]
