"""Job summaries in GitHub's Markdown. What others wrote is escaped: nobody is mentioned, nothing linked or styled."""

import re
from collections.abc import Sequence
from html import escape

from publisher.content.findings import Finding
from publisher.errors import PublisherError
from publisher.planning.plan import Plan, PlannedPost
from publisher.report.escape import one_line
from publisher.report.run import Result, Run, count
from publisher.report.text.findings import counted
from publisher.report.text.plan import QUIET, headline
from publisher.report.text.receipts import summary_text

BUDGET = 900_000  # bytes; GitHub drops a whole summary over 1 MiB

_ROWS = 1000
# What GitHub makes into a link wherever it stands, and into whose middle a space without width is put.
_LINKED = re.compile(r"(?i)([@#]|:(?=//)|(?<![^\W_])(?:www(?=\.)|GH(?=-\d)))")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>])")


def plain(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no mention, no link, no reference to an issue."""
    return escape(_MARKDOWN.sub(r"\\\1", _LINKED.sub("\\1\u200b", one_line(text))), quote=False)


def plan_summary(plan: Plan, findings: Sequence[Finding], where: str) -> str:
    """What merging will do, and what stands in the way."""
    errors = sum(finding.severity == "error" for finding in findings)
    lines = [f"## publisher plan: {plain(headline(plan, where))}", ""]
    if errors:
        lines += [f"**{counted(errors, 'error')}: nothing is sent until they are mended.**", ""]
    shown = [post for post in plan.posts if post.verdict not in QUIET]
    if shown:
        lines += ["| | Post | Kind | Why |", "|---|---|---|---|", *_limited([_planned(post) for post in shown])]
    if findings:
        lines += ["", "### Findings", "", *_limited([_finding(finding) for finding in findings])]
    lines += ["", f"<sub>digest {plan.digest}</sub>"]
    return _within_budget(lines)


def run_summary(run: Run) -> str:
    """What a run did, with links."""
    lines = [f"## publisher publish: {plain(summary_text(run))}", ""]
    shown = [result for result in run.posts if result.outcome not in ("unchanged", "scheduled", "skipped")]
    if shown:
        lines += ["| | Post | Result | Link |", "|---|---|---|---|", *_limited([_result(result) for result in shown])]
    if run.stopped_by is not None:
        lines += ["", f"**Stopped:** {plain(run.stopped_by.message)} {plain(run.stopped_by.fix)}"]
    rest = count(run, "unchanged", "scheduled", "skipped")
    lines += ["", f"<sub>{rest} left as they are · exit {run.exit_code}</sub>"]
    return _within_budget(lines)


def error_summary(error: PublisherError) -> str:
    """What stopped a job before it did anything."""
    told = [f"**{label}** {plain(text)}" for label, text in (("Why:", error.why), ("Fix:", error.fix)) if text]
    code = f"{error.code}: " if error.code else ""
    head = f"## publisher publish: {code}{plain(error.message)}"
    return "\n\n".join([head, *told, f"<sub>exit {error.exit_code}</sub>\n"])


def _planned(post: PlannedPost) -> str:
    return f"| {post.verdict.value} | {plain(post.path)} | {plain(post.kind)} | {plain(post.reason)} |"


def _finding(finding: Finding) -> str:
    place = f"{finding.path}:{finding.place.line}:{finding.place.column}"
    fix = f" Fix: {plain(finding.fix)}" if finding.fix else ""
    return f"- **{finding.code}** {plain(place)}: {plain(finding.message)}{fix}"


def _result(result: Result) -> str:
    word = "live" if result.outcome == "published" else result.outcome
    parts = len(result.planned.parts)
    told = f"{len(result.media_ids)} of {parts} parts" if parts > 1 else ""
    if result.problem is not None:
        told = f"{result.problem.code} {plain(result.problem.message)} {plain(result.problem.fix)}"
    link = next(iter(result.permalinks), "")
    # A permalink comes from Threads: only an address is made into a link.
    link = link if re.fullmatch(r"https?://[\w./@:%-]+", link) else plain(link)
    return f"| {word} | {plain(result.planned.path)} | {told} | {link} |"


def _limited(rows: list[str]) -> list[str]:
    return rows if len(rows) <= _ROWS else [*rows[:_ROWS], f"\n{len(rows) - _ROWS} not shown"]


def _within_budget(lines: list[str]) -> str:
    text = "\n".join(lines)
    if len(text.encode()) <= BUDGET:
        return text + "\n"
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > BUDGET - 100:
            break
        kept.append(line)
    return "\n".join([*kept, "", f"{len(lines) - len(kept)} lines not shown"]) + "\n"
