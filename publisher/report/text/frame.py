"""A finding as a code frame: the line it is about, a caret under the place, why it matters, and the fix."""

from collections.abc import Mapping, Sequence

from publisher.content.findings import START, Finding
from publisher.content.secrets import holds_secret
from publisher.report.escape import no_commands, one_line, visible
from publisher.report.paint import PLAIN, Paint
from publisher.report.width import width

Sources = Mapping[str, Sequence[str]]  # path -> the file's lines, without line ends

_LONGEST = 160  # cells of a line that are shown around the place
_BEFORE = 1  # lines shown before the one meant
_SECRET = ("E251", "E527")  # the line holds what nobody should read


def frame(finding: Finding, sources: Sources, paint: Paint = PLAIN) -> str:
    """One finding. Without the file's lines (a variable, an unreadable file) only its place is named."""
    mark = paint.red if finding.severity == "error" else paint.yellow
    head, *more = visible(finding.message).split("\n")
    lines = [f"{mark(f'{finding.severity}[{finding.code}]')}{paint.bold(f': {head}'.rstrip())}"]
    lines += [f"  {line}" for line in more]
    source = sources.get(finding.path, ())
    if finding.code in _SECRET or any(
        map(holds_secret, source[max(0, finding.place.line - 1 - _BEFORE) : finding.place.line])
    ):
        source = ()
    gutter = len(str(finding.place.line)) if source else 1
    bar = f"{'':{gutter}} {paint.blue('|')}"
    lines.append(f"{'':{gutter}}{paint.blue('-->')} {_where(finding, source)}")
    if finding.place.line <= len(source):
        lines += [bar, *_excerpt(finding, source, gutter, paint), bar]
    equals = f"{'':{gutter}} {paint.blue('=')}"
    for label, text in (("why", finding.why), ("fix", finding.fix)):
        if text:
            lines += _hanging(f"{equals} {label}: ", visible(text), gutter + 3 + len(label) + 2)
    return no_commands("\n".join(line.rstrip() for line in lines))  # a fix quotes the text on a line of its own


def _where(finding: Finding, source: Sequence[str]) -> str:
    path = one_line(finding.path)
    known = source or finding.place != START
    return f"{path}:{finding.place.line}:{finding.place.column}" if known else path


def _excerpt(finding: Finding, source: Sequence[str], gutter: int, paint: Paint) -> list[str]:
    place = finding.place
    first = max(1, place.line - _BEFORE)
    numbered = [(number, source[number - 1]) for number in range(first, place.line + 1)]
    if not numbered[0][1].strip() and len(numbered) > 1:
        numbered = numbered[1:]
    start, line = _window(source[place.line - 1], place.column)
    shown = [(number, line if number == place.line else visible(text)[:_LONGEST]) for number, text in numbered]
    rows = [f"{paint.blue(f'{number:>{gutter}} |')} {text}" for number, text in shown]
    raw = source[place.line - 1]
    end = min(place.end_column, len(raw) + 1) if place.end_line == place.line else len(raw.rstrip()) + 1
    before = width(visible(raw[start : place.column - 1])) + (1 if start else 0)
    under = max(1, min(width(visible(raw[place.column - 1 : end - 1])), _LONGEST))
    mark = paint.red if finding.severity == "error" else paint.yellow
    return [*rows, f"{'':{gutter}} {paint.blue('|')} {'':{before}}{mark('^' * under)}"]


def _window(raw: str, column: int) -> tuple[int, str]:
    """Where the shown piece of a long line begins, and the piece."""
    start = 0 if column <= _LONGEST * 3 // 4 else column - _LONGEST // 2
    piece = visible(raw[start : start + _LONGEST])
    return start, ("…" if start else "") + piece + ("…" if len(raw) > start + _LONGEST else "")


def _hanging(label: str, text: str, indent: int) -> list[str]:
    """A label and its text; further lines stand under the first."""
    first, *rest = text.split("\n")
    return [label + first, *(f"{'':{indent}}{line}" for line in rest)]
