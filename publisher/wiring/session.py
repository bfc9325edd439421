"""One account, ready to publish: everything that a run of it touches."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher.errors import InvalidContent, Refused
from publisher.settings import AccountSettings, PublishingSettings
from publisher.wiring.destination import THREADS, Destination
from publisher.wiring.state import backend_for, run_id
from publisher.wiring.token import credentials_of
from publisher.wiring.workplace import Workplace

if TYPE_CHECKING:
    from publisher.planning.actions import UploadMedia
    from publisher.planning.state import State
    from publisher.publishing.run import Session
    from publisher.publishing.tools import Progress, Shelf

_GROUP = 10  # posts that share a push: it takes seconds, and GitHub asks for six a minute at most


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
    from publisher.publishing.tools import at_once
    from publisher.threads_api import RequestsTransport, ThreadsClient
    from publisher.threads_api.errors import InvalidParameter

    credentials = credentials_of(place, account, where, environ)
    try:
        transport = RequestsTransport(credentials, where.base_url or THREADS)
    except InvalidParameter as error:
        message = f"THREADS_API_BASE_URL cannot be used: {error}"
        raise InvalidContent(message, code="E508", fix=f"unset it for Threads itself ({THREADS})") from None
    git = Git(place.root, dict(environ))
    run = run_id(environ)
    return Session(
        endpoint=where.endpoint,
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
        together=at_once,
        group=_GROUP if where.state.backend == "branch" else 1,
    )


def _paced(settings: PublishingSettings, where: Destination) -> PublishingSettings:
    """The embedded sandbox is ready at once: the waits that Meta asks for would only bore whoever rehearses."""
    if where.sandbox is None or settings.poll is not None or settings.ready_wait is not None:
        return settings
    return replace(settings, poll=timedelta(milliseconds=200))


def _rescued(place: Workplace, state: "State") -> str:
    """Write a state that could not be kept where it belongs, whole or not at all; returns the file's name."""
    import json

    from publisher.planning.state_json import state_json
    from publisher.state_backends.durable import Durable

    place.home.mkdir(exist_ok=True)
    file = place.home / f"rescued-{state.account}-{state.serial}.json"
    text = json.dumps(state_json(state), ensure_ascii=False, indent=2)
    Durable().replace(file, text.encode("utf-8", "surrogatepass"))
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
        self._making = threading.Lock()  # several uploads may be the first one

    def url_for(self, action: "UploadMedia") -> str:
        with self._making:
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
