"""`publisher split`: a text that is too long for a post becomes a chain."""

from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.paths import chosen
from publisher.cli.rewrites import Rewrite, show_diffs, write_all
from publisher.content.findings import Finding
from publisher.errors import InvalidContent
from publisher.report.escape import one_line
from publisher.wiring.workplace import open_workplace

_EPILOG = """
publisher split posts/2026-12-01-report.yaml
publisher split posts/2026-12-01-report.yaml --write
"""


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write the file; without it the change is only shown.")
@open_console
def command(console: Console, file: Path, write: bool) -> int:
    """Cut what is too long in a post file into the parts of a chain, where sentences end.

    Each part is within what Threads takes: the file's own text and those under thread:. No link, mention, hashtag,
    spoiler or character is cut; only white space at a cut is dropped; comments stay. A spoiler goes with its words, all
    else stays with the part that it was written for.
    """
    from publisher.content.editing.chaining import split_post
    from publisher.content.editing.splitting import CannotSplit
    from publisher.content.text_rules import characters, utf8_bytes

    place = open_workplace(console.options.directory, console.environ)
    sources = place.sources()
    only = chosen(place, console.options.directory, [file], sources)
    if len(only) != 1:
        raise click.UsageError(f"{file} is a folder; name one post file")
    (source,) = (source for source in sources if source.path in only)
    if isinstance(source.data, Finding):
        raise InvalidContent(source.data.message, code=source.data.code, fix=source.data.fix)
    in_bytes = place.settings.rules.text_limit == "bytes"
    try:
        split = split_post(source.path, source.data, measure=utf8_bytes if in_bytes else characters)
    except CannotSplit as error:
        message = f"{source.path} stays as it is: {error}"
        fix = error.fix or "publisher validate tells what is wrong with it"
        raise InvalidContent(message, code="E210", fix=fix) from None
    if not split.added:
        console.show(f"{one_line(source.path)}: every text fits into its post")
        return 0
    rewrite = Rewrite(source.path, source.data, split.data)
    if write:
        write_all(place, [rewrite])
        console.show(f"{one_line(source.path)}: now {split.total} parts")
        console.next("publisher validate")
    else:
        show_diffs(console, [rewrite])
        console.note(f"note: {split.total} parts; nothing was written: --write does")
    return 0
