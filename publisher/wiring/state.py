"""Where is recorded what is live: the backend that publisher.yaml names, and how a state begins."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.content.post import Post
from publisher.errors import InvalidContent, Refused
from publisher.settings import AccountSettings
from publisher.wiring.destination import Destination
from publisher.wiring.workplace import Workplace

if TYPE_CHECKING:
    from publisher.planning.state import State
    from publisher.state_backends.backend import StateBackend


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
            if not file.name:
                raise InvalidContent(
                    f'state.path "{path}" is a folder', code="E516", fix="state: {path: publisher-state.json}"
                )
            return FileState(file, **facts)
        case "branch":
            from publisher.git import Git
            from publisher.state_backends.branch import BranchState

            git = Git(place.root, dict(environ))
            backend = BranchState(git, path, lease=where.state.lease, **facts)
            backend.check_apart()
            return backend
        case "s3":
            from publisher.state_backends.objects import bucket_and_prefix, s3_client
            from publisher.state_backends.s3 import S3State

            bucket, prefix = bucket_and_prefix(path)
            endpoint, region = environ.get("AWS_ENDPOINT_URL_S3"), place.settings.media.region
            client = s3_client(region=region, endpoint_url=endpoint)
            # Or by AWS_ENDPOINT_URL, or a profile: the SDK knows more ways to another dialect than we read.
            of_aws = "amazonaws.com" in client.meta.endpoint_url
            return S3State(
                client,
                bucket,
                prefix,
                owner=where.state.owner,
                lease=where.state.lease,
                versioned=of_aws,
                trusted=of_aws,
                cache=place.home / "archives",
                **facts,
            )


def new_state(account: AccountSettings, where: Destination, skipped: Sequence[Post] = ()) -> "State":
    """The beginning of a lineage; the posts of `skipped` are not to be published."""
    import secrets

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
            "or, where the disk stays: publisher … --allow-file-state",
        )


def run_id(environ: Mapping[str, str]) -> str:
    """ "9123/1" on GitHub: run and attempt; else a name of its own for each run."""
    if environ.get("GITHUB_RUN_ID"):
        return f"{environ['GITHUB_RUN_ID']}/{environ.get('GITHUB_RUN_ATTEMPT', '1')}"
    import secrets

    return f"local-{os.getpid()}-{secrets.token_hex(3)}/1"
