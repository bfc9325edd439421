"""Where posts go: Threads itself, or the embedded sandbox.

The sandbox lives in `.publisher/sandbox/` and has a state of its own; nothing of it ever reaches the real one.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import LostRace, Refused
from publisher.settings import MediaSettings, StateSettings
from publisher.wiring.workplace import HOME, Workplace

if TYPE_CHECKING:
    from publisher.sandbox.serve import Sandbox

THREADS = "https://graph.threads.net"


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
def open_sandbox(
    data: Path | None, *, port: int = 0, username: str = "acme", hosts: Collection[str] = ()
) -> "Iterator[Sandbox]":
    """A running sandbox, whose account is called `username` when it is new. Its libraries are an extra.

    `hosts`: names that it answers to beside those of loopback.
    """
    try:
        import flask  # noqa: F401
        import moto  # noqa: F401
    except ImportError as error:
        raise Refused(
            f"the sandbox needs {error.name}, which is not installed",
            code="E505",
            fix='pip install "threads-publisher[sandbox]"',
        ) from None
    from publisher.sandbox.persistence import FolderBroken, FolderTaken
    from publisher.sandbox.serve import PortTaken, Sandbox

    try:
        sandbox = Sandbox(port=port, data=data, username=username, hosts=hosts).start()
    except PortTaken as error:
        raise LostRace(str(error), code="E700", fix="stop that program, or name another --port") from None
    except FolderTaken as error:
        raise LostRace(str(error), code="E700", fix="stop it, or use the one that runs") from None
    except FolderBroken as error:
        raise Refused(str(error), code="E401", fix="put its last good version back, or move the folder away") from None
    try:
        yield sandbox
    finally:
        sandbox.stop()
