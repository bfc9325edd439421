"""What stopped a run: the message, why it matters, and the one thing to do."""

from publisher.errors import PublisherError
from publisher.report.escape import no_commands, visible
from publisher.report.paint import PLAIN, Paint


def error_text(error: PublisherError, paint: Paint = PLAIN) -> str:
    """As a compiler would say it; the exit code last, for whoever reads a log."""
    lines = [paint.red(f"error[{error.code}]" if error.code else "error") + paint.bold(f": {visible(error.message)}")]
    for label, text in (("why", error.why), ("fix", error.fix)):
        for number, line in enumerate(visible(text).split("\n") if text else ()):
            lines.append(f"  {paint.blue('=')} {label}: {line}" if number == 0 else f"  {'':{len(label) + 3}} {line}")
    return no_commands("\n".join([*lines, paint.dim(f"  exit {error.exit_code}")]))  # Meta's words may hold one
