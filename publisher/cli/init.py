"""`publisher init`: everything a repository needs, written once; nothing that is there is touched."""

import os
import re
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.errors import PublisherError
from publisher.report.text.table import aligned
from publisher.wiring.workplace import HOME

_EPILOG = """
publisher init
publisher init --account-name acme --timezone Europe/Berlin --minimal
"""
# What people may want to know of a file before they commit it.
_PURPOSES = {
    "publisher.yaml": "which account, which bucket, where the state is kept",
    "posts/hello.yaml": "a first post",
    "posts/hello.jpg": "its picture",
    ".gitignore": "leaves out what is of this machine only",
    ".vscode/settings.json": "completion and hints while writing",
    ".vscode/extensions.json": "the YAML extension that gives them",
    ".vscode/publisher.code-snippets": "a post of each kind, by its name",
    ".vscode/publisher/post.schema.json": "every key of a post, for the editor",
    ".vscode/publisher/config.schema.json": "every key of publisher.yaml, for the editor",
    ".github/CODEOWNERS": "who approves posts",
    ".github/dependabot.yml": "keeps the workflows' actions fresh",
    ".github/publisher.txt": "what the workflows install, each file by its hash",
    ".github/ISSUE_TEMPLATE/threads-post.yml": "a form for posts; publisher new --from-event reads it",
    ".github/workflows/threads-validate.yml": "checks pull requests; no secrets, forks too",
    ".github/workflows/threads-publish.yml": "publishes what is merged",
    ".github/workflows/threads-new-post.yml": "opens a pull request of a filled-in form",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.option("--account-name", metavar="NAME", help="What you call the account; asked for when left out.")
@click.option("--timezone", metavar="ZONE", help="Of local times in posts: Europe/Berlin.")
@click.option("--minimal", is_flag=True, help="Only publisher.yaml and a first post.")
@click.option("--forms", is_flag=True, help="A form for people who write posts without git; it becomes a pull request.")
@open_console
def command(console: Console, account_name: str | None, timezone: str | None, minimal: bool, forms: bool) -> int:
    """Begin here: publisher.yaml, a first post with a picture, workflows for GitHub, settings for the editor.

    Where the remote is on GitHub the state is kept on a branch, else in a file. Begins the state too. What is there
    already stays as it is.
    """
    from publisher.content.times import zone
    from publisher.git import Git
    from publisher.github.scaffold import Options, scaffold

    root = Path(os.path.abspath(console.options.directory))
    git = Git(root, dict(console.environ))
    on_github = git.is_repository() and git.remote_is_github()
    # `--account` is of every command; who gives it here means the name too, and would not find it in what is written.
    name = account_name or console.options.account or _asked(console, "Account (as you call it)", _default_name(root))
    if not _NAME.fullmatch(name):
        raise click.UsageError(f'"{name}" is no name: letters, digits, hyphens, underscores and full stops')
    clocks = timezone or _asked(console, "Time zone", _local_zone())
    if zone(clocks) is None:
        raise click.UsageError(f'there is no time zone "{clocks}"')
    branch = (git.current_branch() if git.is_repository() else None) or "main"
    files = scaffold(Options(name, clocks, on_github=on_github, minimal=minimal, branch=branch, forms=forms))
    rows = [[_write(root / path, data), path, _PURPOSES.get(path, "")] for path, data in files.items()]
    console.show("\n".join(aligned(rows)))
    if HOME not in (root / ".gitignore").read_text("utf-8", "replace"):
        console.note(f"note: add {HOME}/ to .gitignore: what is in there is of this machine only")
    _begin_state(console)
    console.next("publisher validate", "publisher publish --sandbox")
    return 0


def _write(file: Path, data: bytes) -> str:
    """What became of one file."""
    if file.exists():
        return "kept"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return "written"


def _begin_state(console: Console) -> None:
    """A lineage begins with the repository; where that is not possible yet, the way to it is named."""
    from publisher.cli.shared import open_record
    from publisher.wiring.state import new_state

    record = open_record(console, sandbox=False)
    try:
        record.backend.create(new_state(record.account, record.where))
    except PublisherError as error:
        if error.code != "E405":
            later = console.typed("later: publisher state init")
            console.note(f"note: the state was not begun: {error.message}\n      {later}")
        return
    console.show(f"\nThe state begins: {record.backend.where}")


def _asked(console: Console, question: str, default: str) -> str:
    """A person's answer; without a person the default."""
    return str(click.prompt(question, default=default, err=True)) if console.interactive else default


def _default_name(root: Path) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", root.name).strip("-.") or "main"


def _local_zone() -> str:
    """The machine's IANA zone; UTC where it does not say."""
    try:
        target = os.readlink("/etc/localtime")
    except OSError:
        return "UTC"
    _, found, name = target.partition("zoneinfo/")
    return name if found else "UTC"
