"""Git as we call it: it asks nothing, runs nothing of the repository's, and gives nothing away."""

import base64
import os
import select
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from publisher.errors import LostRace, NotAllowed, Refused, TryAgain
from publisher.git import Answer, Git, environment, redacted, remote_failure
from tests.state_backends.places import clone, git, repository

TOKEN = "ghs_cAnArY0123456789abcdef"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return repository(tmp_path)[0]


def commit(folder: Path, text: str) -> str:
    """A further commit on the branch that is checked out, pushed; its id."""
    (folder / "posts" / "launch.yaml").write_text(text)
    git(folder, "commit", "-q", "-am", text)
    git(folder, "push", "-q", "origin", "HEAD:main")
    return git(folder, "rev-parse", "HEAD").decode().strip()


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


# --- what the checkout is ---------------------------------------------------------------------------------------


def test_a_fresh_clone_is_the_tip_of_its_branch(bare: Path, tmp_path: Path) -> None:
    ours = Git(clone(bare, tmp_path / "runner"))
    assert ours.current_branch() == "main"
    assert ours.default_branch() == "main"
    assert ours.head() == ours.tip_of("origin", "main")
    assert ours.is_tip()
    ours.require_tip()


def test_f51_an_older_checkout_is_refused(bare: Path, tmp_path: Path) -> None:
    ours = Git(clone(bare, tmp_path / "runner"))
    old = ours.head()
    new = commit(clone(bare, tmp_path / "author2"), "text: changed")
    assert not ours.is_tip()
    with pytest.raises(LostRace) as caught:
        ours.require_tip()
    assert caught.value.code == "E703"
    assert str(old)[:12] in caught.value.message
    assert new[:12] in caught.value.message


def test_f51_a_job_run_again_has_a_commit_checked_out_and_github_names_the_branch(bare: Path, tmp_path: Path) -> None:
    author = clone(bare, tmp_path / "author2", shallow=False)
    old = git(author, "rev-parse", "HEAD").decode().strip()
    commit(author, "text: changed")
    git(author, "checkout", "-q", "--detach", old)
    for environ in ({"GITHUB_REF_NAME": "main"}, {}):
        ours = Git(author, {**os.environ, **environ})
        assert ours.current_branch() is None
        assert ours.branch_to_follow() == "main"
        assert not ours.is_tip()
    git(author, "checkout", "-q", "--detach", "origin/main")
    assert Git(author).is_tip()


def test_a_branch_the_remote_does_not_have_is_no_tip(bare: Path, tmp_path: Path) -> None:
    folder = clone(bare, tmp_path / "runner")
    git(folder, "checkout", "-q", "-b", "draft")
    assert Git(folder).tip_of("origin", "draft") is None
    with pytest.raises(LostRace, match="no branch draft"):
        Git(folder).require_tip()


def test_a_branch_name_matches_whole(bare: Path, tmp_path: Path) -> None:
    """`ls-remote` takes patterns: refs/heads/x/refs/heads/main would match as well."""
    folder = clone(bare, tmp_path / "runner")
    git(folder, "push", "-q", "origin", "HEAD:refs/heads/x/refs/heads/other")
    assert Git(folder).tip_of("origin", "other") is None


def test_the_commit_that_last_changed_a_file_is_known(bare: Path, tmp_path: Path) -> None:
    folder = clone(bare, tmp_path / "runner")
    changed = commit(folder, "text: changed")
    (folder / "other.txt").write_text("x")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "other")
    assert Git(folder).commit_of(folder / "posts" / "launch.yaml") == changed
    assert Git(folder).commit_of(folder / "unknown.yaml") is None


def test_a_folder_in_no_repository_is_refused(tmp_path: Path) -> None:
    ours = Git(tmp_path, {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert not ours.is_repository()
    for question in (ours.head, ours.current_branch):
        with pytest.raises(Refused) as caught:
            question()
        assert caught.value.code == "E430"


def test_a_repository_without_commits_has_no_head(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert Git(tmp_path).head() is None
    assert Git(tmp_path).current_branch() == "main"


@pytest.mark.parametrize(
    ("url", "github"),
    [
        ("https://github.com/acme/posts.git", True),
        ("https://x-access-token:secret@github.com/acme/posts", True),
        ("git@github.com:acme/posts.git", True),
        ("ssh://git@ssh.github.com:443/acme/posts.git", True),
        ("https://github.com.example.org/acme/posts", False),
        ("https://example.org/github.com/posts", False),
        ("https://gitlab.com/acme/posts", False),
        ("/srv/github.com/posts.git", False),
    ],
)
def test_a_remote_on_github_is_told_from_others(tmp_path: Path, url: str, github: bool) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", url)
    assert Git(tmp_path).remote_is_github() is github


def test_a_repository_without_a_remote_is_not_on_github(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert not Git(tmp_path).remote_is_github()
    assert Git(tmp_path).remote_url() is None


# --- nothing surprising -----------------------------------------------------------------------------------------


def test_variables_of_a_hook_that_called_us_do_not_lead_elsewhere(bare: Path, tmp_path: Path) -> None:
    other = clone(bare, tmp_path / "other")
    git(other, "checkout", "-q", "-b", "elsewhere")
    environ = {**os.environ, "GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}
    assert Git(clone(bare, tmp_path / "runner"), environ).current_branch() == "main"


def test_messages_are_english_whatever_the_locale(tmp_path: Path) -> None:
    ours = Git(tmp_path, {**os.environ, "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"})
    assert "not a git repository" in ours.run("status").err


def test_a_git_that_does_not_end_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script(tmp_path / "bin" / "git", f"sleep 60 & echo $! > {tmp_path}/child\nwait")
    ours = Git(tmp_path, {"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
    with pytest.raises(TryAgain) as caught:
        ours.run("fetch", timeout_s=1.0)
    assert caught.value.code == "E431"
    child = int((tmp_path / "child").read_text())
    with suppress(ProcessLookupError):  # gone already
        (ended, _, _) = select.select([os.pidfd_open(child)], [], [], 10)
        assert ended


def test_a_machine_without_git_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no program git"):
        Git(tmp_path, {"PATH": str(tmp_path)}).run("status")


# --- the token --------------------------------------------------------------------------------------------------


def header_for(url: str, environ: dict[str, str], folder: Path) -> list[str]:
    """The headers git would send to `url`: every value of the best matching section, in order."""
    ours = Git(folder, environ)
    answer = ours.run("config", "--get-urlmatch", "http.extraHeader", url, remote=True)
    return answer.out.decode().splitlines()


def test_the_token_is_sent_to_github_only(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    environ = {**os.environ, "GITHUB_TOKEN": f"{TOKEN}\n"}
    (header,) = header_for("https://github.com/acme/posts", environ, tmp_path)
    assert base64.b64decode(header.rpartition(" ")[2]).decode() == f"x-access-token:{TOKEN}"
    for url in ("https://github.com.example.org/x", "http://github.com/x", "https://example.org/x"):
        assert header_for(url, environ, tmp_path) == []


def test_the_token_is_in_the_environment_and_in_no_argument(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script(tmp_path / "bin" / "git", f'echo "$@" > {seen}.argv; env > {seen}.env')
    ours = Git(tmp_path, {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "GITHUB_TOKEN": TOKEN})
    encoded = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    ours.run("fetch", remote=True)
    assert encoded in Path(f"{seen}.env").read_text()
    ours.run("status")
    assert encoded not in Path(f"{seen}.env").read_text()
    assert TOKEN not in Path(f"{seen}.env").read_text()
    assert TOKEN not in Path(f"{seen}.argv").read_text()
    assert TOKEN not in repr(ours)


def test_settings_that_are_in_the_environment_already_stay(tmp_path: Path) -> None:
    given = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c", "GITHUB_TOKEN": TOKEN}
    made = environment(given, with_token=True)
    assert made["GIT_CONFIG_KEY_0"] == "a.b"
    assert made["GIT_CONFIG_COUNT"] == "3"
    assert made["GIT_CONFIG_VALUE_1"] == ""


def test_b58_a_remote_with_a_password_in_its_url_does_not_show_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", f"http://bot:{TOKEN}@127.0.0.1:9/acme/posts.git")
    with pytest.raises(TryAgain) as caught:
        Git(tmp_path).tip_of("origin", "main")
    assert TOKEN not in f"{caught.value} {caught.value.fix} {caught.value.why}"
    assert "http://127.0.0.1:9/acme/posts.git" in caught.value.message
    assert Git(tmp_path).remote_url() == "http://127.0.0.1:9/acme/posts.git"


def test_the_token_is_taken_out_of_what_git_says() -> None:
    encoded = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    said = redacted(f"fatal: {TOKEN} {encoded} https://a:b@github.com/x", {"GITHUB_TOKEN": TOKEN})
    assert said == "fatal: *** *** https://github.com/x"


# --- what the other side says -----------------------------------------------------------------------------------

DENIED = [
    "fatal: Authentication failed for 'https://github.com/acme/posts/'",
    "fatal: unable to access 'https://github.com/acme/posts/': The requested URL returned error: 403",
    "remote: Permission to acme/posts.git denied to github-actions[bot].",
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
    "remote: Repository not found.\nfatal: repository 'https://github.com/acme/posts/' not found",
    "! [remote rejected] x -> publisher-state (protected branch hook declined)",
    "remote: error: GH013: Repository rule violations found for refs/heads/publisher-state.",
    "error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403",
    "error: RPC failed; HTTP 401",
]
UNREACHABLE = [
    "fatal: unable to access 'https://github.com/acme/posts/': Could not resolve host: github.com",
    "fatal: unable to access 'https://github.com/': The requested URL returned error: 502",
    "ssh: connect to host github.com port 22: Connection timed out",
    "fatal: the remote end hung up unexpectedly",
    "fatal: unable to access 'https://example.org/acme/401k-news/': Could not resolve host: example.org",
    "fatal: unable to access 'https://example.org/prohibited/access-denied.git/': Empty reply from server",
    "fatal: protocol error: bad line length 4031",
    "error: remote unpack failed: eof before pack of 4c0b401e403a was there",
    "",
]


@pytest.mark.parametrize("said", DENIED)
def test_a_refusal_of_the_remote_is_a_matter_of_permission(said: str) -> None:
    error = remote_failure(Answer(128, b"", said), "origin")
    assert isinstance(error, NotAllowed)
    assert error.code == "E432"


def test_an_address_without_a_scheme_is_no_reason_either() -> None:
    said = "ssh: connect to host example.org port 22: Connection timed out\nfatal: no me@example.org:denied by.git"
    assert remote_failure(Answer(128, b"", said), "me@example.org:denied by.git").code == "E431"
    assert remote_failure(Answer(128, b"", "Permission denied (publickey)."), "e").code == "E432"


@pytest.mark.parametrize("said", UNREACHABLE)
def test_a_remote_out_of_reach_is_temporary(said: str) -> None:
    error = remote_failure(Answer(128, b"", said), "origin")
    assert isinstance(error, TryAgain)
    assert error.code == "E431"


def test_a_disk_that_is_full_is_temporary_and_a_forbidden_one_is_not(tmp_path: Path) -> None:
    full = Git(tmp_path).local_failure(Answer(128, b"", "fatal: write error: No space left on device"))
    assert isinstance(full, TryAgain)
    closed = Git(tmp_path).local_failure(Answer(128, b"", "error: unable to create temporary file: Permission denied"))
    assert isinstance(closed, NotAllowed)
    foreign = Git(tmp_path).local_failure(Answer(128, b"", "fatal: detected dubious ownership in repository at '/x'"))
    assert "safe.directory" in foreign.fix


def test_a_question_git_cannot_answer_is_refused_with_its_words(bare: Path) -> None:
    with pytest.raises(Refused, match="Not a valid object name"):
        Git(bare).ask("ls-tree", "unknown")


@pytest.fixture
def answering() -> Iterator[Callable[[int], tuple[str, list[str | None]]]]:
    """A server on loopback that answers every request with one status, and keeps the credentials it was sent."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int) -> tuple[str, list[str | None]]:
        sent: list[str | None] = []

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sent.append(self.headers.get("Authorization"))
                self.send_response(status)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/acme/posts.git", sent

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "error"), [(401, NotAllowed), (403, NotAllowed), (404, NotAllowed), (500, TryAgain), (503, TryAgain)]
)
def test_what_a_server_answers_is_told_apart_and_no_token_goes_to_a_stranger(
    tmp_path: Path, answering: Callable[[int], tuple[str, list[str | None]]], status: int, error: type[Exception]
) -> None:
    url, sent = answering(status)
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", url)
    environ = {**os.environ, "GITHUB_TOKEN": TOKEN, "GIT_ASKPASS": "false", "HOME": str(tmp_path)}
    with pytest.raises(error):
        Git(tmp_path, environ).tip_of("origin", "main")
    assert sent
    assert set(sent) == {None}
