"""`publisher fmt`: every post file in one style; no value changes and no comment is lost."""

import os
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.paths import chosen
from publisher.cli.rewrites import Rewrite, show_diffs, write_all
from publisher.content.findings import Finding
from publisher.content.validate import Source
from publisher.errors import InvalidContent
from publisher.report.escape import one_line
from publisher.wiring.workplace import Workplace, open_workplace, schema_path

_EPILOG = """
publisher fmt
publisher fmt posts/2026-12-01-hello.yaml
publisher fmt --check --diff
"""


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 when a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@open_console
def command(console: Console, paths: tuple[Path, ...], check: bool, diff: bool) -> int:
    """Bring post files into one style: the order of keys, two spaces, blocks for text of several lines.

    Texts stay byte for byte what they are, comments and blank lines stay with what they stand at, and only files that
    differ are written. A file that is not YAML is left alone, and its mistakes are shown (exit 3).
    """
    from publisher.content.editing.formatting import Formatted, format_post

    place = open_workplace(console.options.directory, console.environ)
    sources = place.sources()
    only = chosen(place, console.options.directory, paths, sources)
    findings: list[Finding] = []
    rewrites: list[Rewrite] = []
    for source in (source for source in sources if source.path in only):
        if isinstance(source.data, Finding):
            findings.append(source.data)
            continue
        formatted = format_post(source.path, source.data, _modeline(place, source))
        if not isinstance(formatted, Formatted):
            findings += formatted
        elif formatted.left_because:
            console.note(f"note: {one_line(source.path)} stays as it is: {formatted.left_because}")
        elif formatted.data != source.data:
            rewrites.append(Rewrite(source.path, source.data, formatted.data))
    if diff:
        show_diffs(console, rewrites)
    elif not check:
        write_all(place, rewrites)
    _show(console, len(only), rewrites, findings, place.lines(sources), written=not (check or diff), diff=diff)
    return InvalidContent.exit_code if findings or (check and rewrites) else 0


def _modeline(place: Workplace, source: Source) -> str | None:
    """Where an editor finds the schema from this file, when the repository has a copy."""
    copy = schema_path(place)
    if copy is None:
        return None
    way = os.path.relpath(copy, (place.root / source.path).parent).replace(os.sep, "/")
    return f"# yaml-language-server: $schema={way}"


def _show(
    console: Console,
    posts: int,
    rewrites: list[Rewrite],
    findings: list[Finding],
    lines: dict[str, tuple[str, ...]],
    *,
    written: bool,
    diff: bool,
) -> None:
    from publisher.report.text.findings import counted, findings_text

    if console.options.format == "json":
        from publisher.report.json import FORMAT_VERSION, finding_json, json_text

        files = [each.path for each in rewrites]
        document = {"format_version": FORMAT_VERSION, "posts": posts, "written": written, "changed": files}
        console.show(json_text({**document, "findings": [finding_json(each) for each in findings]}))
    elif not diff and rewrites:
        console.show("\n".join(one_line(each.path) for each in rewrites))
    if findings:
        console.note(findings_text(findings, lines, console.note_paint) + "\n")
    changed = f"{counted(len(rewrites), 'file')} {'written' if written else 'would change'}"
    broken = f", {counted(len(findings), 'mistake')} to mend first" if findings else ""
    console.note(f"{counted(posts, 'post')}: {changed if rewrites else 'all in style'}{broken}")
