"""`publisher new`: a post file from a title and pictures, or from a form that somebody filled in on GitHub."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.content.editing.slip_fixes import certain_time
from publisher.content.times import TimeProblem, moment, zone
from publisher.errors import InvalidContent, Refused
from publisher.report.post_file import file_name, post_file_text
from publisher.settings import AccountSettings
from publisher.wiring.workplace import Workplace, open_workplace, schema_path

_EPILOG = """
publisher new "Acme 2.0 is out"
publisher new "The new dashboard" --image dashboard.jpg --at "2026-12-01 09:00"
publisher new --from-event event.json
"""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.argument("text", metavar="[TEXT]", default="")
@click.option(
    "--image", "images", type=_FILE, multiple=True, metavar="FILE", help="A picture; several make a carousel."
)
@click.option("--video", "videos", type=_FILE, multiple=True, metavar="FILE", help="A video.")
@click.option("--at", metavar="TIME", help="Not before; local time of the account's time zone.")
@click.option("--from-event", type=_FILE, metavar="FILE", help="A form as a workflow gets it: $GITHUB_EVENT_PATH.")
@open_console
def command(
    console: Console,
    text: str,
    images: tuple[Path, ...],
    videos: tuple[Path, ...],
    at: str | None,
    from_event: Path | None,
) -> int:
    """Write a post file: its text is TEXT, its name the day and the first words of it.

    Pictures get `alt: TODO`, which validate refuses until somebody has described them. A file from outside the
    repository is copied beside the post.
    """
    if from_event is not None:
        if text or images or videos or at:
            raise click.UsageError("--from-event has the text, the pictures and the time; nothing can stand beside it")
        return _from_event(console, from_event)
    if not text.strip() and not (images or videos):
        raise click.UsageError("a post needs a text, a picture or a video")
    place = open_workplace(console.options.directory, console.environ)
    account = place.account(console.options.account)
    at = at and (certain_time(at) or at)
    now = console.options.now or datetime.now(UTC)
    due = _due(account, at)
    folder = place.root / account.posts
    file = _free(folder / file_name(text, (due or now).date()))
    media = [_within(place, folder, path) for path in (*images, *videos)]
    copy = schema_path(place)
    schema = os.path.relpath(copy, folder) if copy is not None else None
    written = post_file_text(text, media, at=at and at.replace(" ", "T"), schema=schema)
    file.write_text(written, "utf-8")
    console.show(os.path.relpath(file))
    console.next("publisher validate" if not media else "describe each picture after alt:, then: publisher validate")
    return 0


def _from_event(console: Console, path: Path) -> int:
    """The post file of a filled-in form. Raises `InvalidContent` for an event that has none."""
    from publisher.github.issue_forms import MAX_EVENT, wish_of

    place = open_workplace(console.options.directory, console.environ)
    folder = place.root / place.account(console.options.account).posts
    with path.open("rb") as event:
        data = event.read(MAX_EVENT + 1)
    if len(data) > MAX_EVENT:
        raise InvalidContent(
            f"{path} is larger than {MAX_EVENT // 1024:,} KiB", code="E206", fix="no form needs as much"
        )
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError):
        raise InvalidContent(f"{path} is not JSON", code="E206", fix="give the file of $GITHUB_EVENT_PATH") from None
    copy = schema_path(place)
    modeline = f"# yaml-language-server: $schema={os.path.relpath(copy, folder)}" if copy is not None else ""
    wish = wish_of(payload, modeline=modeline)
    day = (console.options.now or datetime.now(UTC)).date()
    file = _free(folder / file_name(wish.title.removeprefix("Post: "), day))
    file.write_text(wish.source, "utf-8")
    console.show(os.path.relpath(file))
    console.next("publisher validate")
    return 0


def _free(file: Path) -> Path:
    """The file, in a folder that is there. Raises `Refused` when it is there as well."""
    if file.exists():
        fix = "give the post other first words: they name its file"
        raise Refused(f"{os.path.relpath(file)} is there already", code="E229", fix=fix)
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


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
