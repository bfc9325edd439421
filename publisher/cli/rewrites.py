"""Files that a command changes in place: shown as a diff, or written one by one, each in one step."""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.cli.console import Console
from publisher.errors import InvalidContent
from publisher.repository import NotUsable
from publisher.wiring.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A post file that is to read otherwise."""

    path: str  # from the repository's root, with "/"
    before: bytes
    after: bytes


def write_all(place: Workplace, rewrites: Sequence[Rewrite]) -> None:
    """Write every file. Raises `InvalidContent` at the first that cannot be written; those before it are."""
    for each in rewrites:
        try:
            place.repository.rewrite(each.path, each.before, each.after)
        except NotUsable as error:
            raise InvalidContent(f"{each.path} {error.reason}", code="E110", fix="run the command again") from None
        except OSError as error:
            reason = (error.strerror or "cannot be written").lower()
            raise InvalidContent(
                f"{each.path} cannot be written: {reason}; it is as it was", code="E110", fix="make it writable"
            ) from None


def show_diffs(console: Console, rewrites: Sequence[Rewrite]) -> None:
    """What would change, and nothing else, on stdout."""
    from publisher.report.text.diff import diff_text

    for each in rewrites:
        console.show(diff_text(each.path, each.before, each.after, console.paint))
