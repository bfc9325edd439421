"""`publisher validate`: every finding of every post file, at once."""

from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.formats import show_findings
from publisher.cli.lazy import SharedCommand
from publisher.cli.paths import chosen
from publisher.content.findings import has_errors
from publisher.errors import InvalidContent
from publisher.wiring.workplace import InvalidSettings, open_workplace

_EPILOG = """
publisher validate
publisher validate posts/2026-12-01-hello.yaml
publisher validate --strict --format json
publisher validate --fix
"""


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--fix", is_flag=True, help="Mend what has one certain remedy, then show what is left.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@open_console
def command(console: Console, paths: tuple[Path, ...], strict: bool, fix: bool, diff: bool) -> int:
    """Find every mistake in the post files, with its place, its reason and its fix.

    Needs no network and no secret. Without PATH all posts are looked at; with it only findings about these files or
    folders are shown. Exits with 3 when there are errors.

    --fix mends slips of a key, the API's names for ours, times, flags and values that YAML wants in quotes; comments
    stay, and no text changes but one whose end YAML took for a comment.
    """
    try:
        place = open_workplace(console.options.directory, console.environ)
    except InvalidSettings as error:
        show_findings(console, 0, error.findings, error.sources)
        return error.exit_code
    if fix or diff:
        from publisher.cli.mending import mend

        sources = place.sources()
        mend(console, place, sources, chosen(place, console.options.directory, paths, sources), write=not diff)
        if diff:
            return 0
        del sources
    everything, seen = place.check_all()
    only = chosen(place, console.options.directory, paths, seen)
    findings = [finding for finding in everything if finding.path in only]
    if not seen:
        folders = ", ".join(f"{account.posts}/" for account in place.settings.accounts)
        console.note(f"note: there is no post file in {folders}")
    lines = place.lines_of({finding.path for finding in findings}) if console.text else {}
    show_findings(console, len(only), findings, lines)
    return InvalidContent.exit_code if has_errors(findings) or (strict and findings) else 0
