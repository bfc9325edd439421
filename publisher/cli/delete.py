"""`publisher delete`: take posts down whose files are gone."""

from typing import Any

from click import command as click_command

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.takedown import Asked, takedown_options, taken_down
from publisher.planning.verdicts import Verdict

_EPILOG = """
publisher delete old-launch
publisher delete old-launch --confirm old-launch
"""


@click_command(cls=SharedCommand, epilog=_EPILOG)
@takedown_options
@open_console
def command(console: Console, **options: Any) -> int:
    """Take posts down, for good.

    Two keys: the file is gone, and the id is typed, or given as --confirm ID. A chain goes from its last part to its
    first. What was taken down is never sent again, even if its file returns. Whatever dies on the way: run it again.
    """
    return taken_down(console, Asked(Verdict.DELETE, **options))
