"""`publisher new`: a post file from a title and pictures."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.content.times import TimeProblem, moment, zone
from publisher.errors import InvalidContent, Refused
from publisher.report.post_file import file_name, post_file_text
from publisher.settings import AccountSettings
from publisher.wiring import Workplace, open_workplace, schema_path

_EPILOG = """
publisher new "Acme 2.0 is out"
publisher new "The new dashboard" --image dashboard.jpg --at "2026-12-01 09:00"
"""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.argument("text", metavar="TEXT")
@click.option(
    "--image", "images", type=_FILE, multiple=True, metavar="FILE", help="A picture; several make a carousel."
)
@click.option("--video", "videos", type=_FILE, multiple=True, metavar="FILE", help="A video.")
@click.option("--at", metavar="TIME", help="Not before; local time of the account's time zone.")
@open_console
def command(console: Console, text: str, images: tuple[Path, ...], videos: tuple[Path, ...], at: str | None) -> int:
    """Write a post file: its text is TEXT, its name the day and the first words of it.

    Pictures get `alt: TODO`, which validate refuses until somebody has described them. A file from outside the
    repository is copied beside the post.
    """
    if not text.strip() and not (images or videos):
        raise click.UsageError("a post needs a text, a picture or a video")
    place = open_workplace(console.options.directory, console.environ)
    account = place.account(console.options.account)
    now = console.options.now or datetime.now(UTC)
    due = _due(account, at)
    folder = place.root / account.posts
    file = folder / file_name(text, (due or now).date())
    if file.exists():
        raise Refused(f"{os.path.relpath(file)} is there already", code="E507", fix="give the post another text first")
    folder.mkdir(parents=True, exist_ok=True)
    media = [_within(place, folder, path) for path in (*images, *videos)]
    copy = schema_path(place)
    schema = os.path.relpath(copy, folder) if copy is not None else None
    written = post_file_text(text, media, at=at and at.replace(" ", "T"), schema=schema)
    file.write_text(written, "utf-8")
    console.show(os.path.relpath(file))
    console.next("publisher validate" if not media else "describe each picture after alt:, then: publisher validate")
    return 0


def _due(account: AccountSettings, at: str | None) -> datetime | None:
    """The local time that was asked for. Raises `InvalidContent` for one that cannot be."""
    clocks = zone(account.timezone)
    if at is None or clocks is None:
        return None
    when = moment(at, clocks)
    if isinstance(when, TimeProblem):
        raise InvalidContent(when.message, code=when.code, fix=when.fix)
    return when.astimezone(clocks)


def _within(place: Workplace, folder: Path, path: Path) -> str:
    """The file as the post names it; one from elsewhere is copied into the repository first."""
    file = path.resolve()
    if not file.is_relative_to(place.root.resolve()):
        home = folder / "media"
        home.mkdir(exist_ok=True)
        file = Path(shutil.copyfile(file, home / path.name))
    return os.path.relpath(file, folder.resolve()).replace(os.sep, "/")
