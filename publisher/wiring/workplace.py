"""A repository and what its publisher.yaml says: enough for everything that works offline."""

import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.configuration import FILE, read_settings
from publisher.content.findings import Finding
from publisher.content.validate import Checked, Context, Gathered, Source, gather, together
from publisher.errors import InvalidContent
from publisher.settings import AccountSettings, Settings

if TYPE_CHECKING:
    from publisher.content.look import Look, MediaFacts, MediaProblem
    from publisher.repository import PostFile, Repository

MANY = 5_000  # post files; with fewer, a second process takes longer to begin than it spares
YOUNG = 50_000  # objects made before Python looks for cycles among them
HOME = ".publisher"  # what is ours on this machine; never committed


class InvalidSettings(InvalidContent):
    """publisher.yaml or a variable of the environment is not valid."""

    def __init__(self, findings: tuple[Finding, ...], sources: Mapping[str, Sequence[str]]) -> None:
        super().__init__(f"{FILE} is not valid", code=findings[0].code, fix=f"mend {FILE} as the findings say")
        self.findings = findings
        self.sources = sources


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Reading files makes many objects and next to no cycles: looking for those as often as usual takes a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A repository and what its publisher.yaml says."""

    root: Path
    settings: Settings
    repository: "Repository"
    config_source: bytes

    def account(self, name: str | None) -> AccountSettings:
        """The account that was asked for, or the only one."""
        accounts = self.settings.accounts
        names = ", ".join(account.name for account in accounts)
        if name is None:
            if len(accounts) > 1:
                raise InvalidContent(
                    f"there are several accounts: {names}", code="E503", fix="name one: publisher --account NAME …"
                )
            return accounts[0]
        for account in accounts:
            if account.name == name:
                return account
        fix = f"take one of them: publisher --account {self.settings.accounts[0].name} …"
        raise InvalidContent(f'no account is called "{name}"; there is {names}', code="E502", fix=fix)

    def accounts(self, name: str | None) -> tuple[AccountSettings, ...]:
        """The one that was asked for, or all."""
        return self.settings.accounts if name is None else (self.account(name),)

    def sources(self) -> tuple[Source, ...]:
        """Every post file of every account, once."""
        return tuple(self.each_source())

    def each_source(self) -> Iterator[Source]:
        """As `sources`, each read when it is asked for: of a hundred thousand files few are wanted again."""
        folders = self._folders()
        if _nested(folders):
            found = {source.path: source for folder in folders for source in self.repository.sources(folder)}
            yield from (found[path] for path in sorted(found))
        else:
            yield from self._sources_of(self._found(folders))

    def _folders(self) -> list[str]:
        return sorted({account.posts for account in self.settings.accounts}, key=lambda folder: f"{folder}/")

    def check(self, sources: Iterable[Source]) -> Checked:
        """All posts, and everything that is wrong with them."""
        return together([self._gathered(sources, light=False)])

    @_seldom_collected()
    def check_all(self, many: int = MANY) -> tuple[tuple[Finding, ...], list[str]]:
        """What is wrong with any post file, and the paths of all; as `check` finds it, and no posts are made.

        From `many` files on several processes read them.
        """
        from publisher.repository import MAX_POST_FILES

        folders = self._folders()
        found = [] if _nested(folders) else self._found(folders)
        if many <= len(found) <= MAX_POST_FILES:
            return together(self._shared_out(found)).findings, [path for _, (path, _) in found]
        seen: list[str] = []
        sources = self._sources_of(found) if found else self.each_source()
        return together([self._gathered(_noted(sources, seen), light=True)]).findings, seen

    def _found(self, folders: Sequence[str]) -> list[tuple[str, "PostFile"]]:
        """The post files of these folders, each with its folder."""
        return [(folder, file) for folder in folders for file in self.repository.post_files(folder)]

    def _sources_of(self, found: Iterable[tuple[str, "PostFile"]]) -> Iterator[Source]:
        for folder, files in groupby(found, key=itemgetter(0)):
            yield from self.repository.sources_of(folder, [file for _, file in files])

    def _shared_out(self, found: Sequence[tuple[str, "PostFile"]]) -> list[Gathered]:
        from publisher.wiring.hands import processors, shared_out

        def work(share: Sequence[tuple[str, "PostFile"]]) -> Gathered:
            return self._gathered(self._sources_of(share), light=True)

        size = -(-len(found) // processors())
        return shared_out(work, [found[at : at + size] for at in range(0, len(found), size)])

    def _gathered(self, sources: Iterable[Source], *, light: bool) -> Gathered:
        context = Context(self.settings.accounts, self.settings.rules)
        return gather(sources, context, _Looker(self.repository), self._read, light=light)

    def _read(self, path: str) -> "bytes | MediaProblem":
        """A text file that a post names."""
        from publisher.content.attached_rules import ATTACHED_BYTES
        from publisher.content.look import MediaProblem, unusable
        from publisher.repository import NotUsable

        name = path.rpartition("/")[2]
        try:
            return self.repository.read(path, ATTACHED_BYTES)
        except NotUsable as error:
            return unusable(path, error.reason, missing=error.missing)
        except OSError as error:
            return MediaProblem("E301", f"{name} {(error.strerror or 'cannot be read').lower()}")

    @property
    def home(self) -> Path:
        """The folder for what is ours on this machine."""
        return self.root / HOME

    def lines_of(self, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The lines of these files, read again; of one that is gone by now there are none."""
        from publisher.repository import MAX_POST_FILE, NotUsable

        lines: dict[str, tuple[str, ...]] = {}
        for path in paths:
            with suppress(NotUsable, OSError):
                lines[path] = source_lines(self.repository.read(path, MAX_POST_FILE))
        return lines

    def lines(self, sources: tuple[Source, ...]) -> dict[str, tuple[str, ...]]:
        """The lines of every file that a finding may be about."""
        files = {source.path: source.data for source in sources if isinstance(source.data, bytes)}
        return {path: source_lines(data) for path, data in files.items()}


def _nested(folders: Sequence[str]) -> bool:
    return any(inner.startswith(f"{outer}/") for outer, inner in pairwise(folders))


def _noted(sources: Iterable[Source], paths: list[str]) -> Iterator[Source]:
    """The sources, one after the other, and their paths beside them: the bytes are not kept."""
    for source in sources:
        paths.append(source.path)
        yield source


class _Looker:
    """A `Look` that loads what opens pictures and videos when the first of them is met."""

    def __init__(self, repository: "Repository") -> None:
        self._repository = repository
        self._probe: Look | None = None

    def __call__(self, path: str) -> "MediaFacts | MediaProblem":
        if self._probe is None:
            from publisher.media.probe import Probe

            self._probe = Probe(self._repository)
        return self._probe(path)


def open_workplace(start: Path, environ: Mapping[str, str] = os.environ) -> Workplace:
    """The repository around `start`: the nearest folder upwards that has a publisher.yaml."""
    from publisher.content.parsing import MAX_BYTES
    from publisher.repository import NotUsable, Repository, find_root

    root = find_root(start)
    repository = Repository(root)
    try:
        data = repository.read(FILE, MAX_BYTES)  # never along a link: what is wrong with it is shown, line by line
    except NotUsable as error:
        raise InvalidContent(f"{FILE} {error.reason}", code="E501", fix="make it a plain file") from None
    except OSError as error:
        message = f"{FILE} cannot be read: {error.strerror}"
        raise InvalidContent(message, code="E501", fix="make it a plain file that may be read") from None
    settings = read_settings(data, environ)
    twins = repository.twins()
    if isinstance(settings, tuple):
        raise InvalidSettings((*twins, *settings), {FILE: source_lines(data)})
    if twins:
        raise InvalidSettings(twins, {FILE: source_lines(data)})
    return Workplace(root, settings, repository, data)


def schema_path(place: Workplace) -> Path | None:
    """Where editors find the schema of post files: the repository's copy, when `init` has made one."""
    copy = place.root / ".vscode" / "publisher" / "post.schema.json"
    return copy if copy.exists() else None


def source_lines(data: bytes) -> tuple[str, ...]:
    """A file's lines, for excerpts."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return tuple(line.removesuffix("\r") for line in text.split("\n"))
