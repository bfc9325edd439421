"""From settings to the objects that touch the world. The only place that chooses them; each is imported when needed.

A `Workplace` is a repository with its settings: enough for everything that works offline. A `Destination` is where
posts go: Threads itself, or the embedded sandbox, which lives in `.publisher/sandbox/` and has a state of its own.
`open_session` puts both together for one account.
"""

import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.configuration import FILE, read_settings
from publisher.content.findings import Finding
from publisher.content.post import Post
from publisher.content.validate import Checked, Context, Source, check_posts
from publisher.errors import InvalidContent, NotAllowed, Refused
from publisher.settings import AccountSettings, MediaSettings, PublishingSettings, Settings, StateSettings

if TYPE_CHECKING:
    from publisher.planning.actions import UploadMedia
    from publisher.planning.state import State
    from publisher.publishing.apply import Progress, Shelf
    from publisher.publishing.run import Session
    from publisher.repository import Repository
    from publisher.sandbox.serve import Sandbox
    from publisher.state_backends.backend import StateBackend
    from publisher.threads_api import Credentials

THREADS = "https://graph.threads.net"
HOME = ".publisher"  # what is ours on this machine; never committed


class InvalidSettings(InvalidContent):
    """publisher.yaml or a variable of the environment is not valid."""

    def __init__(self, findings: tuple[Finding, ...], sources: Mapping[str, Sequence[str]]) -> None:
        super().__init__(f"{FILE} is not valid", code=findings[0].code, fix=f"mend {FILE} as the findings say")
        self.findings = findings
        self.sources = sources


@dataclass(frozen=True, slots=True)
class Workplace:
    """A repository and what its publisher.yaml says."""

    root: Path
    settings: Settings
    repository: "Repository"
    config_source: bytes

    def account(self, name: str | None) -> AccountSettings:
        """The account that was asked for, or the only one."""
        accounts = self.settings.accounts
        names = ", ".join(account.name for account in accounts)
        if name is None:
            if len(accounts) > 1:
                raise InvalidContent(
                    f"there are several accounts: {names}", code="E503", fix="name one: publisher --account NAME …"
                )
            return accounts[0]
        for account in accounts:
            if account.name == name:
                return account
        raise InvalidContent(f'no account is called "{name}"; there is {names}', code="E502")

    def accounts(self, name: str | None) -> tuple[AccountSettings, ...]:
        """The one that was asked for, or all."""
        return self.settings.accounts if name is None else (self.account(name),)

    def sources(self) -> tuple[Source, ...]:
        """Every post file of every account, once."""
        folders = sorted({account.posts for account in self.settings.accounts})
        found = {source.path: source for folder in folders for source in self.repository.sources(folder)}
        return tuple(found[path] for path in sorted(found))

    def check(self, sources: tuple[Source, ...]) -> Checked:
        """All posts, and everything that is wrong with them."""
        from publisher.media.probe import Probe

        context = Context(self.settings.accounts, self.settings.rules)
        return check_posts(sources, context, Probe(self.repository))

    def posts_of(self, account: AccountSettings) -> tuple[Post, ...]:
        """The valid posts of one account."""
        return tuple(post for post in self.check(self.sources()).posts if post.account == account.name)

    @property
    def home(self) -> Path:
        """The folder for what is ours on this machine."""
        return self.root / HOME

    def lines(self, sources: tuple[Source, ...]) -> dict[str, tuple[str, ...]]:
        """The lines of every file that a finding may be about."""
        files = {source.path: source.data for source in sources if isinstance(source.data, bytes)}
        return {path: source_lines(data) for path, data in files.items()}


def open_workplace(start: Path, environ: Mapping[str, str] = os.environ) -> Workplace:
    """The repository around `start`: the nearest folder upwards that has a publisher.yaml."""
    from publisher.repository import Repository, find_root

    root = find_root(start)
    try:
        data = (root / FILE).read_bytes()
    except OSError as error:
        message = f"{FILE} cannot be read: {error.strerror}"
        raise InvalidContent(message, code="E501", fix="make it a plain file") from None
    settings = read_settings(data, environ)
    if isinstance(settings, tuple):
        raise InvalidSettings(settings, {FILE: source_lines(data)})
    return Workplace(root, settings, Repository(root), data)


def schema_path(place: Workplace) -> Path | None:
    """Where editors find the schema of post files: the repository's copy, when `init` has made one."""
    copy = place.root / ".vscode" / "publisher" / "post.schema.json"
    return copy if copy.exists() else None


def source_lines(data: bytes) -> tuple[str, ...]:
    """A file's lines, for excerpts."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return tuple(line.removesuffix("\r") for line in text.split("\n"))


# --- where posts go -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Destination:
    """A Threads, the bucket it fetches from, and the place where is recorded what it has."""

    name: str  # for people: "graph.threads.net", "the sandbox"
    endpoint: str  # recorded in the state: ids of one Threads mean nothing on another
    state: StateSettings
    media: MediaSettings
    base_url: str | None = None  # None: nothing is called, as for `state list --sandbox`
    sandbox: "Sandbox | None" = None


def threads(place: Workplace, environ: Mapping[str, str]) -> Destination:
    """What publisher.yaml and the environment name."""
    base_url = environ.get("THREADS_API_BASE_URL") or THREADS
    name = re.sub(r"^https?://", "", base_url)
    return Destination(name, base_url, place.settings.state, place.settings.media, base_url)


def sandbox_at_rest(place: Workplace) -> Destination:
    """The embedded sandbox's state, without a running sandbox."""
    state = replace(place.settings.state, backend="file", path=f"{HOME}/sandbox/state-{{account}}.json")
    # Its port differs from run to run; the world is the one in this folder.
    return Destination("the sandbox", "sandbox", state, MediaSettings())


@contextmanager
def destination(
    place: Workplace, environ: Mapping[str, str], *, sandbox: bool, now: datetime | None = None
) -> Iterator[Destination]:
    """Threads, or a sandbox that runs as long as the context, its clock set to `now` when that is given."""
    if not sandbox:
        yield threads(place, environ)
        return
    at_rest = sandbox_at_rest(place)
    with open_sandbox(place.home / "sandbox", username=place.settings.accounts[0].name) as running:
        if now is not None:
            _set_clock(running, now)
        media = MediaSettings(
            bucket=running.bucket,
            prefix=place.settings.media.prefix,
            endpoint_url=running.s3_endpoint,
            region="us-east-1",
            presign=timedelta(hours=24),
        )
        yield replace(at_rest, media=media, base_url=running.threads_api, sandbox=running)


def _set_clock(sandbox: "Sandbox", now: datetime) -> None:
    import requests

    body = {"set": now.isoformat()}
    requests.post(f"{sandbox.threads_api}/_sandbox/clock", json=body, timeout=10).raise_for_status()


@contextmanager
def open_sandbox(data: Path | None, *, port: int = 0, username: str = "acme") -> "Iterator[Sandbox]":
    """A running sandbox, whose account is called `username` when it is new. Its libraries are an extra."""
    try:
        import flask  # noqa: F401
        import moto  # noqa: F401
    except ImportError as error:
        raise Refused(
            f"the sandbox needs {error.name}, which is not installed",
            code="E505",
            fix='pip install "threads-publisher[sandbox]"',
        ) from None
    from publisher.sandbox.serve import Sandbox

    with Sandbox(port=port, data=data, username=username) as running:
        yield running


# --- the state ----------------------------------------------------------------------------------------------------


def backend_for(
    place: Workplace, account: AccountSettings, where: Destination, environ: Mapping[str, str], *, run: str
) -> "StateBackend":
    """The backend that publisher.yaml names, or the sandbox's file. `run` is `run_id`'s."""
    path = where.state.path.replace("{account}", account.name)
    facts: dict[str, Any] = {"account": account.name, "endpoint": where.endpoint, "run": run}
    match where.state.backend:
        case "file":
            from publisher.state_backends.file import FileState

            file = Path(os.path.relpath(place.root / path))  # as a person would name it
            file.parent.mkdir(parents=True, exist_ok=True)
            return FileState(file, **facts)
        case "branch":
            from publisher.git import Git
            from publisher.state_backends.branch import BranchState

            git = Git(place.root, dict(environ))
            return BranchState(git, path, lease=where.state.lease, **facts)
        case "s3":
            from publisher.state_backends.objects import bucket_and_prefix, s3_client
            from publisher.state_backends.s3 import S3State

            bucket, prefix = bucket_and_prefix(path)
            endpoint, region = environ.get("AWS_ENDPOINT_URL_S3"), place.settings.media.region
            return S3State(
                s3_client(region=region, endpoint_url=endpoint),
                bucket,
                prefix,
                lease=where.state.lease,
                versioned=endpoint is None,
                cache=place.home / "archives",
                **facts,
            )


def new_state(account: AccountSettings, where: Destination, skipped: Sequence[Post] = ()) -> "State":
    """The beginning of a lineage; the posts of `skipped` are not to be published."""
    from publisher.planning.beginning import begin

    return begin(account.name, where.endpoint, lineage=secrets.token_hex(16), skipped=skipped)


def begin_if_missing(backend: "StateBackend", account: AccountSettings, where: Destination) -> None:
    """The sandbox's state is made on first use; its world began empty just as well."""
    try:
        backend.load()
    except Refused as error:
        if error.code != "E400":
            raise
        backend.create(new_state(account, where))


def require_tip(place: Workplace, environ: Mapping[str, str]) -> None:
    """Raises `LostRace` for a checkout that is not the newest commit of its branch."""
    from publisher.git import Git

    Git(place.root, dict(environ)).require_tip()


def refuse_forgetful(where: Destination, environ: Mapping[str, str], *, allowed: bool) -> None:
    """Raises `Refused` E435 for a state in a file on a CI runner, which is gone with the runner (F60)."""
    from publisher.settings import in_ci

    if where.state.backend == "file" and where.sandbox is None and in_ci(environ) and not allowed:
        raise Refused(
            "the state is kept in a file, and a CI runner forgets its files",
            code="E435",
            why="the next run would know of nothing and post everything again",
            fix="state: {backend: branch, path: publisher-state} in publisher.yaml; "
            "or, where the disk stays: --allow-file-state",
        )


def run_id(environ: Mapping[str, str]) -> str:
    """ "9123/1" on GitHub: run and attempt; else a name of its own for each run."""
    if environ.get("GITHUB_RUN_ID"):
        return f"{environ['GITHUB_RUN_ID']}/{environ.get('GITHUB_RUN_ATTEMPT', '1')}"
    return f"local-{os.getpid()}-{secrets.token_hex(3)}/1"


# --- one account, ready to publish ----------------------------------------------------------------------------------


def credentials_of(
    place: Workplace, account: AccountSettings, where: Destination, environ: Mapping[str, str]
) -> "Credentials":
    """The account's token. Raises `NotAllowed` E601 when there is none, or none that could be one."""
    from publisher.threads_api import Credentials
    from publisher.threads_api.errors import InvalidParameter

    if where.sandbox is not None:
        return Credentials(where.sandbox.access_token)
    names = token_variables(account.name, alone=len(place.settings.accounts) == 1)
    name, token = next(((name, value) for name in names if (value := _secret(name, environ))), (names[0], ""))
    if not token:
        raise NotAllowed(
            f"there is no token for the account {account.name}",
            code="E600",
            why="Threads publishes only for whoever has one",
            fix=f"put it into {' or '.join(names)}, or a file's path into {names[0]}_FILE",
        )
    try:
        return Credentials(token)
    except InvalidParameter as error:
        message = f"{name} is no access token: {error}"
        raise NotAllowed(message, code="E605", fix="copy the whole token, and nothing else, into it") from None


def has_token(place: Workplace, account: AccountSettings, environ: Mapping[str, str]) -> bool:
    names = token_variables(account.name, alone=len(place.settings.accounts) == 1)
    return any(environ.get(name) or environ.get(f"{name}_FILE") for name in names)


def token_variables(account: str, *, alone: bool) -> tuple[str, ...]:
    """Where the token of an account may be: its own variable; the plain one too when it is the only account."""
    own = "THREADS_ACCESS_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", account.upper())
    return ("THREADS_ACCESS_TOKEN", own) if alone else (own,)


def _secret(name: str, environ: Mapping[str, str]) -> str:
    path = environ.get(f"{name}_FILE")
    if environ.get(name) or not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise NotAllowed(
            f"the file that {name}_FILE names cannot be read", code="E600", fix=f"mend the path in {name}_FILE"
        ) from None


def open_session(
    place: Workplace,
    account: AccountSettings,
    where: Destination,
    environ: Mapping[str, str],
    *,
    now: datetime | None = None,
    tell: "Callable[[Progress], None]" = lambda _: None,
    interrupted: threading.Event | None = None,
) -> "Session":
    """Everything that one run of one account touches. Nothing is called yet.

    `now`: the time that is taken for the present, for commands that only look. `interrupted`: set it, and the run ends
    with the write in hand.
    """
    from publisher.git import Git
    from publisher.publishing.clock import ServerClock
    from publisher.publishing.run import Session
    from publisher.threads_api import RequestsTransport, ThreadsClient

    transport = RequestsTransport(credentials_of(place, account, where, environ), where.base_url or THREADS)
    git = Git(place.root, dict(environ))
    run = run_id(environ)
    return Session(
        account=account,
        rules=place.settings.rules,
        publishing=_paced(place.settings.publishing, where),
        client=ThreadsClient(transport),
        backend=backend_for(place, account, where, environ, run=run),
        shelf=_Shelf(place, where),
        clock=FixedClock(now) if now else ServerClock(lambda: transport.server_time_offset, interrupted),
        run=run,
        commit=git.head() if git.is_repository() else None,
        stop=interrupted.is_set if interrupted is not None else lambda: False,
        tell=tell,
        rescue=lambda state: _rescued(place, state),
    )


def _paced(settings: PublishingSettings, where: Destination) -> PublishingSettings:
    """The embedded sandbox is ready at once: the waits that Meta asks for would only bore whoever rehearses."""
    if where.sandbox is None or settings.poll is not None or settings.ready_wait is not None:
        return settings
    return replace(settings, poll=timedelta(milliseconds=200))


def _rescued(place: Workplace, state: "State") -> str:
    """Write a state that could not be kept where it belongs; returns the file's name."""
    import json

    from publisher.planning.state import state_json

    place.home.mkdir(exist_ok=True)
    file = place.home / f"rescued-{state.account}-{state.serial}.json"
    file.write_text(json.dumps(state_json(state), ensure_ascii=False, indent=2), "utf-8")
    return os.path.relpath(file)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """`--now`: a time that does not pass, for commands that only look."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Nothing is waited for."""


class _Shelf:
    """The bucket, once something has to go there: an idle run does not even load the library for it."""

    def __init__(self, place: Workplace, where: Destination) -> None:
        self._place = place
        self._where = where
        self._shelf: Shelf | None = None

    def url_for(self, action: "UploadMedia") -> str:
        self._shelf = self._shelf or _media_shelf(self._place, self._where)
        return self._shelf.url_for(action)


def _media_shelf(place: Workplace, where: Destination) -> "Shelf":
    from publisher.media.fetchable import check_fetchable
    from publisher.media.probe import Probe
    from publisher.media.shelf import MediaShelf
    from publisher.media.stores.s3 import S3Store, s3_client

    if where.media.bucket is None:
        raise Refused(
            "a file of the repository needs a bucket, and none is configured",
            code="E504",
            why="Threads fetches pictures and videos from an address",
            fix="add media: with bucket and public_base_url (or presign) to publisher.yaml",
        )
    if where.sandbox is None:
        client = s3_client(where.media)
    else:
        from publisher.sandbox.s3 import local_client

        client = local_client(where.sandbox.s3_endpoint)
    store = S3Store(where.media, client)
    return MediaShelf(place.repository, Probe(place.repository), store, check_fetchable, place.home / "prepared")
