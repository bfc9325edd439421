"""Ways out: somebody stands before an exit code 4 or 8 and gets on with what the message says, as a transcript.

A `Walk` calls the real command, keeps what it said in a form that is the same every time, and takes the next command
out of the last message: the situations of `situations.py` name only which of the ways they go. The page
docs/ways-out.md is made of them:

python -m tests.flow.ways > docs/ways-out.md
"""

import re
import shlex
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from publisher.sandbox.serve import Sandbox
from tests.cli.calling import Called
from tests.flow.desk import CONFIG, Desk

_COMMAND = re.compile(r"publisher (?:(?:-C|--account) \S+ )*[a-z][^;\n]*?(?=\s*(?:;|\n|$|  | or | if | then| again))")
_CHANGING = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://threads.example"),
    (re.compile(r"http://localhost:\d+"), "http://other.example"),
    (re.compile(r"/post/[\w-]+"), "/post/…"),
    (re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}…"), "DIGEST"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"), "2026-12-01 09:00:00 UTC"),
    (re.compile(r"\d+ h(?: \d+ min)? late"), "700 h late"),
    (re.compile(r"lineage [0-9a-f]{8}"), "lineage LINEAGE"),
    (re.compile(r"serial (?!1\b)\d+"), "serial 5"),
    (re.compile(r"line \d+, column \d+"), "line 40, column 12"),
)
_ID = re.compile(r"\b18\d{15}\b")

INTRO = """\
# Ways out

Exit code 4 asks a person, exit code 8 refuses for safety. Each message ends with what settles it; here is each of them,
with somebody who does what it says (ids, addresses, times and digests are not those of the run). The page is made by
tests that walk these ways with the real command (`python -m tests.flow.ways > docs/ways-out.md`), and they fail when it
is out of date.

What lies behind it: [exactly once](exactly-once.md).
"""


def named(fix: str, word: str) -> list[str]:
    """The arguments of the command with `word` in it, as a shell would read them."""
    found = [command for command in _COMMAND.findall(fix) if word in command]
    assert found, f"no command with {word} is named:\n{fix}"
    return shlex.split(found[0])[1:]


@dataclass(frozen=True)
class Situation:
    """`stuck` brings a desk to where the run stops; `out` goes on from there, by what was said."""

    title: str
    exit_code: int
    tells: str  # one sentence: how it comes to this, and what there is to know
    stuck: Callable[["Walk"], Called]
    out: Callable[["Walk"], object]
    live: tuple[str, ...]  # what is live in the end, oldest first
    config: str = CONFIG


@dataclass
class Walk:
    """One person at one desk."""

    desk: Desk
    lines: list[str] = field(default_factory=list)
    said: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    def call(self, *arguments: str, **environ: str) -> Called:
        """The command, typed."""
        called = self.desk(*arguments, **environ)
        self.said = called.out + called.err
        shown = "".join(f"{name}={value} " for name, value in environ.items() if value)
        words = " ".join(shlex.quote(word) for word in arguments)
        said = self._plain("\n".join([f"$ {shown}publisher {words}", called.out, *_result(called.err)]))
        self.lines += said if any(f"exit {called.code}" in line for line in said) else [*said, f"exit {called.code}"]
        return called

    def publish(self, **environ: str) -> Called:
        return self.call("publish", "--yes", **environ)

    def named(self, word: str) -> list[str]:
        """The arguments of the command in the last message that has `word` in it."""
        return named(self._fix(), word)

    def follow(self, word: str, *, media_id: str = "", **environ: str) -> Called:
        """Run the command that was named, with the id filled in that only a person can know."""
        arguments = [argument.replace("MEDIA_ID", media_id) for argument in self.named(word)]
        return self.types(*arguments, **environ)

    def types(self, *arguments: str, **environ: str) -> Called:
        """A command as it was named; where it asks and nobody is there, then as that message names it."""
        called = self.call(*arguments, **environ)
        if "error[E507]" in called.err:
            called = self.call(*self.named("--yes"), **environ)
        assert called.code == 0, self.said
        return called

    def does(self, what: str) -> None:
        """Something other than the command, told in the transcript."""
        self.lines.append(f"# {what}")

    def quoted(self, pattern: str) -> str:
        """What the last message says at this place."""
        found = re.search(pattern, self.said)
        assert found is not None, self.said
        return found[1]

    def _fix(self) -> str:
        return "\n".join(line for line in self.said.splitlines() if "fix:" in line)

    def _plain(self, text: str) -> list[str]:
        for pattern, instead in _CHANGING:
            text = pattern.sub(instead, text)
        text = _ID.sub(lambda found: self.ids.setdefault(found[0], f"1800000000000000{len(self.ids) + 1}"), text)
        return [line.rstrip() for line in text.splitlines() if line.strip()]


def _result(err: str) -> list[str]:
    """Without progress, which says the same in the result."""
    return [
        line
        for line in err.splitlines()
        if not re.match(r"  \S+(, part \d+ of \d+)?: ", line) and not line.startswith("next:")
    ]


def walk(situation: Situation, folder: Path, sandbox: Sandbox) -> str:
    """The whole way, its ends checked; gives back its section of the page."""
    desk = Desk(folder, sandbox)
    desk.control("reset", {})
    desk.control("faults", [])
    going = Walk(desk.begin(situation.config))
    stopped = situation.stuck(going)
    assert stopped.code == situation.exit_code, going.said
    situation.out(going)
    ended = going.publish()
    assert ended.code == 0, going.said
    assert tuple(desk.texts()) == situation.live
    before = desk.writes()
    assert desk.publish().code == 0
    assert desk.writes() == before, "one more run has nothing to do"
    shown = "\n".join(going.lines)
    return f"### {situation.title}\n\n{situation.tells}\n\n```console\n{shown}\n```\n"


def page(situations: tuple[Situation, ...], sandbox: Sandbox) -> str:
    sections = {4: ["## A person must decide: exit 4\n"], 8: ["## Refused for safety: exit 8\n"]}
    for situation in situations:
        with tempfile.TemporaryDirectory() as folder:
            sections[situation.exit_code].append(walk(situation, Path(folder), sandbox))
    return "\n".join([INTRO, *sections[4], *sections[8]])


def main() -> None:
    from tests.flow.situations import SITUATIONS

    with Sandbox() as sandbox:
        sys.stdout.write(page(SITUATIONS, sandbox))


if __name__ == "__main__":
    main()
