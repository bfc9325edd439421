"""`--format`: one table from a format's name to the module that writes it, imported when it is asked for."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.cli.console import Console, write
from publisher.content.findings import Finding

if TYPE_CHECKING:  # `validate` shows neither, and would pay for both
    from publisher.planning.plan import Plan
    from publisher.publishing.results import RunReport


def show_findings(
    console: Console, posts: int, findings: Sequence[Finding], sources: Mapping[str, Sequence[str]]
) -> None:
    """What `validate` found; the summary is a note where the result is for machines."""
    findings = console.typed_findings(findings)
    from publisher.report.text.findings import summary_text

    match console.options.format:
        case "json":
            from publisher.report.json import findings_document, json_text

            console.show(json_text(findings_document(posts, findings)))
        case "github":
            from publisher.report.github import findings_annotations

            if findings:
                console.command(findings_annotations(findings))
        case "sarif":
            from publisher.report.json import json_text
            from publisher.report.sarif import findings_log

            console.show(json_text(findings_log(findings)))
        case "junit":
            from publisher.report.junit import findings_suite

            console.show(findings_suite(posts, findings))
        case _:
            from publisher.report.text.findings import findings_text

            if findings:
                console.show(findings_text(findings, sources, console.paint) + "\n")
            console.show(summary_text(posts, findings, console.paint))
            return
    console.note(summary_text(posts, findings, console.note_paint))


def show_plan(console: Console, plan: "Plan", where: str) -> None:
    """What would be done; in the formats for findings, what stands in the way of it."""
    if console.options.format == "json":
        from publisher.report.json import json_text, plan_document

        console.show(json_text(plan_document(plan)))
    else:
        from publisher.report.text.plan import plan_text

        console.show(plan_text(plan, where, console.paint, everything=console.options.verbose))


def show_run(console: Console, run: "RunReport") -> "RunReport":
    """What was done; what stopped it on the way is told on stderr as well, whatever the format.

    Gives back the run as it was told: its commands are those to be typed after this call.
    """
    run = console.typed_run(run)
    match console.options.format:
        case "json":
            from publisher.report.json import json_text, run_document

            console.show(json_text(run_document(run)))
        case "github":
            from publisher.report.github import run_annotations
            from publisher.report.text.receipts import receipts_text

            console.show(receipts_text(run, console.paint, everything=console.options.verbose))
            if annotations := run_annotations(run):
                console.command(annotations)
        case "junit":
            from publisher.report.junit import run_suite

            console.show(run_suite(run))
        case _:
            from publisher.report.text.receipts import receipts_text

            console.show(receipts_text(run, console.paint, everything=console.options.verbose))
    if run.stopped_by is not None:
        from publisher.report.text.error import error_text

        write(error_text(run.stopped_by, console.note_paint), sys.stderr, coloured=console.note_paint.on)
    return run
