"""`publisher sandbox`: Threads and S3 on this machine, for us and for any other client."""

import json
import signal
import sys
import threading
from pathlib import Path

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand, SharedGroup


@click.group(cls=SharedGroup)
def command() -> None:
    """A local Threads with S3 beside it: no account, no network, nothing anybody else can see."""


_EPILOG = """
publisher sandbox serve
publisher sandbox serve --port 8765 --data .publisher/sandbox
"""


@command.command(cls=SharedCommand, epilog=_EPILOG)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the API; any free one when left out.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep world, media and bucket in DIR.")
@click.option(
    "--allow-host",
    "hosts",
    metavar="NAME",
    multiple=True,
    help="Answer to this name too, as a container may call this machine; again for more.",
)
@open_console
def serve(console: Console, port: int, data: Path | None, hosts: tuple[str, ...]) -> int:
    """Serve until interrupted.

    Prints one JSON line once it is ready: threads_api, s3_endpoint, bucket, feed, access_token, user_id. Open `feed` in
    a browser; point any Threads client at threads_api.
    """
    from publisher.publishing.clock import wait
    from publisher.wiring.destination import open_sandbox

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with open_sandbox(data, port=port, hosts=hosts) as sandbox:
        # The token is this sandbox's own and opens nothing else: the one place where one is printed on purpose.
        print(json.dumps(sandbox.line()), flush=True)
        if sys.stdout.isatty():
            console.note(console.note_paint.dim(f"feed: {sandbox.feed}    Ctrl-C ends it"))
        wait(stopped)
    return 0
