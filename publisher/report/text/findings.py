"""All findings of a run, and the line that sums them up."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.content.findings import Finding
from publisher.report.paint import PLAIN, Paint

if TYPE_CHECKING:
    from publisher.report.text.frame import Sources


def findings_text(findings: Sequence[Finding], sources: "Sources", paint: Paint = PLAIN) -> str:
    """A frame for each finding, an empty line between them."""
    from publisher.report.text.frame import frame  # only when something is wrong: most runs end with the summary

    return "\n\n".join(frame(finding, sources, paint) for finding in findings)


def summary_text(posts: int, findings: Sequence[Finding], paint: Paint = PLAIN) -> str:
    """ "12 posts: ok" or "12 posts: 2 errors, 1 warning in 2 files"."""
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    head = counted(posts, "post")
    if not findings:
        return f"{head}: {paint.green('ok')}"
    counts = [
        *([paint.red(counted(errors, "error"))] if errors else []),
        *([paint.yellow(counted(warnings, "warning"))] if warnings else []),
    ]
    files = len({finding.path for finding in findings})
    return f"{head}: {', '.join(counts)} in {counted(files, 'file')}"


def counted(number: int, noun: str) -> str:
    """ "1 post", "2 posts", "1,000 replies"."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"
