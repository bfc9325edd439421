"""`publisher explain`: what a code means."""

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand

_EPILOG = """
publisher explain E203
publisher explain --list
"""


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.argument("code", required=False)
@click.option("--list", "all_codes", is_flag=True, help="Every code, a line each.")
@open_console
def command(console: Console, code: str | None, all_codes: bool) -> int:
    """Say what CODE means, why it matters and what to do, with a bad and a good example.

    E blocks, W warns; the first digit is the area: 1 YAML, 2 content, 3 media, 4 state, 5 configuration,
    6 credentials, 7 API.
    """
    from publisher.content.catalogue import all_entries, entry
    from publisher.report.json import entry_json, json_text
    from publisher.report.text.entry import entry_text, list_text

    if all_codes or code is None:
        entries = all_entries()
        if console.options.format == "json":
            console.show(json_text({"format_version": "1.0", "codes": [entry_json(known) for known in entries]}))
        else:
            console.show(list_text(entries, console.paint))
        return 0
    known = entry(code.upper())
    if known is None:
        raise click.UsageError(f'there is no code "{code}"; all of them: publisher explain --list')
    if console.options.format == "json":
        console.show(json_text({"format_version": "1.0", **entry_json(known)}))
    else:
        console.show(entry_text(known, console.paint))
    return 0
