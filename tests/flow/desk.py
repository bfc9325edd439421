"""An author's desk: a content repository, the command, and a sandbox that says what is live."""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from publisher.sandbox.serve import Sandbox
from tests.cli.calling import Called, Caller

CONFIG = """\
version: 1
account: acme
publishing: {poll: 20ms, settle: 200ms, look_for: 400ms}
"""


def png(shade: int, size: int = 400) -> bytes:
    """A grey square of its own shade: no two shades have the same bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes([shade]) * size for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(shade: int, size: int = 400) -> bytes:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (size, size), (shade, 100, 200)).save(file, "JPEG")
    return file.getvalue()


@dataclass(frozen=True)
class Desk:
    """Everything that a flow test touches."""

    folder: Path
    sandbox: Sandbox

    @property
    def environ(self) -> dict[str, str]:
        return {
            "THREADS_API_BASE_URL": self.sandbox.threads_api,
            "THREADS_ACCESS_TOKEN": self.sandbox.access_token,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox-secret-key",
            "PUBLISHER_MEDIA_BUCKET": self.sandbox.bucket,
            "PUBLISHER_MEDIA_REGION": "us-east-1",
            "PUBLISHER_MEDIA_ENDPOINT_URL": self.sandbox.s3_endpoint,
            "PUBLISHER_MEDIA_PRESIGN": "1h",
        }

    def __call__(self, *arguments: str, **environ: str) -> Called:
        return self.at(self.folder)(*arguments, **environ)

    def at(self, folder: Path) -> Caller:
        """The command, called in another folder: a runner's clone."""
        return Caller(folder, self.environ)

    def begin(self, config: str = CONFIG) -> "Desk":
        self.write("publisher.yaml", config)
        assert self("state", "init").code == 0
        return self

    def post(self, name: str, text: str) -> None:
        self.write(f"posts/{name}.yaml", text)

    def write(self, name: str, data: str | bytes) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)

    def publish(self, *arguments: str, **environ: str) -> Called:
        return self("publish", "--yes", "--format", "json", *arguments, **environ)

    # --- the sandbox's own word ---------------------------------------------------------------------------------

    def live(self) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = self._ask("posts")
        return posts

    def texts(self) -> list[str | None]:
        return [item.get("text") for item in self.live()]

    def writes(self) -> int:
        return sum(request["method"] != "GET" for request in self._ask("requests"))

    def sent(self) -> list[dict[str, Any]]:
        """The parameters of every container that was asked for."""
        asked = self._ask("requests")
        return [call["params"] for call in asked if call["method"] == "POST" and call["path"].endswith("/threads")]

    def faults_met(self) -> list[str]:
        """The armed faults that a call ran into, oldest first."""
        return [call["fault"] for call in self._ask("requests") if call["fault"] is not None]

    def control(self, what: str, body: Any) -> Any:
        answer = requests.post(f"{self.sandbox.threads_api}/_sandbox/{what}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _ask(self, what: str) -> Any:
        return requests.get(f"{self.sandbox.threads_api}/_sandbox/{what}", timeout=10).json()
