"""What `publisher init` writes: a repository in which merging a post publishes it.

Pure but for reading what ships with the package: options in, files out. Whoever calls it writes them, and leaves alone
what is there already. The texts are files in `templates/`; `@name@` in them is filled in here, since workflows and
snippets have every other kind of bracket and dollar for themselves.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from publisher.resources import resource
from publisher.version import __version__

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_SCHEMAS = ".vscode/publisher"  # beside the editor's settings: completion works without a network
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_A_NAME = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}  # to YAML of some age

_STATE_NOTES = {
    "branch": "A branch of its own, for workflows and people alike.",
    "file": "A file is for one machine. Workflows need  branch  and\n# path: publisher-state.",
}
_STATE_PATHS = {"branch": "publisher-state", "file": "publisher-state.json"}

# path in the repository -> template
_ALWAYS = {"publisher.yaml": "publisher.yaml", "posts/hello.yaml": "hello.yaml", ".gitignore": "gitignore"}
_REST = {
    ".vscode/settings.json": "settings.json",
    ".vscode/extensions.json": "extensions.json",
    ".vscode/publisher.code-snippets": "publisher.code-snippets",
    ".github/CODEOWNERS": "CODEOWNERS",
    ".github/dependabot.yml": "dependabot.yml",
    ".github/workflows/threads-validate.yml": "threads-validate.yml",
    ".github/workflows/threads-publish.yml": "threads-publish.yml",
}
_FORMS = {".github/ISSUE_TEMPLATE/threads-post.yml": "threads-post.yml"}
_OF_FORMS = {".github/workflows/threads-new-post.yml": "threads-new-post.yml"}


@dataclass(frozen=True, slots=True)
class Options:
    """What `init` has asked."""

    account: str  # "acme": letters, digits, hyphens, underscores, full stops
    timezone: str  # an IANA zone: "Europe/Berlin"
    on_github: bool  # the remote is there: the state goes to a branch, else to a file
    minimal: bool = False  # publisher.yaml and a first post, nothing for editors and workflows
    branch: str = "main"  # what is published when it is pushed to
    forms: bool = False  # an issue form for people who write posts without git, and the workflow that takes it


def scaffold(options: Options) -> dict[str, bytes]:
    """The files of a new content repository: path from its root, with "/" -> contents."""
    values = _values(options)
    wanted = _ALWAYS if options.minimal else {**_ALWAYS, **_REST}
    if options.forms:
        wanted = {**wanted, **_FORMS} if options.minimal else {**wanted, **_FORMS, **_OF_FORMS}
    files = {path: _filled(template, values).encode() for path, template in wanted.items()}
    files["posts/hello.jpg"] = (_TEMPLATES / "hello.jpg").read_bytes()
    if not options.minimal:
        files[".github/publisher.txt"] = _requirements()
        for name in ("post", "config"):
            files[f"{_SCHEMAS}/{name}.schema.json"] = resource(f"schemas/{name}.json").read_bytes()
    return files


def _values(options: Options) -> dict[str, str]:
    backend = "branch" if options.on_github else "file"
    modeline = f"# yaml-language-server: $schema=../{_SCHEMAS}/post.schema.json\n"
    return {
        "account": _as_yaml(options.account),
        "timezone": options.timezone,
        "backend": backend,
        "state_path": _STATE_PATHS[backend],
        "state_note": _STATE_NOTES[backend],
        "modeline": "" if options.minimal else modeline,
        "branch": _as_yaml(options.branch),
        "version": __version__,
    }


def _filled(template: str, values: dict[str, str]) -> str:
    text = (_TEMPLATES / template).read_text("utf-8")
    if template == "publisher.yaml" and not values["modeline"]:
        text = text.partition("#\n")[2]  # without the schema's copy there is nothing to point at
    return re.sub(r"@([a-z_]+)@", lambda found: values[found[1]], text)


def _as_yaml(name: str) -> str:
    """A name as every reader of YAML takes it for a string; ours always does, an editor may not."""
    plain = _PLAIN.fullmatch(name) and name.lower() not in _NOT_A_NAME
    return name if plain else json.dumps(name)


def _requirements() -> bytes:
    """The lock that this version was tested with, without its maker's heading."""
    lines = resource("requirements/runtime.txt").read_text("utf-8").splitlines(keepends=True)
    heading = f"# What threads-publisher {__version__} needs, each file by its hash. pip refuses any other.\n"
    return (heading + "".join(line for line in lines if not line.startswith("#"))).encode()
