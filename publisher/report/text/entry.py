"""A code of the catalogue, explained."""

from collections.abc import Sequence

from publisher.content.catalogue.entry import Entry
from publisher.report.paint import PLAIN, Paint


def entry_text(entry: Entry, paint: Paint = PLAIN) -> str:
    """What is wrong, why it matters, what to do, and both sides as files."""
    lines = [paint.bold(f"{entry.code}  {entry.title}"), "", f"Why  {entry.why}", f"Fix  {entry.fix}"]
    for label, example, colour in (("Bad", entry.bad, paint.red), ("Good", entry.good, paint.green)):
        if example:
            lines += ["", colour(label), *(f"    {line}" for line in example.rstrip("\n").split("\n"))]
    return "\n".join(lines)


def list_text(entries: Sequence[Entry], paint: Paint = PLAIN) -> str:
    """A line for each code."""
    return "\n".join(f"{paint.bold(entry.code)}  {entry.title}" for entry in entries)
