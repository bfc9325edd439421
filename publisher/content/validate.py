"""All post files of a repository in one go: the posts that are sound, and every finding of the others.

Pure: the bytes come in, facts of media files through `look`. Nothing stops at the first mistake.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from publisher.content.findings import Finding, Place
from publisher.content.look import Files, Look, ReadBytes, nothing_to_read
from publisher.content.post import Post
from publisher.content.post_file import Quiet, ReadFile, duplicate, read_file, unread
from publisher.content.references import Known, dangling, tie
from publisher.settings import AccountSettings, Rules

MARK = b"publisher: allow"  # how a waiver begins (`waivers`); a file without it is not looked at again


class Source(NamedTuple):
    """A post file as it was found: its bytes, or why there are none."""

    path: str  # from the repository's root, with "/"
    data: bytes | Finding


@dataclass(frozen=True, slots=True)
class Context:
    """What of publisher.yaml decides whether a post is valid."""

    accounts: tuple[AccountSettings, ...]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Broken:
    """A file with errors. Its id is known all the same: it may be that of a post published long ago."""

    path: str
    id: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of all files."""

    posts: tuple[Post, ...]  # by path
    findings: tuple[Finding, ...]  # by path and place
    broken: tuple[Broken, ...]  # by path


class Gathered(NamedTuple):
    """Files, each checked by itself."""

    files: list[ReadFile]
    quiet: list[Quiet]  # files that were let go
    waiving: dict[str, bytes]  # the bytes of those with a waiver, by path; those of all others are let go


def check_posts(sources: Iterable[Source], context: Context, look: Look, read: ReadBytes = nothing_to_read) -> Checked:
    """Every post of the repository, checked by itself and against the others.

    `sources` are all post files, also when only some are asked about: ids are unique among all, and a post may quote
    any other. `read` gives the bytes of the text files that posts name.
    """
    return together([gather(sources, context, look, read)])


def gather(
    sources: Iterable[Source], context: Context, look: Look, read: ReadBytes = nothing_to_read, *, light: bool = False
) -> Gathered:
    """The first half of `check_posts`, for all files or for some of them.

    `light`: of files that are sound only as much is kept as others are held against; their posts do not come out.
    """
    known = Files(look, read)
    gathered = Gathered([], [], {})
    for source in sources:
        file = _read(source, context, known, light=light)
        if isinstance(file, Quiet):
            gathered.quiet.append(file)
        else:
            gathered.files.append(file)
        if isinstance(source.data, bytes) and MARK in source.data:
            gathered.waiving[source.path] = source.data
    return gathered


def together(gathered: Sequence[Gathered]) -> Checked:
    """The second half: all files held against each other."""
    files = [file for each in gathered for file in each.files]
    quiet = [file for each in gathered for file in each.quiet]
    waiving = {path: data for each in gathered for path, data in each.waiving.items()}
    everything: list[ReadFile | Quiet] = [*files, *quiet]
    known = Known({file.path: file.id for file in everything}, {file.path: file.account for file in everything})
    twins = _duplicates(everything)
    twice = {finding.path for finding in twins}
    tied, loose = tie((file.post for file in files if file.post is not None and file.path not in twice), known)
    findings = [*twins, *loose, *(finding for file in files for finding in file.findings)]
    for file in files:
        findings += dangling(file.path, file.account, file.references, known)
    sound = tied.keys() | ({file.path for file in quiet} - twice)
    return Checked(
        posts=tuple(post for _, post in sorted(tied.items())),
        findings=tuple(sorted(_unwaived(findings, waiving), key=lambda finding: finding.sort_key)),
        broken=tuple(Broken(path, id_) for path, id_ in sorted(known.ids.items()) if path not in sound),
    )


def _unwaived(findings: list[Finding], waiving: dict[str, bytes]) -> list[Finding]:
    """What nobody accepts of the findings, each file's looked through once."""
    if not waiving:
        return findings
    from publisher.content.waivers import waive

    own: dict[str, list[Finding]] = {path: [] for path in waiving}
    others: list[Finding] = []
    for finding in findings:
        own.get(finding.path, others).append(finding)
    return [*others, *(left for path, data in waiving.items() for left in waive(path, data, own[path]))]


def _read(source: Source, context: Context, known: Files, *, light: bool) -> ReadFile | Quiet:
    if isinstance(source.data, Finding):
        return unread(source.path, source.data)
    return read_file(source.path, source.data, context.accounts, context.rules, known, light=light)


def _duplicates(files: Sequence[ReadFile | Quiet]) -> list[Finding]:
    """A finding for every file whose id is another's of the same account, or of one that may be any account's."""
    times = Counter(file.id for file in files)
    by_id: dict[str, list[ReadFile | Quiet]] = {id_: [] for id_, count in times.items() if count > 1}
    if not by_id:
        return []
    for file in files:
        if file.id in by_id:
            by_id[file.id].append(file)
    return [
        duplicate(file.path, file.id, Place(*file.place), other)
        for same in by_id.values()
        for file, other in _with_twin(same)
    ]


def _with_twin(same: list[ReadFile | Quiet]) -> Iterator[tuple[ReadFile | Quiet, str]]:
    """Of files with the same id those that are in each other's way, each with the path of the first that is in its."""
    by_account: dict[str | None, list[str]] = {}
    for file in same:
        by_account.setdefault(file.account, []).append(file.path)
    first = {account: sorted(paths)[:2] for account, paths in by_account.items()}
    of_all = sorted(path for paths in first.values() for path in paths)[:2]
    for file in same:
        near = of_all if file.account is None else [*first[file.account], *first.get(None, ())]
        others = [path for path in near if path != file.path]
        if others:
            yield file, min(others)
