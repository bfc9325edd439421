"""What a run did, for people: a line and a link for each post, and what to do about the rest."""

from collections.abc import Callable

from publisher.report.escape import no_commands, one_line, visible
from publisher.report.paint import PLAIN, Paint
from publisher.report.run import Result, Run, count
from publisher.report.text.findings import counted
from publisher.report.text.table import cells

WORDS = {"published": "live"}
_SILENT = ("unchanged", "scheduled", "skipped")


def receipts_text(run: Run, paint: Paint = PLAIN, *, everything: bool = False) -> str:
    """Every post that was touched or needs something; the sum of all last."""
    shown = [result for result in run.posts if everything or result.outcome not in _SILENT]
    table = [[_word(result), one_line(result.planned.kind), one_line(result.planned.path)] for result in shown]
    lines: list[str] = []
    for result, (word, kind, name) in zip(shown, cells(table), strict=True):
        colour = _colour(result.outcome, paint)
        lines.append(f"  {colour(word)}  {kind}  {name}  {_link(result)}".rstrip())
        lines += _trouble(result, paint)
    summary = paint.bold(summary_text(run))
    return no_commands("\n\n".join(block for block in ("\n".join(lines), summary) if block))


def summary_text(run: Run) -> str:
    """ "3 live, 1 failed" or "Nothing to do: 12 posts as they should be"."""
    words = ("published", "deleted", "held", "unknown", "failed")
    told = [f"{number} {WORDS.get(word, word)}" for word in words if (number := count(run, word))]
    if run.interrupted:
        told.append("interrupted; run again to go on")
    return ", ".join(told) if told else f"Nothing to do: {counted(len(run.posts), 'post')} as they should be"


def _word(result: Result) -> str:
    return WORDS.get(result.outcome, result.outcome)


def _link(result: Result) -> str:
    parts = len(result.planned.parts)
    first = one_line(next(iter([*result.permalinks, *result.media_ids]), ""))
    live = len(result.media_ids)
    return f"{first}  {live} of {parts} parts".strip() if parts > 1 and live else first


def _trouble(result: Result, paint: Paint) -> list[str]:
    problem = result.problem
    if problem is None:
        if result.outcome == "held" and result.planned.reason:
            return [f"      {one_line(result.planned.reason)}"]
        return []
    code = f"[{problem.code}]" if problem.code else ""
    lines = [f"      {paint.red(f'error{code}')}: {one_line(problem.message)}"]
    first, *rest = visible(problem.fix).split("\n")
    if first:
        lines += [f"      {paint.blue('=')} fix: {first}", *(f"             {line}" for line in rest)]
    return lines


def _colour(outcome: str, paint: Paint) -> Callable[[str], str]:
    if outcome in ("published", "deleted"):
        return paint.green
    if outcome in ("failed", "unknown"):
        return paint.red
    return paint.yellow if outcome == "held" else str
