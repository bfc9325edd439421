"""The demo's workspace and its runs: real child processes against a sandbox that this process serves.

The children are the ordinary command in an environment of their own, with the sandbox's addresses and keys instead of
yours. What is live is counted from the sandbox's own feed, never from what we recorded.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.errors import PublisherError, Refused
from publisher.resources import resource
from publisher.wiring.workplace import HOME

if TYPE_CHECKING:
    from publisher.sandbox.serve import Sandbox

ACCOUNT = "cirrus"  # of the example posts
_MARK = f"{HOME}/demo"  # only a folder that has it is ever emptied
_OURS = re.compile(r"THREADS_|AWS_|PUBLISHER_|GITHUB_|GH_TOKEN$|CI$")
# Against Threads itself these are minutes; the sandbox is ready at once.
_QUICK = {"POLL": "100ms", "SETTLE": "1s", "LOOK_FOR": "2s"}
_DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A workspace and the sandbox it publishes to."""

    folder: Path
    sandbox: "Sandbox"

    @property
    def environ(self) -> dict[str, str]:
        """The caller's environment without anything that leads to a real account or bucket."""
        kept = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
        return {
            **kept,
            "THREADS_API_BASE_URL": self.sandbox.threads_api,
            "THREADS_ACCESS_TOKEN": self.sandbox.access_token,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "PUBLISHER_MEDIA_BUCKET": self.sandbox.bucket,
            "PUBLISHER_MEDIA_REGION": "us-east-1",
            "PUBLISHER_MEDIA_ENDPOINT_URL": self.sandbox.s3_endpoint,
            **{f"PUBLISHER_PUBLISHING_{name}": value for name, value in _QUICK.items()},
        }

    def run(self, *arguments: str) -> str:
        """What the command prints. Raises `PublisherError` when it fails."""
        done = subprocess.run(
            [*_command(), *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            timeout=_DEADLINE_S,
            check=False,
        )
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace") or done.stdout.decode("utf-8", "replace")
            raise PublisherError(f"publisher {' '.join(arguments)} ended with {done.returncode}:\n{said.strip()}")
        return done.stdout.decode("utf-8")

    def document(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--format", "json"))

    def die_at(self, nth: int) -> int:
        """Publish, and be killed when the `nth` post is live but nobody has written that down. Returns what is live."""
        before = len(self.live())
        self._control("faults", [{"call": "publish", "nth": nth, "fault": "slow", "seconds": _DEADLINE_S}])
        child = subprocess.Popen(
            [*_command(), "publish", "--yes"],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            end = time.monotonic() + _DEADLINE_S
            while len(self.live()) < before + nth:
                if child.poll() is not None or time.monotonic() > end:
                    raise PublisherError("the run that was to be killed ended before")
                time.sleep(0.02)
            child.send_signal(signal.SIGKILL)
            child.wait()
        finally:
            child.kill()
            self._control("faults", [])
        return len(self.live())

    def live(self) -> list[dict[str, Any]]:
        """The sandbox's feed, oldest first: every part is one."""
        posts: list[dict[str, Any]] = self._ask("posts")
        return posts

    def writes(self) -> int:
        """How many calls so far could have changed something."""
        return sum(request["method"] != "GET" for request in self._ask("requests"))

    def _ask(self, what: str) -> Any:
        import requests

        answer = requests.get(f"{self.sandbox.threads_api}/_sandbox/{what}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def _control(self, what: str, body: Any) -> None:
        import requests

        requests.post(f"{self.sandbox.threads_api}/_sandbox/{what}", json=body, timeout=10).raise_for_status()


def make_workspace(folder: Path) -> Path:
    """A fresh copy of the example posts. A folder of the last demo is begun anew; any other is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise Refused(f"{folder} is there already, and no demo made it", fix="name another: publisher demo DIR")
        shutil.rmtree(folder)
    shutil.copytree(resource("example-posts"), folder, dirs_exist_ok=True)
    (folder / HOME).mkdir(exist_ok=True)
    (folder / _MARK).touch()
    return folder


def shortfalls(live: list[dict[str, Any]], recorded: Mapping[str, Any]) -> list[str]:
    """What is wrong between the feed and the record: twice, missing, or nobody's. Empty when all is well."""
    expected = [part["media_id"] for post in recorded["posts"].values() for part in post["parts"]]
    counted = Counter(item["id"] for item in live)
    texts = Counter((item.get("text"), item["media_type"]) for item in live)
    return [
        *(f"{media_id} is recorded and not live" for media_id in expected if counted[media_id] != 1),
        *(f"{media_id} is live and not recorded" for media_id in counted if media_id not in expected),
        *(f"live {number} times: {text}" for (text, _), number in texts.items() if number > 1),
    ]


def _command() -> list[str]:
    return [sys.executable, "-m", "publisher"]
