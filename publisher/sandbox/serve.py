"""The sandbox, served: the Threads API, its feed page, and S3 beside it, on loopback."""

import logging
import re
import secrets
import socket
import threading
from collections.abc import Collection
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from publisher.sandbox.clock import MovableClock
from publisher.sandbox.download import fetch
from publisher.sandbox.faults import FaultyWorld
from publisher.sandbox.fetching import Fetched
from publisher.sandbox.persistence import Folder, FolderBroken
from publisher.sandbox.published import published_json
from publisher.sandbox.s3 import BUCKET, S3
from publisher.sandbox.values import Account, Data
from publisher.sandbox.webhooks import Sender
from publisher.sandbox.world import World

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler

USERNAME = "acme"


class PortTaken(RuntimeError):
    """Another program listens where the sandbox was told to."""


class Sandbox:
    """A running sandbox; use it as a context manager.

    `port`: 0 for any, the same as last time where there is a folder, so that links to posts stay good. `data`: a
    folder that keeps world, media and bucket over restarts; None: all in memory. `username`: of the account that a new
    world has. `hosts`: names by which callers know this machine, beside those of loopback ("host.docker.internal").
    """

    def __init__(
        self, port: int = 0, data: Path | None = None, username: str = USERNAME, hosts: Collection[str] = ()
    ) -> None:
        self._port = port
        self._hosts = frozenset(name.lower() for name in hosts)
        self._username = _plain(username)
        self._clock = MovableClock()
        self._folder = Folder(data) if data is not None else None
        self._s3 = S3(data / "s3" if data is not None else None, self._hosts)
        self._server: BaseWSGIServer | None = None
        self._saving = threading.Lock()
        if self._folder is not None:
            self._folder.take()
        known = self._known()
        self.world = World(self._clock, self._fetch, data=known, secret=secrets.token_hex())
        self._sender = Sender(self.world)
        if self._folder is not None:
            self._folder.load_blobs(self.world)
        self.faulty = FaultyWorld(self.world, changed=self._save)

    def _known(self) -> Data | None:
        """The folder's world. What cannot be read is not held on to."""
        if self._folder is None:
            return None
        try:
            return self._folder.load(self._clock)
        except FolderBroken:
            self._folder.release()
            raise

    def _fetch(self, url: str) -> Fetched:
        return fetch(url, self.world.settings.fetch_within)

    # --- what a client needs ----------------------------------------------------------------------------------

    bucket = BUCKET

    @property
    def threads_api(self) -> str:
        if self._server is None:
            raise RuntimeError("the sandbox was not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def s3_endpoint(self) -> str:
        return self._s3.endpoint

    @property
    def feed(self) -> str:
        return f"{self.threads_api}/@{self._account.username}"

    @property
    def access_token(self) -> str:
        return self._account.token

    @property
    def user_id(self) -> str:
        return self._account.id

    def line(self) -> dict[str, str]:
        """What `sandbox serve` prints, as JSON, once it is ready."""
        return {
            "threads_api": self.threads_api,
            "s3_endpoint": self.s3_endpoint,
            "bucket": self.bucket,
            "feed": self.feed,
            "access_token": self.access_token,
            "user_id": self.user_id,
        }

    # --- running ----------------------------------------------------------------------------------------------

    def start(self) -> "Sandbox":
        """Raises `PortTaken`, and `FolderBroken` for a bucket that cannot be read."""
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> "Sandbox":
        from werkzeug.serving import make_server

        from publisher.sandbox.routes import make_app

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        if self._port and not _is_free(self._port):
            raise PortTaken(f"port {self._port} is in use by another program")
        if not self.world.data.accounts:
            self.world.add_account(self._username, "THSANDBOX" + secrets.token_urlsafe(30).replace("-", "x"))
        self._s3.start()
        app = make_app(self.faulty, self._clock, self.reset, self._hosts)
        handler = _handler(self._clock)
        last = self._last_port()
        port = self._port or (last if _is_free(last) else 0)
        self._sender.start()
        self._server = make_server("127.0.0.1", port, app, threaded=True, request_handler=handler)
        self.world.base_url = self.world.api_url = self.threads_api
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        if self._folder is not None:
            self._folder.note_port(self._server.server_port)
        self._save()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._save()
        self._sender.stop()
        self._s3.stop()
        if self._folder is not None:
            self._folder.release()

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _account(self) -> Account:
        return next(iter(self.world.data.accounts.values()))

    def _last_port(self) -> int:
        """That of the links to its posts."""
        return self._folder.port() if self._folder is not None else 0

    # --- what a test needs ------------------------------------------------------------------------------------

    def posts(self) -> list[dict[str, Any]]:
        """What is live, oldest first, as `GET /_sandbox/posts` has it."""
        return published_json(self.faulty)

    def advance(self, by: timedelta) -> None:
        """Let time pass at once."""
        self._clock.advance(by)
        self._save()

    def reset(self) -> None:
        """Empty world and bucket, back to real time, nothing armed; the account and its token stay."""
        self.faulty.clear()
        self._clock.reset()
        self.world.reset()
        self._s3.reset()
        self._save()

    def _save(self) -> None:
        if self._folder is None:
            return
        with self._saving:
            self._folder.save(self.world, self._clock)


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _plain(name: str) -> str:
    """A name as Threads allows it: letters, digits, underscores, full stops."""
    return re.sub(r"[^A-Za-z0-9_.]", "_", name).strip(".") or USERNAME


def _handler(clock: MovableClock) -> "type[WSGIRequestHandler]":
    """Speaks HTTP with the sandbox's own time in its `Date` header."""
    from werkzeug.serving import WSGIRequestHandler

    class Handler(WSGIRequestHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
            return format_datetime(clock(), usegmt=True)

        def log(self, type: str, message: str, *args: object) -> None:
            pass

    return Handler
