"""The files and folders named on the command line, as paths of the repository."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from publisher.content.validate import Source
from publisher.wiring.workplace import Workplace


def chosen(place: Workplace, directory: Path, paths: Sequence[Path], sources: Iterable[Source | str]) -> frozenset[str]:
    """The post files that `paths` (relative to `directory`) name; all of them when none are named."""
    every = frozenset(source if isinstance(source, str) else source.path for source in sources)
    if not paths:
        return every
    named: set[str] = set()
    for path in paths:
        inside = os.path.relpath(os.path.abspath(directory / path), place.root).replace(os.sep, "/")
        below = "" if inside == "." else f"{inside}/"
        found = {source for source in every if source == inside or source.startswith(below)}
        if not found:
            raise click.UsageError(_not_found(place, directory / path))
        named |= found
    return frozenset(named)


def _not_found(place: Workplace, path: Path) -> str:
    if not path.exists():
        return f"there is no {path}"
    folders = ", ".join(dict.fromkeys(f"{account.posts}/" for account in place.settings.accounts))
    return f"{path} is no post file: posts are the .yaml files in {folders}"
