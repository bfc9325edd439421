"""The corpus under tests/posts: a case is a post file, or a folder of them, with its expected findings beside it.

`name.yaml` with `name.findings` holds lines `line:column CODE`; a folder has `expected.findings`, whose lines begin
with the file. Cases under `valid` have none. Files are bytes: some are not UTF-8, some end their lines with CRLF.
"""

from dataclasses import dataclass
from pathlib import Path

from publisher.content.findings import Finding
from publisher.content.validate import Checked, Context, Source, check_posts
from publisher.settings import AccountSettings, Rules
from tests.content.looks import look, read

POSTS = Path(__file__).parents[1] / "posts"
CONTEXT = Context((AccountSettings("acme", timezone="Europe/Berlin"),), Rules())


@dataclass(frozen=True)
class Case:
    """One case: its files by name, and the findings that are expected of them."""

    name: str
    files: dict[str, bytes]
    expected: tuple[str, ...]

    @property
    def single(self) -> bool:
        return len(self.files) == 1 and next(iter(self.files)) == f"{self.name}.yaml"

    def check(self) -> Checked:
        sources = [Source(f"posts/{name}", data) for name, data in self.files.items()]
        return check_posts(sources, CONTEXT, look, read)

    def shown(self, finding: Finding) -> str:
        place = f"{finding.place.line}:{finding.place.column} {finding.code}"
        return place if self.single else f"{finding.path.removeprefix('posts/')} {place}"


def cases(kind: str) -> list[Case]:
    """The cases of `valid` or `invalid`, by name."""
    folder = POSTS / kind
    alone = [Case(path.stem, {path.name: path.read_bytes()}, _lines(folder / f"{path.stem}.findings"))
             for path in folder.glob("*.yaml")]  # fmt: skip
    together = [Case(path.name, _files(path), _lines(path / "expected.findings"))
                for path in folder.iterdir() if path.is_dir()]  # fmt: skip
    return sorted(alone + together, key=lambda case: case.name)


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in (".yaml", ".yml"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text().splitlines()) if path.exists() else ()
