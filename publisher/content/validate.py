"""All post files of a repository in one go: the posts that are sound, and every finding of the others.

Pure: the bytes come in, facts of media files through `look`. Nothing stops at the first mistake.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
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


def _claim(file: ReadFile) -> Quiet:
    return Quiet(file.path, file.id, file.post.account if file.post is not None else None, tuple(file.place))


def together(gathered: Sequence[Gathered]) -> Checked:
    """The second half: all files held against each other."""
    files = [file for each in gathered for file in each.files]
    quiet = [file for each in gathered for file in each.quiet]
    waiving = {path: data for each in gathered for path, data in each.waiving.items()}
    findings = [finding for file in files for finding in file.findings]
    findings += (twins := _duplicates(files, quiet))
    twice = {finding.path for finding in twins}
    sound = [file.post for file in files if file.post is not None and file.path not in twice]
    settled = [file for file in quiet if file.path not in twice]
    ids = {file.path: file.id for file in files}
    ids.update((file.path, file.id) for file in quiet)
    tied, loose = tie(
        sound, posts := Known(ids), ((file.id, file.account) for file in settled if file.account is not None)
    )
    findings += loose
    findings += (finding for file in files for finding in dangling(file.path, file.references, posts))
    findings = _unwaived(findings, waiving)
    whole = tied.keys() | {file.path for file in settled}
    return Checked(
        posts=tuple(post for _, post in sorted(tied.items())),
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        broken=tuple(Broken(path, id_) for path, id_ in sorted(ids.items()) if path not in whole),
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


def _duplicates(files: list[ReadFile], quiet: list[Quiet]) -> list[Finding]:
    """A finding for every file whose id is another's of the same account; a broken file counts for every account."""
    times = Counter(file.id for file in files)
    times.update(file.id for file in quiet)
    by_id: dict[str, list[Quiet]] = {id_: [] for id_, count in times.items() if count > 1}
    if not by_id:
        return []
    for file in (*quiet, *map(_claim, files)):
        if file.id in by_id:
            by_id[file.id].append(file)
    findings = []
    for same in by_id.values():
        same.sort()
        for file in same:
            other = next((other for other in same if other is not file and _share(file, other)), None)
            if other is not None:
                findings.append(duplicate(file.path, file.id, Place(*file.place), other.path))
    return findings


def _share(one: Quiet, other: Quiet) -> bool:
    """Whether both may be posts of one account."""
    return one.account is None or other.account is None or one.account == other.account
