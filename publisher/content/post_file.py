"""One post file: from its bytes to a `Post`, or to everything that is wrong with it."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from posixpath import splitext
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from publisher.content.accounts import account_of
from publisher.content.document import Document
from publisher.content.findings import START, Finding, Place, found, has_errors
from publisher.content.hidden import turning
from publisher.content.inquiry import Inquiry, wants_a_closer_look
from publisher.content.kinds.table import chain_findings
from publisher.content.look import Files
from publisher.content.parsing import MOST_ALIKE, parse
from publisher.content.part_rules import read_part
from publisher.content.post import Part, Post, Reference
from publisher.content.references import asks_others
from publisher.content.schema import conform
from publisher.content.times import TimeProblem, moment, zone
from publisher.content.view import View
from publisher.settings import AccountSettings, Rules

if TYPE_CHECKING:
    from publisher.content.post import IfLate

ID_LIMIT = 100
_POINTING = ("reply_to", "quote", "repost")


class ReadFile(NamedTuple):
    """What became of one file."""

    path: str
    id: str  # of a broken file too: an error in a post already published only warns
    post: Post | None  # None when there are errors
    findings: tuple[Finding, ...]
    account: str | None = None  # None where it cannot be told: it may be a post of any
    place: Place = START  # of the id, or of the file's first key
    references: tuple[Reference, ...] = ()  # of a file with errors, as far as they could be read


class Quiet(NamedTuple):
    """What is left of a file that is sound, points at no other and has nothing said of it: there may be 100,000."""

    path: str
    id: str
    account: str
    place: tuple[int, ...]  # of the id: a `Place`, plain because it comes faster so from another process


def read_file(
    path: str, data: bytes, accounts: tuple[AccountSettings, ...], rules: Rules, files: Files, *, light: bool = False
) -> ReadFile | Quiet:
    """One post file by itself; what it has to do with others is looked at when all are read.

    `light`: no post is made of a file of which that is all there is to ask.
    """
    document = parse(path, data)
    if not isinstance(document, Document):
        return _salvaged(path, data, document, accounts, rules, files)
    read = _read(document, accounts, rules, files)
    if has_errors(read.findings):
        return ReadFile(path, read.id, None, read.findings, read.owner, read.place, tuple(read.references()))
    if light and not read.findings and not any(map(asks_others, read.references())):
        return Quiet(path, read.id, read.account.name, tuple(read.place))
    return ReadFile(path, read.id, read.post(), read.findings, read.owner, read.place)


def _salvaged(
    path: str,
    data: bytes,
    broken: tuple[Finding, ...],
    accounts: tuple[AccountSettings, ...],
    rules: Rules,
    files: Files,
) -> ReadFile:
    """A file that is no sound YAML, as far as it can be made out."""
    from publisher.content.salvage import salvage, unheard

    salvaged = salvage(path, data, broken)
    if salvaged.document is None:
        return ReadFile(path, _id_in(path, data), None, salvaged.findings, _owner(path, None, accounts))
    rest = _read(salvaged.document, accounts, rules, files)
    findings = _without_echoes((*salvaged.findings, *unheard(rest.findings, salvaged)))
    return ReadFile(path, _id_in(path, data), None, findings, rest.owner, rest.place, tuple(rest.references()))


def _owner(path: str, named: str | None, accounts: tuple[AccountSettings, ...]) -> str | None:
    account = account_of(path, named, accounts)
    return None if isinstance(account, tuple) else account.name


class _Read(NamedTuple):
    """What a document says, and everything that is wrong with it."""

    view: View
    id: str
    account: AccountSettings  # some account, where its own cannot be told
    owner: str | None  # its own
    times: tuple[datetime | None, datetime | None]
    parts: list[dict[str, Any]]  # the fields of each `Part`
    place: Place
    findings: tuple[Finding, ...]

    def references(self) -> Iterator[Reference]:
        return (said[key] for said in self.parts for key in _POINTING if key in said)

    def post(self) -> Post:
        """To be asked for only when nothing that was found is an error."""
        view = self.view
        return Post(
            id=self.id,
            path=view.document.path,
            account=self.account.name,
            parts=tuple(Part(index=number, **said) for number, said in enumerate(self.parts, start=1)),
            draft=view.flag("draft"),
            note=view.text("note"),
            publish_at=self.times[0],
            publish_by=self.times[1],
            if_late=cast("IfLate", view.text("if_late") or "hold"),
            allow_repeat=view.flag("allow_repeat"),
        )


def _read(document: Document, accounts: tuple[AccountSettings, ...], rules: Rules, files: Files) -> _Read:
    conformed = conform(document, "post")
    view = View(document, (), conformed.data)
    findings: list[Finding] = []
    id_ = _id(view, findings)
    place = view.place("id") if view.text("id") else document.first_key_place()
    account = account_of(document.path, view.text("account"), accounts)
    owner = None
    if isinstance(account, tuple):
        where = view.place("account") if view.text("account") else place
        findings.append(view.found(account[0], where, account[1]))
        account = accounts[0] if accounts else AccountSettings("")
    else:
        owner = account.name
    times = _times(view, account, findings)
    closely = wants_a_closer_look(document)
    asked = Inquiry(files, rules, account.name, closely, findings)
    parts = [read_part(view, asked)]
    if "thread" in view.data:
        findings += chain_findings(view)
        parts += [read_part(each, asked) for each in view.below("thread")]
    if closely:
        findings += _turned(document, findings)
    everything = _without_echoes((*document.warnings, *conformed.findings, *findings))
    return _Read(view, id_, account, owner, times, parts, place, everything)


def unread(path: str, finding: Finding) -> ReadFile:
    """A file that could not be read at all."""
    return ReadFile(path, _stem(path), None, (finding,))


def _without_echoes(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """One finding for one mistake: the schema and a rule may say the same of a place."""
    if not findings:
        return ()
    seen: dict[tuple[str, Place], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.code, finding.place), finding)
    return tuple(seen.values())


def _turned(document: Document, known: list[Finding]) -> list[Finding]:
    """Characters that turn the text around in the lines nobody else has looked at: comments, notes, keys."""
    told = {finding.place.line for finding in known if finding.code == "E240"}
    findings: dict[int, Finding] = {}
    for index, message in turning(document.source):
        line = document.source.count("\n", 0, index) + 1
        column = index - document.source.rfind("\n", 0, index)
        if len(findings) == MOST_ALIKE:
            break
        if line not in told:
            findings.setdefault(line, found("E240", document.path, Place(line, column, line, column + 1), message))
    return list(findings.values())


def _id(view: View, findings: list[Finding]) -> str:
    given = view.text("id")
    id_ = unicodedata.normalize("NFC", given) if given is not None else _stem(view.document.path)
    if (problem := _id_problem(id_)) is None:
        return id_
    if given is not None:
        findings.append(view.found("E226", view.place("id"), f"the id {problem}"))
    else:
        fix = "rename the file, or write an id into it, as in id: spring-sale"
        message = f"the file's name is the id of its post, and it {problem}"
        findings.append(view.found("E226", START, message, fix=fix))
    return id_


def _stem(path: str) -> str:
    # Some file systems take names apart into letters and marks: the id is the same on all of them.
    name = path[path.rfind("/") + 1 :]
    stem = (name[:-5] or name) if name.endswith(".yaml") else splitext(name)[0]
    return stem if stem.isascii() else unicodedata.normalize("NFC", stem)


def _id_problem(id_: str) -> str | None:
    if len(id_) > ID_LIMIT:
        return f"has {len(id_)} characters; the limit is {ID_LIMIT}"
    if _usual_id().fullmatch(id_) is None:
        bad = next((char for char in id_ if char not in "._-" and unicodedata.category(char)[0] not in "LMN"), None)
        if bad is not None:
            return f"has {_named(bad)}; letters, digits, full stop, hyphen and underscore are allowed"
        if id_[:1] in tuple("._-") or unicodedata.category(id_[0])[0] == "M":
            return "begins with neither a letter nor a digit"
    if id_.endswith((".yaml", ".yml")):
        return "ends like the name of a file, so that no reference could name it"
    return None


@cache
def _usual_id() -> Any:
    return re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _named(character: str) -> str:
    return "a space" if character == " " else f'"{character}"' if character.isprintable() else ascii(character)


def _id_in(path: str, data: bytes) -> str:
    """The id of a file that is no sound YAML, if it can be seen; the file's stem otherwise."""
    match = re.search(rb"^id:[ \t]+([\"']?)([\w.-]{1,100})\1[ \t]*(?:#.*)?\r?$", data[:65536], re.MULTILINE)
    return match[2].decode("ascii", "replace") if match else _stem(path)


def _times(view: View, account: AccountSettings, findings: list[Finding]) -> tuple[datetime | None, datetime | None]:
    named = view.text("timezone")
    if named is None and "publish_at" not in view.data and "publish_by" not in view.data:
        return None, None
    where = zone(named or account.timezone)
    if where is None:
        # Without its zone a time is no time at all, and a post without one would go out at once.
        key = "timezone" if named else "publish_at" if "publish_at" in view.data else "publish_by"
        message = f'there is no time zone "{(named or account.timezone)[:60]}"'
        findings.append(view.found("E225", view.place(key), message))
        return None, None
    at, by = (_moment(view, key, where.key, findings) for key in ("publish_at", "publish_by"))
    if at is not None and by is not None and by <= at:
        findings.append(view.found("E223", view.place("publish_by"), "publish_by is not after publish_at"))
    return at, by


def _moment(view: View, key: str, where: str, findings: list[Finding]) -> datetime | None:
    text, clocks = view.text(key), zone(where)
    if text is None or clocks is None:
        return None
    when = moment(text, clocks)
    if isinstance(when, TimeProblem):
        findings.append(view.found(when.code, view.place(key), when.message, fix=when.fix))
        return None
    return when


def duplicate(path: str, id_: str, place: Place, other: str) -> Finding:
    """The finding for a file whose id another file, at the path `other`, has too."""
    return found("E227", path, place, f'the id "{id_}" is also that of {other}')
