"""The command line: options in, one call, print; the exit code is the error's.

Nothing here decides. `table` names the commands, `lazy` loads the one that was asked for, `options` are those of every
command, `console` is where output goes, `failures` turns what was raised into words and an exit code. A new command is
a module with a `command` and its row in the table.
"""

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that `arguments` (or the command line) name, and exit with its code."""
    from publisher.cli.lazy import program

    with suppress(ValueError):  # not in the main thread: whoever called us there has signals of their own
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # an end on which locks are given back
    try:
        result = program.main(arguments, prog_name="publisher", standalone_mode=False)
    except BaseException as error:  # the last place that sees it: a traceback would show what it must not
        from publisher.cli.failures import end_of

        sys.exit(end_of(error))
    sys.exit(result if isinstance(result, int) else 0)
