"""A content repository on disk, a sandbox served in this process, and the command run as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.sandbox.faults import Outcome
from publisher.sandbox.routes import published_json
from publisher.sandbox.serve import Sandbox
from publisher.state_backends.file import FileState
from publisher.threads_api.messages import Request
from tests.canary import hear
from tests.media.fakes import encoded, picture

CONFIG = """\
version: 1
account: acme
posts: posts
state: {{backend: {backend}, path: {path}}}
publishing: {{poll: 50ms, settle: 300ms, look_for: 600ms}}
"""


@dataclass
class Place:
    """A repository and the sandbox it publishes to."""

    root: Path
    sandbox: Sandbox
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(
        cls, root: Path, sandbox: Sandbox, *, backend: str = "file", path: str = "publisher-state.json"
    ) -> "Place":
        (root / "posts").mkdir(parents=True)
        (root / "publisher.yaml").write_text(CONFIG.format(backend=backend, path=path))
        return cls(root, sandbox)

    def write(self, name: str, text: str) -> None:
        file = self.root / "posts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def draw(self, name: str, kind: str = "JPEG", **options: Any) -> None:
        (self.root / "posts" / name).write_bytes(encoded(picture(), kind, **options))

    @property
    def environ(self) -> dict[str, str]:
        """As a user would set it: nothing of this machine's but the search path."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "THREADS_API_BASE_URL": self.sandbox.threads_api,
            "THREADS_ACCESS_TOKEN": self.sandbox.access_token,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PUBLISHER_MEDIA_BUCKET": self.sandbox.bucket,
            "PUBLISHER_MEDIA_REGION": "us-east-1",
            "PUBLISHER_MEDIA_ENDPOINT_URL": self.sandbox.s3_endpoint,
            "PUBLISHER_MEDIA_PUBLIC_BASE_URL": f"{self.sandbox.s3_endpoint}/{self.sandbox.bucket}",
            **self.extra,
        }

    def start(self, *arguments: str, environ: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "publisher", *arguments],
            cwd=self.root,
            env={**self.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, environ: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments, environ=environ) as process:
            out, err = process.communicate(timeout=60)
        hear(out, err)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def live(self) -> list[dict[str, Any]]:
        """What the sandbox shows, oldest first."""
        return published_json(self.sandbox.faulty)

    def recorded(self, post_id: str) -> list[str | None]:
        """The media ids of a post's parts, as the state file has them."""
        endpoint = self.sandbox.threads_api
        backend = FileState(self.root / "publisher-state.json", account="acme", endpoint=endpoint, run="test")
        return [part.media_id for part in backend.load().posts[post_id].parts]


class Executioner:
    """Kills a process at the n-th call that changes something, before or after it took effect."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._answer = sandbox.faulty.answer
        self.victim: subprocess.Popen[str] | None = None
        self.at = 0
        self.after = False
        self.calls = 0
        sandbox.faulty.answer = self.answer  # type: ignore[method-assign]

    def aim(self, victim: "subprocess.Popen[str]", at: int, *, after: bool) -> None:
        self.victim, self.at, self.after = victim, at, after

    def answer(self, request: Request, token: str | None) -> Outcome:
        if request.method == "GET" or self.victim is None:
            return self._answer(request, token)
        self.calls += 1
        if self.calls != self.at:
            return self._answer(request, token)
        if self.after:
            self._answer(request, token)
        self.victim.kill()
        self.victim.wait()
        return Outcome(None)
