"""`publisher replace`: take posts down whose files have changed, and send what they say now."""

from typing import Any

from click import command as click_command

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.takedown import Asked, takedown_options, taken_down
from publisher.planning.verdicts import Verdict

_EPILOG = """
publisher replace launch
publisher replace launch --confirm launch
"""


@click_command(cls=SharedCommand, epilog=_EPILOG)
@takedown_options
@open_console
def command(console: Console, **options: Any) -> int:
    """Take posts down, and send their new words as fresh posts.

    Threads cannot edit: likes, replies and links of the old post are lost. Two keys: the file has changed, and the id
    is typed, or given as --confirm ID. Whatever dies on the way: run it again.
    """
    return taken_down(console, Asked(Verdict.REPLACE, **options))
