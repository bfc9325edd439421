"""How the account differs from the record, for people."""

from collections.abc import Sequence

from publisher.planning.drift import Drift
from publisher.report.escape import no_commands, one_line
from publisher.report.paint import PLAIN, Paint

_WORDS = {
    "gone": "was taken down elsewhere; it is not sent again",
    "changed": "has other words than were sent",
    "audience": "has another reply audience than its file says",
    "unrecorded": "is live, and no record knows it",
}


def drift_text(found: Sequence[Drift], paint: Paint = PLAIN) -> str:
    """A line for each difference."""
    if not found:
        return f"Threads shows what the record says: {paint.green('ok')}"
    lines = [paint.bold("Drift")]
    for drift in found:
        name = drift.media_id if drift.post is None else f"{drift.post}#{drift.part}"
        link = f"  {one_line(drift.permalink)}" if drift.permalink else ""
        lines.append(f"  {paint.yellow(one_line(name))}  {_WORDS[drift.what]}{link}")
    return no_commands("\n".join(lines))
