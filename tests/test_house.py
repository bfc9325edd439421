"""The house keeps its rules: imports go one way, and what is pure touches nothing. Read from the source, not run."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "publisher"

# Who may know whom: each room of the package, and the rooms it may import. `cli` and `wiring` know everybody.
VALUES = {"errors", "settings"}
MAY_IMPORT = {
    "errors": set(),
    "settings": set(),
    "version": set(),
    "resources": set(),
    "threads_api": set(),
    "content": {*VALUES, "resources"},
    "planning": {*VALUES, "content"},
    "report": {*VALUES, "content", "planning", "version"},
    "publishing": {*VALUES, "content", "planning", "report", "threads_api", "state_backends", "media"},
    "configuration": {*VALUES, "content"},
    "repository": {*VALUES, "content"},
    "git": {"errors"},
    "auth": {*VALUES, "report", "threads_api"},
    "media": {*VALUES, "content", "planning", "repository"},
    "state_backends": {*VALUES, "content", "planning", "git"},
    "sandbox": {"threads_api"},
    "github": {*VALUES, "content", "planning", "report", "resources", "version", "git"},
}
EVERYBODY = {*MAY_IMPORT, "cli", "wiring", "__main__"}

# Of an edge the loop knows the seam only.
SEAMS = {
    ("publishing", "state_backends"): {"publisher.state_backends.backend"},
    ("publishing", "media"): {"publisher.media.stores.store"},
}
# What stands behind a seam is chosen in one place.
CHOSEN_BY_WIRING = {
    "publisher.media.stores.s3",
    "publisher.state_backends.branch",
    "publisher.state_backends.file",
    "publisher.state_backends.s3",
}

PURE = {"content", "planning"}
TOUCHES_THE_WORLD = {
    *("asyncio", "io", "os", "pathlib", "random", "secrets", "select", "shutil", "socket", "subprocess", "tempfile"),
    *("threading", "time", "http", "urllib.request"),
    *("boto3", "botocore", "click", "filelock", "flask", "moto", "PIL", "pymediainfo", "requests", "rich", "urllib3"),
}
OPENS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "now", "today", "utcnow", "print", "input"}
# The schemas come with the package, as code does; no file of a user's is opened there.
MAY_OPEN = {"publisher.content.schema"}


def violations(package: Path) -> list[str]:
    """Each breach of the rules in a copy of the package, as "module: what it does"."""
    files = sorted(package.rglob("*.py"))
    found = []
    for file in files:
        module = ".".join(("publisher", *file.relative_to(package).with_suffix("").parts)).removesuffix(".__init__")
        tree = ast.parse(file.read_text("utf-8"))
        found += [f"{module}: {breach}" for breach in _breaches(module, tree)]
    return found


def _breaches(module: str, tree: ast.Module) -> Iterator[str]:
    room = _room(module)
    for name in _imports(module, tree):
        if name.partition(".")[0] == "publisher":
            yield from _wrong_way(module, room, name)
        elif room in PURE and any(name == one or name.startswith(f"{one}.") for one in TOUCHES_THE_WORLD):
            yield f"is pure and imports {name}"
    if room in PURE and module not in MAY_OPEN:
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", None) or getattr(call.func, "attr", "")
            if name in OPENS:
                yield f"is pure and calls {name}() in line {call.lineno}"


def _wrong_way(module: str, room: str, name: str) -> Iterator[str]:
    other = _room(name)
    if other not in EVERYBODY or room not in EVERYBODY:
        yield f"imports {name}; the table of rooms does not know {other if room in EVERYBODY else room}"
    elif room in MAY_IMPORT and other not in {room, *MAY_IMPORT[room]}:
        yield f"imports {name}; {room} may know {', '.join(sorted(MAY_IMPORT[room])) or 'nobody'}"
    elif (seam := SEAMS.get((room, other))) and not any(name.startswith(door) for door in seam):
        yield f"imports {name}, behind the seam {', '.join(seam)}"
    elif room not in {"wiring", other} and any(name == one or name.startswith(f"{one}.") for one in CHOSEN_BY_WIRING):
        yield f"imports {name}, which only wiring chooses"


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "cli"  # the package itself says what is public


def _imports(module: str, tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, inside functions and for type checkers as well."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(module.split(".")[: -node.level]) if node.level else ""
            base = ".".join(part for part in (above, node.module or "") if part)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def test_imports_go_one_way_and_what_is_pure_touches_nothing() -> None:
    assert violations(PACKAGE) == []


PLANTED = {
    "content/times.py": ("import requests", "publisher.content.times: is pure and imports requests"),
    "content/post.py": (
        "from publisher.planning.plan import Plan",
        "publisher.content.post: imports publisher.planning",
    ),
    "planning/plan.py": ("from pathlib import Path", "publisher.planning.plan: is pure and imports pathlib.Path"),
    "planning/order.py": ("def f(): return open('x')", "publisher.planning.order: is pure and calls open()"),
    "planning/quota.py": (
        "from datetime import datetime; datetime.now()",
        "publisher.planning.quota: is pure and calls",
    ),
    "threads_api/client.py": ("from publisher import errors", "publisher.threads_api.client: imports publisher.errors"),
    "sandbox/world.py": ("from publisher.content import post", "publisher.sandbox.world: imports publisher.content"),
    "report/json.py": ("import publisher.wiring", "publisher.report.json: imports publisher.wiring"),
    "errors.py": ("from publisher.content import post", "publisher.errors: imports publisher.content.post"),
    "publishing/apply.py": (
        "from publisher.state_backends.branch import BranchState",
        "publisher.publishing.apply: imports publisher.state_backends.branch.BranchState, behind the seam",
    ),
    "cli/publish.py": (
        "def f():\n    from publisher.state_backends.file import FileState",
        "publisher.cli.publish: imports publisher.state_backends.file.FileState, which only wiring chooses",
    ),
    "extra/__init__.py": ("from publisher import errors", "publisher.extra: imports publisher.errors; the table"),
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_planted_violation_is_found(where: str, tmp_path: Path) -> None:
    line, told = PLANTED[where]
    file = tmp_path / where
    file.parent.mkdir(parents=True, exist_ok=True)
    if (PACKAGE / where).exists():
        shutil.copy(PACKAGE / where, file)
    with file.open("a") as text:
        text.write(f"\n{line}\n")
    (found,) = violations(tmp_path)
    assert found.startswith(told)
