"""Rules taken out one at a time: the statement that makes a finding, a word of a schema, a row of a kind.

A rule nobody misses when it is gone is a rule that no case of the corpus proves. Statements are found in the source, by
the codes that stand in them; a function loses one by running from other code, so nothing on disk changes.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import publisher
from publisher import configuration
from publisher.content import (
    addresses,
    attached_rules,
    building,
    hidden,
    hosts,
    key_rules,
    media_rules,
    parsing,
    paths,
    post_file,
    schema,
    schema_errors,
    text_rules,
)
from publisher.content.kinds import table
from publisher.content.post import Kind

_PACKAGE = Path(publisher.__file__).parent
# Where findings about files are made.
_MODULES = sorted(
    path
    for path in (*_PACKAGE.glob("content/*.py"), *_PACKAGE.glob("content/kinds/*.py"), _PACKAGE / "configuration.py",
                 _PACKAGE / "repository.py", _PACKAGE / "media" / "probe.py")
    if path.name != "__init__.py"
)  # fmt: skip
_CODE = re.compile(r"[EW][1235]\d\d")


@dataclass(frozen=True)
class Mutant:
    """One rule, and the way to do without it."""

    name: str  # "media_rules._image: E312", "post.json: properties/poll/maxItems", "a text post: ghost + poll"
    codes: tuple[str, ...]  # what it finds; cases that expect them are tried first
    gone: Callable[[], Any]  # a context in which the rule is not there


_TWICE = "a rule of the code says it more exactly; here for editors, who know only the schema"
_NUMBER = "what editors take for a number is a text to us: tests/content/test_editors.py"

# Rules that no file of the corpus can show, and why. The first word is a rule's name up to its code.
NOT_HERE = {
    "configuration._with_variables: E513": "of a variable of the environment: tests/test_configuration.py",
    "repository.find_root: E500": "of a folder without publisher.yaml: tests/cli/test_validate.py",
    "repository.sources_of: E108": "of more than 100,000 files: tests/media/test_limits.py",
    "media.probe._look: E301": "of a disk that fails while it is read",
    "media.probe._image: E304": "of hundreds of megabytes: tests/media/test_limits.py",
    "media.probe._image: E315": "of a machine without Pillow: tests/media/test_probe.py",
    "media.probe._video: E304": "of more than a gigabyte: tests/media/test_limits.py",
    "media.probe._video: E315": "of a machine without the media-info library",
    "media.probe._facts: E315": "says in better words what a decoder would say a moment later",
    "building._no_mapping: E111 (2)": "says in better words what the next line would",
    "syntax.explain: E100": "of an error of PyYAML's without a place; there is none today",
    "schema._unexplained: E206": "of a judge and an explainer that disagree: tests/content/test_schema.py",
    "accounts.account_of: E250": "says in better words what the next line would",
    "post.json: properties/id/pattern: one higher": _TWICE,
    "post.json: definitions/topic/pattern: one higher": _TWICE,
    "post.json: definitions/topic/pattern: one lower": "a # that is not sent, which is a warning of its own",
    "config.json: definitions/defaults/properties/countries/items/pattern": _TWICE,
    "post.json: definitions/gif/minimum": _NUMBER,
    "post.json: definitions/location/minimum": _NUMBER,
    "config.json: properties/user_id/minimum": _NUMBER,
    "config.json: properties/state/properties/owner/minimum": _NUMBER,
    "config.json: properties/accounts/additionalProperties/properties/user_id/minimum": _NUMBER,
    "post.json: type": "a document is a mapping before a schema sees it",
    "config.json: type": "a document is a mapping before a schema sees it",
    "a chain: not repost": "a repost has said so itself",
}


def mutants() -> list[Mutant]:
    """Every rule that a file of the corpus must prove."""
    return [mutant for mutant in every_mutant() if mutant.name not in NOT_HERE]


def every_mutant() -> list[Mutant]:
    """Every rule: of the code, of the schemas, of the kinds."""
    return [*_statements(), *_words("post"), *_words("config"), *_rows(), *_entries(), *_moved_limits()]


# --- statements that make a finding -------------------------------------------------------------------------------


def _statements() -> Iterator[Mutant]:
    for path in _MODULES:
        source = path.read_text("utf-8")
        name = ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts)
        short = name.removeprefix("publisher.").removeprefix("content.")
        seen: dict[tuple[str, int, int], list[str]] = {}
        for code, function, node in _sites(ast.parse(source)):
            seen.setdefault((function, node.lineno, node.col_offset), []).append(code)
        taken: dict[str, int] = {}
        for (function, line, column), codes in sorted(seen.items(), key=lambda item: item[0][1:]):
            called = f"{short}.{function}: {' '.join(dict.fromkeys(codes))}"
            taken[called] = taken.get(called, 0) + 1
            called += f" ({taken[called]})" if taken[called] > 1 else ""
            yield Mutant(called, tuple(codes), _without_statement(name, source, (line, column)))


def _sites(tree: ast.Module) -> Iterator[tuple[str, str, ast.stmt]]:
    """Every code that a function gives to a finding, the function's name, and the statement to leave out for it."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value)):
            continue
        above, here = [], parents.get(node)
        while here is not None:
            above.append(here)
            here = parents.get(here)
        if any(isinstance(each, ast.Compare) for each in above):
            continue
        inside = [each for each in above if isinstance(each, ast.FunctionDef)]
        if not inside:
            continue  # a table: its rows are rules of the schema
        yield node.value, inside[-1].name, _statement(above)


def _statement(above: list[ast.AST]) -> ast.stmt:
    """The statement itself when it only adds a finding; else the branch that it stands in, or the whole of it."""
    first = next(each for each in above if isinstance(each, ast.stmt))
    if isinstance(first, ast.Expr):
        return first
    return next((each for each in above if isinstance(each, ast.If)), first)


def _without_statement(module: str, source: str, at: tuple[int, int]) -> Callable[[], Any]:
    @contextmanager
    def gone() -> Iterator[None]:
        tree = ast.parse(source)
        owner = _silence(tree, at)
        code = next(code for code in _codes(compile(tree, module, "exec")) if code.co_qualname == owner)
        function = _function(import_module(module), owner)
        kept, function.__code__ = function.__code__, code
        try:
            yield
        finally:
            function.__code__ = kept

    return gone


def _silence(tree: ast.Module, at: tuple[int, int]) -> str:
    """Puts `if False:` before the statement at a place; the qualified name of the function that holds it."""

    class Silencer(ast.NodeTransformer):
        def generic_visit(self, node: ast.AST) -> ast.AST:
            super().generic_visit(node)
            if (
                isinstance(node, ast.stmt)
                and (node.lineno, node.col_offset) == at
                and not isinstance(node, ast.FunctionDef)
            ):
                if isinstance(node, ast.If):
                    node.test = ast.copy_location(ast.Constant(False), node.test)
                    return node
                return ast.copy_location(ast.If(ast.copy_location(ast.Constant(False), node), [node], []), node)
            return node

    owner = ""
    for outer in tree.body:
        for function in outer.body if isinstance(outer, ast.ClassDef) else [outer]:
            if isinstance(function, ast.FunctionDef) and function.lineno <= at[0] <= (function.end_lineno or 0):
                owner = f"{outer.name}.{function.name}" if isinstance(outer, ast.ClassDef) else function.name
    Silencer().visit(tree)
    ast.fix_missing_locations(tree)
    return owner


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _function(module: Any, qualified: str) -> FunctionType:
    found: Any = module
    for name in qualified.split("."):
        found = vars(found)[name]
    found = inspect.unwrap(getattr(found, "fget", None) or found)
    assert isinstance(found, FunctionType), qualified
    return found


# --- words of the schemas -----------------------------------------------------------------------------------------

_RULES = {"type", "pattern", "enum", "required", "additionalProperties", "propertyNames", "minimum", "maximum"}
_RULES |= {"minItems", "maxItems", "minLength", "maxLength", "minProperties"}


def _words(name: str) -> Iterator[Mutant]:
    whole = schema.load_schema(name)
    for pointer in _pointers(whole):
        holder = _at(whole, pointer[:-1])
        code = holder.get("x-codes", {}).get(pointer[-1]) or schema_errors._CODES.get(pointer[-1], "E206")
        codes: tuple[str, ...] = ("E203", "E261") if pointer[-1] == "additionalProperties" else (code, "E200", "E201")
        codes += tuple(configuration._CODES.get(code, code) for code in codes)
        yield Mutant(f"{name}.json: {'/'.join(pointer)}", codes, _without_word(name, pointer))


def _pointers(rules: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where the schema forbids something. `properties` and `definitions` name keys, which may be called `type`."""
    for key, below in rules.items():
        if key in ("properties", "definitions"):
            for name, inner in below.items():
                yield from _pointers(inner, (*above, key, name))
        elif key in ("items", "additionalProperties", "propertyNames") and isinstance(below, dict):
            yield from _pointers(below, (*above, key))
        elif key in _RULES:
            yield (*above, key)


def _at(whole: Any, pointer: tuple[str, ...]) -> Any:
    for key in pointer:
        whole = whole[key]
    return whole


def _without_word(name: str, pointer: tuple[str, ...]) -> Callable[[], Any]:
    @contextmanager
    def gone() -> Iterator[None]:
        holder = _at(schema.load_schema(name), pointer[:-1])
        kept = dict(holder)
        del holder[pointer[-1]]
        _forget()
        try:
            yield
        finally:
            holder.clear()
            holder.update(kept)
            _forget()

    return gone


_LENGTH = re.compile(r"(?<=\[\\s\\S\]\{)\d+")  # "^(?![\s\S]{1001})": a limit of 1,000 characters


def _with_word_moved(name: str, pointer: tuple[str, ...], step: int) -> Callable[[], Any]:
    @contextmanager
    def gone() -> Iterator[None]:
        holder = _at(schema.load_schema(name), pointer[:-1])
        kept = holder[pointer[-1]]
        text = isinstance(kept, str)
        holder[pointer[-1]] = _LENGTH.sub(lambda one: str(int(one[0]) + step), kept) if text else kept + step
        _forget()
        try:
            yield
        finally:
            holder[pointer[-1]] = kept
            _forget()

    return gone


def _forget() -> None:
    """What was made of a schema is made again when it is asked for."""
    for made in (schema._judge, schema._shape_of, schema_errors._validator):
        made.cache_clear()


# --- rows of the kinds --------------------------------------------------------------------------------------------


def _rows() -> Iterator[Mutant]:
    for kind, rules in table.KINDS.items():
        if kind is Kind.VIDEO:
            continue  # its rows are those of a picture: which of the two a part is shows only in the file
        for key in rules.forbids:
            less = replace(rules, forbids={name: why for name, why in rules.forbids.items() if name != key})
            yield Mutant(f"{rules.name}: not {key}", ("E260",), _with_rules(kind, less))
        for clash in rules.clashes:
            less = replace(rules, clashes=tuple(other for other in rules.clashes if other != clash))
            yield Mutant(f"{rules.name}: {clash.first} + {clash.second}", ("E260", "W262"), _with_rules(kind, less))
        for key in rules.demands if kind is Kind.TEXT else ():  # by its key any other kind is known at all
            less = replace(rules, demands=tuple(other for other in rules.demands if other != key))
            yield Mutant(f"{rules.name}: needs {key}", ("E202",), _with_rules(kind, less))


def _with_rules(kind: Kind, rules: Any) -> Callable[[], Any]:
    @contextmanager
    def gone() -> Iterator[None]:
        kinds: Any = table.KINDS
        kept, kinds[kind] = kinds[kind], rules
        try:
            yield
        finally:
            kinds[kind] = kept

    return gone


# --- entries of tables --------------------------------------------------------------------------------------------

# Lists of names and signs, each of which is refused.
_TABLES = ((addresses, "_INSIDE"), (addresses, "_NOWHERE"), (paths, "_DEVICES"), (hosts, "_SLASHES"))


def _entries() -> Iterator[Mutant]:
    for module, name in _TABLES:
        table_ = getattr(module, name)
        for entry in sorted(table_):
            less = table_.replace(entry, "") if isinstance(table_, str) else type(table_)(set(table_) - {entry})
            short = module.__name__.rpartition(".")[2]
            yield Mutant(f"{short}.{name}: {entry!a}", ("E331", "E300", "W243"), _with_table(module, name, less))


def _with_table(module: Any, name: str, less: Any) -> Callable[[], Any]:
    @contextmanager
    def gone() -> Iterator[None]:
        kept = getattr(module, name)
        setattr(module, name, less)
        hidden._marks.cache_clear()  # a pattern that has its limit in it
        try:
            yield
        finally:
            setattr(module, name, kept)
            hidden._marks.cache_clear()

    return gone


# --- limits -------------------------------------------------------------------------------------------------------

_LIMITS = (
    (text_rules, ("TEXT_LIMIT", "LINK_LIMIT", "TOPIC_LIMIT")),
    (media_rules, ("IMAGE_LIMIT", "VIDEO_LIMIT", "VIDEO_WIDTH", "VIDEO_SECONDS", "BIT_RATE_LIMIT", "ASPECT_LIMIT")),
    (attached_rules, ("ATTACHED_LIMIT",)),
    (key_rules, ("SPOILER_LIMIT",)),
    (hidden, ("MARKS_LIMIT",)),
    (post_file, ("ID_LIMIT",)),
    (building, ("MAX_DEPTH", "MAX_NODES")),
    (parsing, ("MAX_BYTES",)),
)


_OF_LIMITS = tuple(f"E{number}" for number in (107, 108, 207, 210, 212, 213, 214, 218, 226, 231, 232, 244, 304, 306))
_OF_LIMITS += tuple(f"E{number}" for number in (312, 316, 320, 323, 325))


def _moved_limits() -> Iterator[Mutant]:
    """Every limit one lower, which a good case must notice, and one higher, which a bad one must."""
    for pointer in _pointers(schema.load_schema("post")):
        said = f"post.json: {'/'.join(pointer)}"
        rule = _at(schema.load_schema("post"), pointer)
        counts = pointer[-1].startswith(("min", "max")) and rule > 1
        if (counts or (pointer[-1] == "pattern" and _LENGTH.search(rule))) and said not in NOT_HERE:
            for step, where in ((-1, "one lower"), (1, "one higher")):
                yield Mutant(f"{said}: {where}", _OF_LIMITS, _with_word_moved("post", pointer, step))
    for module, names in _LIMITS:
        for name in names:
            for step, where in ((-1, "one lower"), (1, "one higher")):
                less = getattr(module, name) + step
                short = module.__name__.rpartition(".")[2]
                yield Mutant(f"{short}.{name}: {where}", _OF_LIMITS, _with_table(module, name, less))
