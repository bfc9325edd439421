"""`publisher new`: a post file from a title and pictures, or from a form that somebody filled in on GitHub."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.content.characters import forbidden_character
from publisher.content.editing.slip_fixes import certain_time
from publisher.content.times import TimeProblem, moment, zone
from publisher.errors import InvalidContent, Refused
from publisher.report.post_file import file_name, post_file_text
from publisher.repository import NotUsable
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
    if bad := forbidden_character(text):
        raise InvalidContent(f"the text has the character {bad}", code="E109", fix="leave it out")
    place = open_workplace(console.options.directory, console.environ)
    for path in (*images, *videos):
        _check_file(place, path)
    account = place.account(console.options.account)
    at = at and (certain_time(at) or at)
    now = console.options.now or datetime.now(UTC)
    due = _due(account, at)
    file = _free(place, account.posts, file_name(text, (due or now).date()))
    media = [_within(place, account.posts, path) for path in (*images, *videos)]
    copy = schema_path(place)
    schema = os.path.relpath(copy, place.root / account.posts) if copy is not None else None
    written = post_file_text(text, media, at=at and at.replace(" ", "T"), schema=schema)
    _write(place, file, written)
    console.show(os.path.relpath(place.root / file))
    console.next("publisher validate" if not media else "describe each picture after alt:, then: publisher validate")
    return 0


def _from_event(console: Console, path: Path) -> int:
    """The post file of a filled-in form. Raises `InvalidContent` for an event that has none."""
    from publisher.github.issue_forms import MAX_EVENT, wish_of

    place = open_workplace(console.options.directory, console.environ)
    folder = place.account(console.options.account).posts
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
    modeline = (
        f"# yaml-language-server: $schema={os.path.relpath(copy, place.root / folder)}" if copy is not None else ""
    )
    wish = wish_of(payload, modeline=modeline)
    day = (console.options.now or datetime.now(UTC)).date()
    file = _free(place, folder, file_name(wish.title.removeprefix("Post: "), day))
    _write(place, file, wish.source)
    console.show(os.path.relpath(place.root / file))
    console.next("publisher validate")
    return 0


def _free(place: Workplace, folder: str, name: str) -> str:
    """The path of a file, in a folder that is there afterwards. Raises `Refused` when the file is there as well.

    Raises `InvalidContent` for a folder that is a link: a pull request can bring one that leads anywhere.
    """
    with _inside(folder):
        place.repository.make_folder(folder)
    if os.path.lexists(place.root / folder / name):
        raise _there(place.root / folder / name)
    return f"{folder}/{name}"


def _write(place: Workplace, path: str, text: str) -> None:
    """A new file. Raises `Refused` when it is there by now, `InvalidContent` when a link stands in the way."""
    try:
        with _inside(path):
            place.repository.create(path, text.encode())
    except FileExistsError:
        raise _there(place.root / path) from None


def _there(file: Path) -> Refused:
    fix = "give the post other first words: they name its file"
    return Refused(f"{os.path.relpath(file)} is there already", code="E229", fix=fix)


@contextmanager
def _inside(path: str) -> Iterator[None]:
    try:
        yield
    except NotUsable as error:
        fix = "put a folder there, and the file itself; nothing is written along a link"
        raise InvalidContent(f"{path} {error.reason}", code="E110", fix=fix) from None


def _due(account: AccountSettings, at: str | None) -> datetime | None:
    """The local time that was asked for. Raises `InvalidContent` for one that cannot be."""
    clocks = zone(account.timezone)
    if at is None or clocks is None:
        return None
    when = moment(at, clocks)
    if isinstance(when, TimeProblem):
        raise InvalidContent(when.message, code=when.code, fix=when.fix)
    return when.astimezone(clocks)


def _check_file(place: Workplace, path: Path) -> None:
    """Raises `InvalidContent` for a name that no post file can hold, `click.UsageError` for a FIFO: who fills it?"""
    if not path.is_file():
        raise click.UsageError(f"{path} is no ordinary file")
    file, root = path.resolve(), place.root.resolve()
    named = str(file.relative_to(root)) if file.is_relative_to(root) else path.name
    if bad := forbidden_character(named) or ("U+000A" if "\n" in named else None):
        raise InvalidContent(f"the name of {path} has the character {bad}", code="E109", fix="rename it")


def _same(one: Any, other: Any) -> bool:
    return hashlib.file_digest(one, "sha256").digest() == hashlib.file_digest(other, "sha256").digest()


def _within(place: Workplace, folder: str, path: Path) -> str:
    """The file as the post names it; one from elsewhere is copied into the repository first.

    Raises `Refused` when another file has its name there: it is that of another post.
    """
    file = path.resolve()
    if not file.is_relative_to(place.root.resolve()):
        home = f"{folder}/media/{path.name}"
        with _inside(home), file.open("rb") as given:
            if os.path.lexists(place.root / home):
                with place.repository.open(home) as there:
                    same = _same(there, given)
                if not same:
                    fix = "give the file another name"
                    raise Refused(f"{home} is there already, and is another file", code="E229", fix=fix)
            else:
                place.repository.take_in(home, given)
        file = place.root.resolve() / home
    return os.path.relpath(file, place.root.resolve() / folder).replace(os.sep, "/")
