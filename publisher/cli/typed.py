"""The commands that a message names, as they are to be typed after this call.

What goes wrong is told far from the command line: there nobody knows that the call was for the sandbox, for one of
several accounts, for another folder, or for two files out of ten. A command copied from such a message would do
something else, on the real account perhaps. So whatever is shown passes here once, and each command in it gets what
this call was given. `publisher …` in a message stands for this very call.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click

from publisher.cli.lazy import program
from publisher.cli.options import called_context, remembered

if TYPE_CHECKING:  # a command that only looks does not pay for the client
    from publisher.publishing.results import RunReport

Option = tuple[str, ...]  # its name and its value: ("--allow-new", "3"), ("--sandbox",)

_AGAIN = "…"
_COMMAND = re.compile(r"(?<![\w./-])publisher(?P<shared>(?: (?:-C|--account) \S+)*) (?=[a-z…])")
_WORD = re.compile(r" ?([a-z][a-z-]*)(?![\w/.-])")
_END = re.compile(r"[;\n]|  |, | (?:or|if|then|again|first)\b")  # behind it stands prose, or another command
_GIT = re.compile(r"(?<![\w./-])git (?=(?:push|fetch|fsck|update-ref|remote) ?)")

# A workflow's step is not what a person types; this is what it does.
_MEANS = {("ci", "publish"): (("publish",), (("--yes",), ("--require-tip",)))}
# Its words are carried out one by one: those before the one that was refused are on record, and refused a second time.
_WORDS = {"--adopt", "--confirm", "--forget", "--resume", "--abandon"}
_COUNTED = (("publish",), ("plan",))  # the files that are named make the plan, its number of posts and its digest


@dataclass(frozen=True, slots=True)
class Call:
    """What was typed."""

    command: tuple[str, ...] = ()  # ("state", "init")
    shared: tuple[Option, ...] = ()  # -C and --account, wherever they stood
    options: tuple[Option, ...] = ()
    arguments: tuple[str, ...] = ()
    now: str | None = None  # --now, which makes another plan

    @classmethod
    def of(cls, ctx: click.Context) -> "Call":
        given, called = remembered(ctx), called_context(ctx)
        names = (("-C", "directory"), ("--account", "account"))
        shared = tuple((name, str(given[key])) for name, key in names if key in given)
        if called is None:
            return cls(shared=shared)
        command = tuple(reversed(tuple(_names(called))))
        options, arguments = _given(called)
        now = given["now"].isoformat() if "now" in given else None
        if command in _MEANS:
            command, options = _MEANS[command]
        return cls(command, shared, options, arguments, now)


def as_typed(text: str, call: Call) -> str:
    """`text`, with what the call was given in each of its commands; what stands around them stays.

    >>> as_typed("if it is lost: publisher state init", Call(("publish",), options=(("--sandbox",), ("--yes",))))
    'if it is lost: publisher state init --sandbox'
    """
    pieces, at, found = [], 0, list(_COMMAND.finditer(text))
    for match, following in zip_longest(found, found[1:]):
        until = following.start() if following is not None else len(text)
        end = _END.search(text, match.end(), until)
        at, before = (end.start() if end is not None else until), at
        words = text[match.end() : at]
        said = f"{match['shared']} {words}"
        shared = [option for option in call.shared if not _has(said, option[0])]
        typed = ["publisher" + match["shared"], *map(shlex.join, shared), *_completed(words.rstrip(), said, call)]
        pieces += [text[before : match.start()], " ".join(typed), words[len(words.rstrip()) :]]
    text = "".join([*pieces, text[at:]])
    folder = next((option[1] for option in call.shared if option[0] == "-C"), None)
    return text if folder is None else _GIT.sub(lambda _: f"git -C {shlex.quote(folder)} ", text)


def run_as_typed(run: "RunReport", call: Call) -> "RunReport":
    """The run, with the commands of all its posts made ready, and of what stopped it."""
    posts = []
    for post in run.posts:
        problem = post.problem and replace(post.problem, fix=as_typed(post.problem.fix, call))
        posts.append(replace(post, problem=problem))
    if run.stopped_by is not None:
        run.stopped_by.fix = as_typed(run.stopped_by.fix, call)
    return replace(run, posts=tuple(posts))


# --- what a command gets ----------------------------------------------------------------------------------------------


def _completed(words: str, said: str, call: Call) -> list[str]:
    """The command's own words, and those to put behind them."""
    if words.startswith(_AGAIN):
        again = shlex.join([*call.command, *call.arguments, *_flat(call.options, said)])
        return [words.replace(_AGAIN, again, 1) if call.command else words]
    command, known = _looked_up(words)
    options = _flat([option for option in _carried(command, said, call) if option[0] in known], said)
    # Without an option `publish` is meant as it stands: it sends what another post waits for, named or not.
    counts = command == ("plan",) or (command == ("publish",) and "--" in said)
    paths = call.arguments if counts and call.command in _COUNTED and shlex.join(call.arguments) not in said else ()
    return [words, *([shlex.join([*options, *paths])] if options or paths else [])]


def _carried(command: tuple[str, ...], said: str, call: Call) -> Iterator[Option]:
    """The options of the call that this command is to have as well."""
    same = command == call.command and (command != ("publish",) or "--" in said)
    for option in call.options:
        if option[0] == "--sandbox" or (same and not (command == ("reconcile",) and option[0] in _WORDS)):
            yield option
    if call.now is not None and command in _COUNTED and ("--sandbox",) in call.options:
        yield ("--now", call.now)


def _flat(options: "list[Option] | tuple[Option, ...]", said: str) -> list[str]:
    return [word for option in options if not _has(said, option[0]) for word in option]


def _has(said: str, option: str) -> bool:
    return re.search(rf"(?<!\S){option}(?![\w-])", said) is not None


# --- the program's own word -------------------------------------------------------------------------------------------


def _looked_up(rest: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The command that these words begin with, and the options that it knows; () where there is none."""
    found: click.Command = program
    names: list[str] = []
    at = 0
    while isinstance(found, click.Group) and (word := _WORD.match(rest, at)):
        below = found.get_command(click.Context(found), word[1])
        if below is None:
            break
        found, at = below, word.end()
        names.append(word[1])
    return tuple(names), frozenset(name for param in found.params for name in param.opts)


def _names(called: click.Context) -> Iterator[str]:
    context: click.Context | None = called
    while context is not None and context.parent is not None:
        yield context.info_name or ""
        context = context.parent


def _given(called: click.Context) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """The options and arguments that were typed, none that is there unasked or belongs to every command."""
    options: list[Option] = []
    arguments: list[str] = []
    for param in called.command.params:
        value = called.params.get(param.name or "")
        if called.get_parameter_source(param.name or "") is not click.core.ParameterSource.COMMANDLINE:
            continue
        if isinstance(param, click.Argument):
            arguments += [_no_option(str(item)) for item in _each(value)]
        elif isinstance(param, click.Option) and not getattr(param, "shared", False):
            name = max(param.opts, key=len)
            options += [(name,)] if param.is_flag else [(name, str(item)) for item in _each(value)]
    return tuple(options), tuple(arguments)


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _no_option(argument: str) -> str:
    """A file whose name begins with a dash is no option if its folder stands before it."""
    return f"./{argument}" if argument.startswith("-") else argument
