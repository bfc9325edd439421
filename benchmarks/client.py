"""What the client adds to a call: ours against bare `requests`, with one session each, on the same served sandbox.

python -m benchmarks.client
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import loads
from typing import Any

import requests

from benchmarks.ratio import compare
from publisher.threads_api import Credentials, ThreadsClient


@contextmanager
def served() -> Iterator[dict[str, str]]:
    """A sandbox in a process of its own, so that it costs neither side anything."""
    command = [sys.executable, "-m", "publisher", "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=os.path.sep) as process:
        assert process.stdout is not None
        try:
            yield loads(process.stdout.readline())
        finally:
            process.terminate()


def bare(base: str, token: str) -> Callable[..., Any]:
    """The least that does it: the header, the answer's status, its JSON."""
    session = requests.Session()

    def call(method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = session.request(method, f"{base}/v1.0{path}", headers=headers, timeout=30, **more)
        answer.raise_for_status()
        return answer.json()

    return call


def main() -> None:
    with (
        served() as line,
        ThreadsClient.connect(Credentials(line["access_token"]), base_url=line["threads_api"]) as ours,
    ):
        theirs = bare(line["threads_api"], line["access_token"])
        words = {"media_type": "TEXT", "text": "Hello"}
        for _ in range(25):
            ours.publishing.publish(ours.publishing.create(words))
        fields = ",".join(("id", "text", "timestamp", "permalink", "media_type"))
        print(
            compare(lambda: ours.profiles.me(fields="id"), lambda: theirs("GET", "/me?fields=id")).line("get-profile")
        )
        print(
            compare(
                lambda: ours.media.threads(fields=fields),
                lambda: theirs("GET", "/me/threads", params={"fields": fields}),
            ).line("list-25-posts")
        )
        print(
            compare(lambda: ours.publishing.create(words), lambda: theirs("POST", "/me/threads", data=words)).line(
                "create-container"
            )
        )


if __name__ == "__main__":
    main()
