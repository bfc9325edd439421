"""The options that every command takes, before or after its name. `chosen_options` says what they come to.

`publisher --help` loads this module: it imports click and little else.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

FORMATS = ("text", "json", "github", "sarif", "junit")
_KEY = "publisher.options"
_CALLED = "publisher.called"


class _Shared(click.Option):
    shared = True


class _Folder(click.Path):
    """A folder that is there, as a `pathlib.Path`, whose module only a command needs."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))


class _Moment(click.ParamType[datetime]):
    """A time with an offset; without one it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is no time; write it like 2026-12-01T09:00+01:00', param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def shared_options(*, root: bool = False) -> list[click.Option]:
    """Fresh option objects: click binds each to one command. Only those of the program itself read the environment."""

    def option(*names: str, **facts: Any) -> click.Option:
        return _Shared(names, expose_value=False, callback=_remember, **facts)

    return [
        option("-C", "directory", type=_Folder(exists=True, file_okay=False), metavar="DIR", help="Work in DIR."),
        option(
            "--account",
            metavar="NAME",
            envvar="PUBLISHER_ACCOUNT" if root else None,
            help="Only this account of publisher.yaml.",
        ),
        option(
            "--format",
            type=click.Choice(FORMATS),
            envvar="PUBLISHER_FORMAT" if root else None,
            help="How results are written.",
        ),
        option("--color", type=click.Choice(("auto", "always", "never")), help="When to use colour."),
        option("-q", "--quiet", is_flag=True, help="Results only."),
        option("-v", "--verbose", is_flag=True, help="Also what is usually left out."),
        option("--now", type=_Moment(), metavar="TIME", help="Pretend it is TIME; for commands that only look."),
    ]


def remembered(ctx: click.Context) -> Mapping[str, Any]:
    """What was given, by name."""
    given: Mapping[str, Any] = ctx.find_root().meta.get(_KEY, {})
    return given


def remember_call(ctx: click.Context) -> None:
    """Keep what the command was given: what stops it is told after its own context has ended."""
    ctx.find_root().meta[_CALLED] = ctx


def called_context(ctx: click.Context) -> click.Context | None:
    """The context of the command that runs, or ran; None before there is one."""
    called: click.Context | None = ctx.find_root().meta.get(_CALLED)
    return called


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep what was given; the one nearer to the command's end wins."""
    if value is not None and value is not False and param.name is not None:
        ctx.find_root().meta.setdefault(_KEY, {})[param.name] = value
