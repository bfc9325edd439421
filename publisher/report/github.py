"""Annotations on the lines of a pull request, as GitHub's workflow commands.

GitHub keeps ten errors and ten warnings of a step and drops the rest without a word: so nine of each are written, and a
tenth says how many more there are. Source: https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md
"""

from collections.abc import Sequence

from publisher.content.findings import Finding
from publisher.errors import PublisherError
from publisher.report.escape import command_property, command_value
from publisher.report.run import Run

LIMIT = 10


def findings_annotations(findings: Sequence[Finding]) -> str:
    """One line for each finding, errors first."""
    lines: list[str] = []
    for severity in ("error", "warning"):
        lines += _limited([annotation(finding) for finding in findings if finding.severity == severity], severity)
    return "\n".join(lines)


def annotation(finding: Finding) -> str:
    place = finding.place
    properties = {
        "file": finding.path,
        "line": str(place.line),
        "endLine": str(place.end_line),
        "col": str(place.column),
        # GitHub's end is the last character itself, and columns count only within one line.
        "endColumn": str(max(place.column, place.end_column - 1)),
        "title": f"publisher {finding.code}",
    }
    if place.end_line != place.line:
        del properties["col"], properties["endColumn"]
    text = finding.message + (f"\nFix: {finding.fix}" if finding.fix else "")
    return _command(finding.severity, properties, text)


def error_annotation(error: PublisherError) -> str:
    """What stopped a run."""
    text = error.message + (f"\nFix: {error.fix}" if error.fix else "")
    return _command("error", {"title": f"publisher {error.code}".strip()}, text)


def warning_annotation(code: str, message: str, fix: str) -> str:
    """What a run does not stop for, and a person should know of."""
    return _command("warning", {"title": f"publisher {code}"}, f"{message}\nFix: {fix}")


def _command(name: str, properties: dict[str, str], text: str) -> str:
    shown = ",".join(f"{key}={command_property(value)}" for key, value in properties.items())
    return f"::{name} {shown}::{command_value(text)}"


def _limited(lines: list[str], severity: str) -> list[str]:
    if len(lines) <= LIMIT:
        return lines
    rest = len(lines) - (LIMIT - 1)
    return [
        *lines[: LIMIT - 1],
        f"::{severity} title=publisher::and {rest} more; all of them: publisher validate",
    ]


def run_annotations(run: Run) -> str:
    """A line for each post that needs somebody, at the top of its file."""
    lines = [
        _command(
            "error" if result.exit_code else "warning",
            {"file": result.planned.path, "line": "1", "title": f"publisher {result.problem.code}".strip()},
            result.problem.message + (f"\nFix: {result.problem.fix}" if result.problem.fix else ""),
        )
        for result in run.posts
        if result.problem is not None
    ]
    return "\n".join(_limited(lines, "error"))
