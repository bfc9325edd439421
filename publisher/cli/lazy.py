"""The program and its commands, each imported only when it is run."""

from importlib import import_module
from typing import Any

import click

from publisher.cli.options import remember_call, shared_options
from publisher.cli.table import ROWS, SECTIONS
from publisher.errors import PublisherError
from publisher.version import __version__

_INTRO = "A Threads account kept in git: one YAML file per post, published exactly once."
_EXAMPLES = (
    ("publisher demo", "see all of it, without an account"),
    ("publisher init", "in your repository"),
    ("publisher publish --sandbox", "rehearse with your own posts"),
)


class SharedCommand(click.Command):
    """A command that takes the options of every command as well, so that their place does not matter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *shared_options()]

    def invoke(self, ctx: click.Context) -> Any:
        remember_call(ctx)
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [record for param in self.get_params(ctx) if not _is_shared(param) and (record := _record(ctx, param))]
        shared = [record for param in self.get_params(ctx) if _is_shared(param) and (record := _record(ctx, param))]
        with formatter.section("Options"):
            formatter.write_dl(own)
        with formatter.section("Options of every command"):
            formatter.write_dl(shared)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Examples are kept line by line, as they are to be typed."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.strip().splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line.strip()}\n")


class SharedGroup(click.Group):
    """A group whose commands are `SharedCommand`s: `state`, `schema`, …"""

    command_class = SharedCommand


class Program(click.Group):
    """The commands of the table."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises on purpose is said in the format that was asked for."""
        try:
            return super().invoke(ctx)
        except PublisherError as error:
            from publisher.cli.console import Console
            from publisher.cli.failures import show_error

            ctx.exit(show_error(error, Console.of(ctx)))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [row.name for row in ROWS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        row = next((row for row in ROWS if row.name == name), None)
        if row is None:
            return None
        command: click.Command = import_module(f"publisher.cli.{row.module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or what was probably meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(ctx), n=1)
            ctx.fail(f'there is no command "{name}"' + (f"; did you mean {near[0]}?" if near else ""))
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        """The overview, from the table alone; click's formatter would measure the terminal for lines that fit any."""
        lines = [_INTRO, *(f"  {line:<29} {about}" for line, about in _EXAMPLES), ""]
        for section in SECTIONS:
            label = section
            for row in (row for row in ROWS if row.section == section):
                lines.append(f"{label:<9}{row.name:<12}{row.help}")
                label = ""
        lines.append("Options  -C --account --format --color -q -v --now --version; publisher COMMAND --help")
        return "\n".join(lines)


def _is_shared(param: click.Parameter) -> bool:
    return getattr(param, "shared", False)


def _record(ctx: click.Context, param: click.Parameter) -> tuple[str, str] | None:
    return param.get_help_record(ctx)


@click.group(
    cls=Program,
    params=list(shared_options(root=True)),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.version_option(__version__, message="publisher %(version)s")
def program() -> None:
    """See `Program.get_help`."""
