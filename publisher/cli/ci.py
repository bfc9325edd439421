"""`publisher ci`: plan and publish as steps of a workflow, with summaries, annotations and outputs."""

import json
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand, SharedGroup
from publisher.cli.outputs import add_summary, set_outputs
from publisher.cli.plan import known_state, offline_plan
from publisher.cli.publish import Wishes, publish
from publisher.cli.secrets import without_secrets
from publisher.cli.shared import Files, files_of, read_files
from publisher.content.findings import has_errors
from publisher.errors import InvalidContent, PublisherError
from publisher.planning.plan import Plan
from publisher.report.json import findings_document, json_text, plan_document
from publisher.report.run import Run, count
from publisher.wiring.destination import threads
from publisher.wiring.workplace import open_workplace


@click.group(cls=SharedGroup)
def command() -> None:
    """For workflows: what `validate`, `plan` and `publish` say, where a pull request or a job shows it."""


@command.command(cls=SharedCommand, epilog="publisher ci plan\npublisher ci plan --out out")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write report.json there.")
@open_console
def plan(console: Console, out: Path | None) -> int:
    """Validate and plan, with annotations and a job summary. Needs no secret and asks nothing of Threads."""
    from publisher.report.github import findings_annotations
    from publisher.report.markdown import plan_summary
    from publisher.report.text.plan import plan_text

    files = read_files(console, ())
    findings = files.checked.findings
    made = offline_plan(console, files, known_state(console, files))
    where = threads(files.place, console.environ).name
    console.show(plan_text(made, where, console.paint))
    if findings:
        console.command(findings_annotations(findings))
    add_summary(console.environ, without_secrets(plan_summary(made, findings, where), console.environ))
    document = {**plan_document(made), "findings": findings_document(0, findings)["findings"]}
    set_outputs(console.environ, {"has-changes": _word(bool(made.pending)), "plan-json": json.dumps(document)})
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(without_secrets(json_text(document), console.environ), "utf-8")
    return InvalidContent.exit_code if has_errors(list(findings)) else 0


@command.command("publish", cls=SharedCommand, epilog="publisher ci publish\npublisher ci publish --account acme")
@open_console
def publish_(console: Console) -> int:
    """As `publish --yes --require-tip`, with annotations, a job summary and step outputs."""
    from publisher.report.github import run_annotations
    from publisher.report.markdown import error_summary, run_summary

    try:
        run = publish(console, (), Wishes(yes=True, require_tip=True))
    except PublisherError as error:
        error.fix = console.typed(error.fix)
        add_summary(console.environ, without_secrets(error_summary(error), console.environ))
        raise
    if run is None:
        return 0
    if console.text and (annotations := run_annotations(run)):
        console.command(annotations)
    add_summary(console.environ, without_secrets(run_summary(run), console.environ))
    set_outputs(console.environ, _outputs(run))
    return run.exit_code


@command.command(cls=SharedCommand, epilog="publisher ci matrix")
@open_console
def matrix(console: Console) -> int:
    """Print the accounts that have something to do, as a matrix for parallel jobs, and set it as an output."""
    place = open_workplace(console.options.directory, console.environ)
    sources = place.sources()
    checked = place.check(sources)
    include = []
    for account in place.accounts(console.options.account):
        files = files_of(place, account, sources, checked)
        pending = len(_pending(console, files).pending)
        if pending:
            include.append({"account": account.name, "pending": pending})
    line = json.dumps({"include": include}, separators=(",", ":"))
    console.show(line)
    set_outputs(console.environ, {"matrix": line, "has-changes": _word(bool(include))})
    return 0


def _pending(console: Console, files: Files) -> Plan:
    return offline_plan(console, files, known_state(console, files))


def _outputs(run: Run) -> dict[str, str]:
    from publisher.report.json import run_document

    links = [link for result in run.posts if result.outcome == "published" for link in result.permalinks]
    late = sum(result.planned.verdict.value == "late" for result in run.posts)
    return {
        "has-changes": _word(count(run, "published", "deleted") > 0),
        "published-count": str(count(run, "published")),
        "failed-count": str(count(run, "failed", "unknown")),
        "late-count": str(late),
        "urls": "\n".join(links),
        "report-json": json.dumps(run_document(run)),
    }


def _word(value: bool) -> str:
    return "true" if value else "false"
