"""Our hooks in the real pre-commit, as an author's commit meets them.

pre-commit clones the repository of the hooks and installs it, with what it needs, from the package index: the one test
that reaches beyond this machine. It is skipped where pre-commit is not installed (`make editors` brings it).
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
# What is built when the repository is installed, and what names the hooks.
_PACKAGE = ("publisher", "schemas", "example-posts", "requirements", "pyproject.toml", "README.md", "LICENSE")
_CONFIG = """\
repos:
  - repo: {hooks}
    rev: v0
    hooks:
      - id: publisher-fmt
      - id: publisher-validate
"""

pytestmark = pytest.mark.skipif(not PRE_COMMIT.exists(), reason="pre-commit is not installed: make editors")


@dataclass(frozen=True)
class Desk:
    """A content repository whose commits go through the hooks."""

    folder: Path
    environ: dict[str, str]

    def git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return _run(self.folder, self.environ, "git", *arguments)

    def commit(self) -> "subprocess.CompletedProcess[str]":
        self.git("add", "--all")
        return self.git("commit", "--message", "A post")


def _run(folder: Path, environ: dict[str, str], *command: "str | Path") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=280)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    names = (
        "PATH",
        "LANG",
        *(name for name in os.environ if name.startswith(("PIP_", "SSL_")) or "_proxy" in name.lower()),
    )
    environ = {name: os.environ[name] for name in names if name in os.environ}
    environ |= {"HOME": str(tmp_path / "home"), "PRE_COMMIT_HOME": str(tmp_path / "cache"), "PRE_COMMIT_COLOR": "never"}
    environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.org"}
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in (*_PACKAGE, ".pre-commit-hooks.yaml"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, hooks / name)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "v0"], ["tag", "v0"]):
        assert _run(hooks, environ, "git", *command).returncode == 0
    desk = Desk(tmp_path / "content", environ)
    (desk.folder / "posts").mkdir(parents=True)
    desk.git("init", "--quiet")
    (desk.folder / "publisher.yaml").write_text("version: 1\naccount: acme\n")
    (desk.folder / ".pre-commit-config.yaml").write_text(_CONFIG.format(hooks=hooks))
    assert _run(desk.folder, environ, PRE_COMMIT, "install").returncode == 0
    return desk


@pytest.mark.slow
def test_a_commit_with_a_bad_post_is_refused_and_taken_once_it_is_mended(desk: Desk) -> None:
    good, bad = desk.folder / "posts" / "good.yaml", desk.folder / "posts" / "bad.yaml"
    good.write_text("text: Hello\n")
    bad.write_text("text: Hello again\ntopik: News\n")
    refused = desk.commit()
    assert refused.returncode == 1, refused.stderr
    assert 'error[E203]: not a known key: "topik"\n --> posts/bad.yaml:2:1' in refused.stderr
    assert "did you mean topic?" in refused.stderr
    assert "good.yaml" not in refused.stderr
    assert desk.git("rev-parse", "--verify", "HEAD").returncode != 0  # nothing was committed

    bad.write_text("topic: News\ntext: Hello again\n")  # right, and not in the one style
    refused = desk.commit()
    assert refused.returncode == 1, refused.stderr
    assert "files were modified by this hook" in refused.stderr
    assert bad.read_text() == "text: Hello again\ntopic: News\n"

    taken = desk.commit()
    assert taken.returncode == 0, taken.stderr
    assert desk.git("show", "--format=", "--name-only", "HEAD").stdout.split()[-2:] == [
        "posts/good.yaml",
        "publisher.yaml",
    ]
