"""All post files of a repository in one go: the posts that are sound, and every finding of the others.

Pure: the bytes come in, facts of media files through `look`. Nothing stops at the first mistake.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from publisher.content.findings import Finding
from publisher.content.look import Files, Look, ReadBytes, nothing_to_read
from publisher.content.post import Post
from publisher.content.post_file import ReadFile, duplicate, read_file, unread
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
    waiving: dict[str, bytes]  # the bytes of those with a waiver, by path; those of all others are let go


def check_posts(sources: Iterable[Source], context: Context, look: Look, read: ReadBytes = nothing_to_read) -> Checked:
    """Every post of the repository, checked by itself and against the others.

    `sources` are all post files, also when only some are asked about: ids are unique among all, and a post may quote
    any other. `read` gives the bytes of the text files that posts name.
    """
    return together([gather(sources, context, look, read)])


def gather(sources: Iterable[Source], context: Context, look: Look, read: ReadBytes = nothing_to_read) -> Gathered:
    """The first half of `check_posts`, for all files or for some of them."""
    known = Files(look, read)
    gathered = Gathered([], {})
    for source in sources:
        gathered.files.append(_read(source, context, known))
        if isinstance(source.data, bytes) and MARK in source.data:
            gathered.waiving[source.path] = source.data
    return gathered


def together(gathered: Sequence[Gathered]) -> Checked:
    """The second half: all files held against each other.

    Posts that were let go (`ReadFile.light`) do not come out.
    """
    files = [file for each in gathered for file in each.files]
    waiving = {path: data for each in gathered for path, data in each.waiving.items()}
    findings = [finding for file in files for finding in file.findings]
    findings += (twins := _duplicates(files))
    twice = {finding.path for finding in twins}
    sound = [file.post for file in files if file.post is not None and file.path not in twice]
    posts = Known({file.path: file.id for file in files})
    tied, loose = tie(sound, posts)
    findings += loose
    findings += (finding for file in files for finding in dangling(file.path, file.references, posts))
    findings = _unwaived(findings, waiving)
    broken = sorted((file.path, file.id) for file in files if file.path not in tied)
    return Checked(
        posts=tuple(post for _, post in sorted(tied.items()) if isinstance(post, Post)),
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        broken=tuple(Broken(path, id_) for path, id_ in broken),
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


def _read(source: Source, context: Context, known: Files) -> ReadFile:
    if isinstance(source.data, Finding):
        return unread(source.path, source.data)
    return read_file(source.path, source.data, context.accounts, context.rules, known)


def _duplicates(files: list[ReadFile]) -> list[Finding]:
    """A finding for every file whose id is another's of the same account; a broken file counts for every account."""
    by_id: dict[str, list[ReadFile]] = {}
    for file in files:
        by_id.setdefault(file.id, []).append(file)
    findings = []
    for same in by_id.values():
        for file in same if len(same) > 1 else ():
            other = next((other for other in same if other is not file and _same_account(file, other)), None)
            if other is not None:
                findings.append(duplicate(file, other))
    return findings


def _same_account(one: ReadFile, other: ReadFile) -> bool:
    return one.post is None or other.post is None or one.post.account == other.post.account
