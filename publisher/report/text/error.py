"""What stopped a run: the message, why it matters, and the one thing to do."""

import re

from publisher.errors import PublisherError
from publisher.report.escape import visible
from publisher.report.paint import PLAIN, Paint

# A runner of GitHub takes such a line for a command wherever it stands on stderr; Meta's words may hold one.
_COMMAND = re.compile(r"^\s*::", re.M)


def error_text(error: PublisherError, paint: Paint = PLAIN) -> str:
    """As a compiler would say it; the exit code last, for whoever reads a log."""
    lines = [paint.red(f"error[{error.code}]" if error.code else "error") + paint.bold(f": {visible(error.message)}")]
    for label, text in (("why", error.why), ("fix", error.fix)):
        for number, line in enumerate(visible(text).split("\n") if text else ()):
            lines.append(f"  {paint.blue('=')} {label}: {line}" if number == 0 else f"  {'':{len(label) + 3}} {line}")
    text = "\n".join([*lines, paint.dim(f"  exit {error.exit_code}")])
    return _COMMAND.sub(lambda match: match[0].replace(":", "\\x3a"), text)
