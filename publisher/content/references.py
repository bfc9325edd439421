"""What `quote`, `reply_to` and `repost` point at: telling the four forms apart, and tying those that are posts.

`https://…` is a permalink, digits alone a media id, a name ending in .yaml or .yml a file beside the post, anything
else the id of a post of this repository.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from publisher.content.findings import Finding, Place, found
from publisher.content.near import Names
from publisher.content.paths import beside, way_to
from publisher.content.post import Post, Reference

FILE_ENDINGS = (".yaml", ".yml")
MEDIA_ID = 15  # digits; Threads' own have 17, and a file that is named after its day has fewer
_PERMALINK = r"https://(?:www\.)?threads\.(?:com|net)/(?:@(?P<name>[\w.]+)/post|t)/(?P<code>[\w-]{5,40})/?(?:[?#].*)?"


def reference(written: str, place: Place) -> Reference | None:
    """The reference as it is written; None for an address that is no post of Threads.

    A file's name stays as it is, as `post`, until all files are read: see `tie`.
    """
    if "://" in written:
        return Reference("permalink", written, place) if re.fullmatch(_PERMALINK, written) else None
    if written.isascii() and written.isdigit():
        return Reference("media_id", written, place)
    return Reference("post", written, place)


def author(permalink: str) -> str | None:
    """The user name in a permalink, "acme"; None for the short form."""
    match = re.fullmatch(_PERMALINK, permalink)
    return match["name"] if match else None


def asks_others(target: Reference) -> bool:
    """Whether the other posts must be known to judge it: it names one of them, or digits that may be meant to."""
    return target.type == "post" or (target.type == "media_id" and len(target.value) < MEDIA_ID)


class Known:
    """Every post file of a repository, broken ones included."""

    def __init__(self, ids: Mapping[str, str], accounts: Mapping[str, str | None]) -> None:
        """Both by path; of an account None where it cannot be told: it may be any."""
        self.ids = ids
        self.accounts = accounts
        self.values = frozenset(ids.values())
        self.paths_meant = Names(ids)
        self.ids_meant = Names(self.values)

    @cached_property
    def owners(self) -> Mapping[str, frozenset[str | None]]:
        """Who has a post of an id."""
        owners: dict[str, set[str | None]] = {}
        for path, id_ in self.ids.items():
            owners.setdefault(id_, set()).add(self.accounts[path])
        return {id_: frozenset(accounts) for id_, accounts in owners.items()}

    @cached_property
    def _composed(self) -> Mapping[str, str]:
        return {unicodedata.normalize("NFC", path): path for path in self.ids}

    def path(self, written: str) -> str | None:
        """The file that is meant: some file systems take letters and their marks apart, some keyboards do."""
        if written in self.ids or written.isascii():
            return written if written in self.ids else None
        return self._composed.get(unicodedata.normalize("NFC", written))


def tie(posts: Iterable[Post], known: Known) -> tuple[dict[str, Post], list[Finding]]:
    """Posts by path with their references tied to ids, and what is wrong with those.

    A post whose references are wrong is left out.
    """
    tied: dict[str, Post] = {}
    pointing: list[Post] = []  # the few that point at another post
    findings: list[Finding] = []
    for post in posts:
        wrong: list[Finding] = []
        answers = {
            target: _target(post.path, post.account, target, known, wrong)
            for target in post.references()
            if asks_others(target)
        }
        if wrong:
            findings += wrong
        elif answers:
            tied[post.path] = pointed = _with(post, answers)
            pointing.append(pointed)
        else:
            tied[post.path] = post
    for path, finding in _cycles(pointing):
        findings.append(finding)
        tied.pop(path, None)
    return tied, findings


def dangling(path: str, account: str | None, targets: Iterable[Reference], known: Known) -> list[Finding]:
    """What is wrong with the references of a file that has other errors too: all of them are told at once."""
    wrong: list[Finding] = []
    for target in targets:
        _target(path, account, target, known, wrong)
    return wrong


def _target(at: str, account: str | None, target: Reference, known: Known, wrong: list[Finding]) -> Reference:
    """What a reference in the file `at`, a post of `account`, is tied to."""
    if not asks_others(target):
        return target
    if target.type == "media_id":
        if target.value in known.values:
            wrong.append(_digits(at, target, known))
        return target
    if target.value.endswith(FILE_ENDINGS):
        path = known.path(beside(at, target.value))
        if path is None:
            message = f"there is no post file {beside(at, target.value)}"
            wrong.append(found("E233", at, target.place, message, fix=_way(at, target, known)))
            return target
        id_, owners = known.ids[path], frozenset((known.accounts[path],))
    else:
        id_ = unicodedata.normalize("NFC", target.value)
        if id_ not in known.values:
            fix = _question(known.ids_meant.nearest(id_))
            wrong.append(found("E234", at, target.place, f'no post has the id "{target.value}"', fix=fix))
            return target
        owners = known.owners[id_]
    if account is not None and owners.isdisjoint((account, None)):
        wrong.append(found("E239", at, target.place, f"{target.value} is a post of another account"))
    return replace(target, value=id_)


def _digits(at: str, target: Reference, known: Known) -> Finding:
    """For the id of a post in the place of a media id, which its digits make it."""
    path = min(path for path, id_ in known.ids.items() if id_ == target.value)
    message = f"{target.value} is read as a media id, and is the id of {path}"
    return found("E238", at, target.place, message, fix=f"name its file: {way_to(path, at)}")


def _way(at: str, target: Reference, known: Known) -> str:
    """What to write for a path that leads nowhere: many begin it at the repository's root."""
    from_root = beside("", target.value.lstrip("/"))
    meant = from_root if from_root in known.ids else known.paths_meant.nearest(target.value)
    if meant is None:
        return "write the path of a post file, relative to this file"
    return f"did you mean {way_to(meant, at)}? A path is relative to the file that it stands in"


def _question(meant: str | None) -> str:
    return f"did you mean {meant}?" if meant is not None else ""


def _with(post: Post, answers: Mapping[Reference, Reference]) -> Post:
    def tied(target: Reference | None) -> Reference | None:
        return answers.get(target, target) if target is not None else None

    parts = tuple(
        replace(part, quote=tied(part.quote), reply_to=tied(part.reply_to), repost=tied(part.repost))
        for part in post.parts
    )
    return replace(post, parts=parts)


def _cycles(pointing: Iterable[Post]) -> list[tuple[str, Finding]]:
    """A finding for every post of a ring in which each waits for the next: none of them could ever be first."""
    by_account: dict[str, dict[str, Post]] = {}
    for post in pointing:
        by_account.setdefault(post.account, {})[post.id] = post
    return [each for by_id in by_account.values() for each in _rings(by_id)]


def _rings(by_id: Mapping[str, Post]) -> list[tuple[str, Finding]]:
    """The same among the posts of one account, by id."""
    waits = _waiting(by_id)
    seen: set[str] = set()
    findings = []
    for start in waits:
        way: list[str] = []
        here = start
        while here not in seen:
            seen.add(here)
            way.append(here)
            here = waits[here].value
        if here not in way:
            continue  # ran into a ring, or into a way to one, that is told already
        ring = way[way.index(here) :]
        for number, id_ in enumerate(ring):
            shown = " → ".join(ring[(number + step) % len(ring)] for step in range(min(len(ring) + 1, 10)))
            message = f"this post waits for itself: {shown}"
            findings.append((by_id[id_].path, found("E235", by_id[id_].path, waits[id_].place, message)))
    return findings


def _waiting(by_id: Mapping[str, Post]) -> dict[str, Reference]:
    """Of every post that can never go out, a reference that leads to another such post."""
    targets = {
        id_: [target for target in post.references() if target.type == "post" and target.value in by_id]
        for id_, post in by_id.items()
    }
    answered: dict[str, list[str]] = {}
    for id_, references in targets.items():
        for target in references:
            answered.setdefault(target.value, []).append(id_)
    open_ = {id_: len(references) for id_, references in targets.items()}
    free = [id_ for id_, count in open_.items() if not count]
    while free:
        for waiting in answered.get(free.pop(), ()):
            open_[waiting] -= 1
            if not open_[waiting]:
                free.append(waiting)
    stuck = {id_ for id_, count in open_.items() if count}
    return {id_: next(target for target in targets[id_] if target.value in stuck) for id_ in by_id if id_ in stuck}
