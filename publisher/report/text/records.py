"""What the state knows, for people."""

from collections.abc import Container, Mapping
from datetime import datetime

from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.report.escape import no_commands, one_line
from publisher.report.paint import PLAIN, Paint
from publisher.report.text.findings import counted
from publisher.report.text.table import aligned, cells


def records_text(state: State, where: str, paint: Paint = PLAIN) -> str:
    """A line for each post, oldest record first."""
    head = f"{counted(len(state.posts), 'post')} in {one_line(where)}, serial {state.serial}"
    rows = [
        [
            record.phase.value,
            one_line(key),
            one_line(record.kind),
            time_of(record.parts[0].published_at),
            link_of(record),
        ]
        for key, record in state.posts.items()
    ]
    lines = []
    for filled, record in zip(cells(rows), state.posts.values(), strict=True):
        phase, *rest = filled
        lines.append(f"  {_coloured(phase, record.phase, paint)}  {'  '.join(rest)}".rstrip())
    return no_commands("\n".join([paint.bold(head), *([""] if lines else []), *lines]))


def record_text(post_id: str, record: PostRecord, paint: Paint = PLAIN) -> str:
    """One post, part by part; what is not known is left out."""
    rows = [
        ["file", one_line(record.path)],
        ["kind", one_line(record.kind)],
        ["phase", record.phase.value],
        ["commit", one_line((record.commit or "")[:12])],
    ]
    lines = [paint.bold(one_line(post_id)), *aligned([row for row in rows if row[1]])]
    for number, part in enumerate(record.parts, start=1):
        facts = [
            ["phase", part.phase.value],
            ["link", one_line(part.permalink or "")],
            ["media id", one_line(part.media_id or "")],
            ["published", time_of(part.published_at)],
            ["container", one_line(part.container or "")],
            ["attempts", f"{part.attempt}, the last at {time_of(part.attempt_at)}" if part.attempt else ""],
            ["error", one_line(part.error or "")],
        ]
        lines += ["", f"part {number} of {len(record.parts)}", *aligned([row for row in facts if row[1]])]
    return no_commands("\n".join(lines))


def time_of(moment: datetime | None) -> str:
    """ "2026-11-23 09:00:41 UTC"."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def link_of(record: PostRecord) -> str:
    """The permalink of the first part; its media id while there is none. Fit to be shown."""
    first = record.parts[0]
    return one_line(first.permalink or first.media_id or "")


def _coloured(text: str, phase: Phase, paint: Paint) -> str:
    if phase in (Phase.PARKED, Phase.UNBOUND, Phase.FAILED):
        return paint.red(text)
    if phase is Phase.INTENT:
        return paint.yellow(text)
    return paint.green(text) if phase is Phase.PUBLISHED else text


def open_text(records: Mapping[str, PostRecord], paint: Paint = PLAIN, *, gone: Container[str] = ()) -> str:
    """What still needs a person, and the words for it. `gone`: ids whose files were removed."""
    if not records:
        return f"Nothing is open: {paint.green('ok')}"
    lines = [paint.bold(f"{counted(len(records), 'post')} open")]
    for key, record in records.items():
        number, part = next(
            (number, part) for number, part in enumerate(record.parts, start=1) if not part.phase.finished
        )
        name = one_line(record.target(key, number))
        lines += ["", f"  {_coloured(part.phase.value, part.phase, paint)}  {name}"]
        if part.attempt:
            container = one_line(part.container or "")
            lines.append(f"      publish was called at {time_of(part.attempt_at)}, container {container}")
            lines.append(f"      it is live:      publisher reconcile --adopt {name}=MEDIA_ID")
            if part.phase is Phase.UNBOUND:
                lines.append(f"      taken down:      publisher reconcile --abandon {one_line(key)}")
            elif key in gone:
                lines.append(f"      it is not live:  publisher reconcile --abandon {one_line(key)}")
            else:
                lines.append(f"      it is not live:  publisher reconcile --forget {name}")
        else:
            lines.append(f"      go on:           publisher reconcile --resume {one_line(key)}")
            lines.append(f"      leave it:        publisher reconcile --abandon {one_line(key)}")
    return no_commands("\n".join(lines))
