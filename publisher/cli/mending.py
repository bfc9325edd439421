"""What `validate --fix` and `validate --diff` do before the findings are shown."""

from collections.abc import Collection, Sequence
from functools import partial

from publisher.cli.console import Console
from publisher.cli.rewrites import Rewrite, show_diffs, write_all
from publisher.content.editing.fixes import Change, fix_post
from publisher.content.findings import Finding
from publisher.content.validate import Source
from publisher.report.escape import one_line
from publisher.wiring.workplace import Workplace


def mend(
    console: Console, place: Workplace, sources: Sequence[Source], only: Collection[str], *, write: bool
) -> tuple[Source, ...]:
    """The sources with every certain remedy in the files of `only`, which are written; or the diff, and nothing is."""
    mended: dict[str, Source] = {}
    rewrites: list[Rewrite] = []
    for source in sources:
        if source.path not in only or isinstance(source.data, Finding):
            continue
        fixed = fix_post(source.path, source.data, partial(_findings, place, source.path))
        if fixed.changes:
            rewrites.append(Rewrite(source.path, source.data, fixed.data))
            mended[source.path] = Source(source.path, fixed.data)
            console.note("\n".join(_told(source.path, change) for change in fixed.changes))
    if not write:
        show_diffs(console, rewrites)
        return tuple(sources)
    write_all(place, rewrites)
    return tuple(mended.get(source.path, source) for source in sources)


def _findings(place: Workplace, path: str, data: bytes) -> tuple[Finding, ...]:
    return place.check((Source(path, data),)).findings


def _told(path: str, change: Change) -> str:
    return f"{one_line(path)}:{change.line}: {change.code}: {one_line(change.was)} → {one_line(change.now)}"
