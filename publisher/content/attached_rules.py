"""The text that opens from a post: where it comes from, and what of it Threads can show. Loaded when a post has one."""

from collections.abc import Iterator

from publisher.content.attached_text import AttachedText
from publisher.content.characters import forbidden_character
from publisher.content.findings import Finding
from publisher.content.hidden import hidden
from publisher.content.hosts import strange_hosts
from publisher.content.key_rules import link_findings
from publisher.content.look import MediaProblem, ReadBytes, pointed_out
from publisher.content.markdown import Plain, plain
from publisher.content.parsing import MOST_ALIKE
from publisher.content.paths import PathProblem, locate
from publisher.content.secrets import holds_secret
from publisher.content.spoilers import utf16_units
from publisher.content.view import View

ATTACHED_LIMIT = 10_000  # characters
ATTACHED_BYTES = 128 * 1024  # of a file; what is read of it


def read_attached(
    post: View, view: View, read: ReadBytes, *, closely: bool
) -> tuple[AttachedText | None, tuple[Finding, ...]]:
    """What `attached_text:` (`view`) of a part (`post`) says, and everything that is wrong with it.

    `closely`: whether something in the file of the post may be other than it looks.
    """
    findings = [*_sources(post, view), *link_findings(view)]
    key = "text" if "text" in view.data else "file"
    source = view.text("text") if key == "text" else _from_file(view, read, findings)
    if source is None:
        return None, tuple(findings)
    made = plain(source.rstrip())
    findings += _in_the_way(view, key, made)
    findings += _left(view, key, source, made)
    findings += view.joined("text")
    if closely or key == "file":
        findings += _unseen(view, key, source)
    if closely and (link := view.text("link")) is not None:
        findings += _unseen(view, "link", link)
    return AttachedText(made.text, made.styled, view.text("link")), tuple(findings)


def _sources(post: View, view: View) -> list[Finding]:
    findings = []
    if "text" in view.data and "file" in view.data:
        findings.append(view.found("E263", view.key_place("file"), "the attached text has both a text and a file"))
    elif view.data and "text" not in view.data and "file" not in view.data:  # of nothing at all the schema has said so
        place = post.key_place("attached_text")
        findings.append(view.found("E263", place, "the attached text has neither a text nor a file"))
    if "link" in view.data and post.has("link"):
        why = "Threads takes the link of the post or that of the attached text, not both"
        place = view.key_place("link")
        findings.append(view.found("E260", place, "link and the link of attached_text do not go together", why=why))
    return findings


def _from_file(view: View, read: ReadBytes, findings: list[Finding]) -> str | None:
    written = view.text("file")
    if written is None:
        return None
    place = view.place("file")
    path = locate(view.document.path, written)
    if isinstance(path, PathProblem):
        findings.append(view.found("E300", place, path.message))
        return None
    data = read(path)
    if isinstance(data, MediaProblem):
        data = pointed_out(data, view.document.path, written, read)
        findings.append(view.found(data.code, place, data.message, why=data.why, fix=data.fix))
        return None
    text = _decoded(data)
    if text is None or forbidden_character(text) is not None:
        findings.append(view.found("E264", place, f"{written.rpartition('/')[2]} is no text in UTF-8"))
        return None
    if text.startswith("version https://git-lfs"):
        message = f"{written.rpartition('/')[2]} is a Git LFS pointer, not the file"
        findings.append(view.found("E302", place, message))
        return None
    if not text.strip():
        findings.append(view.found("E201", place, f"{written.rpartition('/')[2]} is empty"))
        return None
    return text


def _decoded(data: bytes) -> str | None:
    try:
        # A file that is longer than what was read of it may end within a letter; it is too long in any case.
        cut = len(data) > ATTACHED_BYTES
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "ignore" if cut else "strict")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n")


def _in_the_way(view: View, key: str, made: Plain) -> list[Finding]:
    findings = []
    if (length := len(made.text)) > ATTACHED_LIMIT:
        message = f"the attached text has {length:,} characters; Threads takes {ATTACHED_LIMIT:,}"
        fix = f"shorten it by {length - ATTACHED_LIMIT:,}"
        findings.append(view.found("E213", view.place(key), message, fix=fix))
    if made.styled:
        last = made.styled[-1].offset + made.styled[-1].length
        if not made.text.isascii() and utf16_units(_leading_ascii(made.text)) < last:
            findings.append(
                view.found("W267", view.place(key), "the text has characters on which counts of styles part")
            )
    return findings


def _left(view: View, key: str, source: str, made: Plain) -> Iterator[Finding]:
    """Markdown that stays as it is written, each where it stands; of a file, or of joined lines, the first."""
    for left in made.left[:MOST_ALIKE]:
        place = view.place_at(key, source, left.at, left.written) if key == "text" else None
        if place is None:
            line = source.count("\n", 0, left.at) + 1
            where = f"line {line} of the {'file' if key == 'file' else 'attached text'}"
            more = f", and so is more below it ({len(made.left)} in all)" if len(made.left) > 1 else ""
            yield view.found("W266", view.place(key), f"{left.what} ({where}) is shown as it is written{more}")
            return
        yield view.found("W266", place, f"{left.what} is shown as it is written")


def _leading_ascii(text: str) -> str:
    end = next((number for number, letter in enumerate(text) if not letter.isascii()), len(text))
    return text[:end]


def _unseen(view: View, key: str, text: str) -> list[Finding]:
    """What hides in the text. In a file there is no place to point at but its name."""
    findings = []
    for thing in (*hidden(text), *strange_hosts(text)):
        place = view.place(key) if key == "file" else view.place_in(key, thing.needle, thing.nth)
        findings.append(view.found(thing.code, place, thing.message))
    if holds_secret(text):
        findings.append(view.found("E251", view.place(key), "the attached text holds what looks like a key or a token"))
    return findings
