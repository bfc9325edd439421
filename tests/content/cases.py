"""The corpus under tests/posts: a case is a post file, or a folder, with its expected findings beside it.

`name.yaml` with `name.findings` holds lines `line:column CODE`. A folder has `expected.findings`, whose lines begin
with the file. A folder of post files is a folder `posts` with media that answer by name (`looks`); one that has a
publisher.yaml is a whole content repository, whose media are opened, with the links that its `links.txt` names. Cases
under `valid` have no finding. Files are bytes: some are not UTF-8, some end their lines with CRLF.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.content.findings import Finding
from publisher.content.validate import Checked, Context, Source, check_posts
from publisher.settings import AccountSettings, Rules
from publisher.wiring.workplace import InvalidSettings, open_workplace
from tests.content.looks import look, read

POSTS = Path(__file__).parents[1] / "posts"
CONTEXT = Context((AccountSettings("acme", timezone="Europe/Berlin"),), Rules())
CONFIG = "publisher.yaml"
_LINKS = "links.txt"  # lines: path -> what it leads to


@dataclass(frozen=True)
class Case:
    """One case: its YAML files by the paths that findings have, and the findings that are expected of them."""

    name: str
    files: dict[str, bytes]
    expected: tuple[str, ...]
    root: Path | None = None  # of a whole repository

    @property
    def single(self) -> bool:
        return len(self.files) == 1 and next(iter(self.files)) == f"posts/{self.name}.yaml"

    @property
    def posts(self) -> dict[str, bytes]:
        """The post files, without the settings."""
        return {path: data for path, data in self.files.items() if path != CONFIG}

    def check(self) -> Checked:
        if self.root is not None:
            return _check_repository(self.root)
        return check_posts([Source(path, data) for path, data in self.files.items()], CONTEXT, look, read)

    def shown(self, finding: Finding) -> str:
        place = f"{finding.place.line}:{finding.place.column} {finding.code}"
        if self.single:
            return place
        path = finding.path if self.root is not None else finding.path.removeprefix("posts/")
        return f"{path} {place}"


def cases(kind: str) -> list[Case]:
    """The cases of `valid` or `invalid`, by name."""
    folder = POSTS / kind
    alone = [Case(path.stem, {f"posts/{path.name}": path.read_bytes()}, _lines(folder / f"{path.stem}.findings"))
             for path in folder.glob("*.yaml")]  # fmt: skip
    together = [_together(path) for path in folder.iterdir() if path.is_dir()]
    return sorted(alone + together, key=lambda case: case.name)


def _together(folder: Path) -> Case:
    expected = _lines(folder / "expected.findings")
    root = folder if (folder / CONFIG).exists() else None
    prefix = "" if root is not None else "posts/"
    return Case(folder.name, {f"{prefix}{path}": data for path, data in _files(folder)}, expected, root)


def _files(folder: Path) -> Sequence[tuple[str, bytes]]:
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in (".yaml", ".yml"))
    return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in found if path.is_file()]


def _check_repository(root: Path) -> Checked:
    """As `publisher validate` does it: findings of publisher.yaml, or those of the posts."""
    with _linked(root) as linked:
        try:
            place = open_workplace(linked, {})
        except InvalidSettings as error:
            return Checked((), error.findings, ())
        return place.check(place.sources())


@contextmanager
def _linked(root: Path) -> Iterator[Path]:
    """The repository with the links that `links.txt` names: an archive of ours must not carry what they lead to."""
    if not (root / _LINKS).exists():
        yield root
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / root.name
        shutil.copytree(root, copy)
        for line in _lines(root / _LINKS):
            name, _, target = line.partition(" -> ")
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).symlink_to(target)
        yield copy


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text().splitlines()) if path.exists() else ()
