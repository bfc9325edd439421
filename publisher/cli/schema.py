"""`publisher schema`: the JSON Schemas that editors and we read."""

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand, SharedGroup

NAMES = ("post", "config", "state", "output")


@click.group(cls=SharedGroup)
def command() -> None:
    """The JSON Schemas (draft-07) of post files, publisher.yaml, the state and the JSON output."""


_EPILOG = """
publisher schema print post > post.schema.json
publisher schema print config
"""


@command.command("print", cls=SharedCommand, epilog=_EPILOG)
@click.argument("name", type=click.Choice(NAMES))
@open_console
def print_(console: Console, name: str) -> int:
    """Print a schema, as it is shipped."""
    from publisher.resources import resource

    console.show(resource(f"schemas/{name}.json").read_text(encoding="utf-8").rstrip("\n"))
    return 0
