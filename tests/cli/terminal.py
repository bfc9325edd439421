"""The command on a terminal of its own: what it shows there, and what it does with what is typed."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]")


class Terminal:
    """A running command whose standard streams are a terminal."""

    def __init__(self, *arguments: str, folder: Path, environ: Mapping[str, str]) -> None:
        self._near, far = pty.openpty()
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "publisher", *arguments],
            cwd=folder,
            env={**kept, "HOME": str(folder), "TERM": "xterm-256color", **environ},
            stdin=far,
            stdout=far,
            stderr=far,
            start_new_session=True,
        )
        os.close(far)
        self.raw = ""

    def until(self, text: str, *, within_s: float = 30.0) -> "Terminal":
        """Read until `text` was shown."""
        end = time.monotonic() + within_s
        while text not in self.shown:
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"{text!r} was never shown:\n{self.shown}")
        return self

    def type(self, keys: str) -> "Terminal":
        os.write(self._near, keys.encode())
        return self

    def end(self, *, within_s: float = 60.0) -> int:
        """The exit code, once the command has ended."""
        end = time.monotonic() + within_s
        while self._read() and time.monotonic() < end:
            pass
        code = self.process.wait(timeout=10)
        os.close(self._near)
        return code

    @property
    def shown(self) -> str:
        """What was written, without what only moves and colours."""
        return _ANSI.sub("", self.raw).replace("\r\n", "\n")

    def _read(self) -> bool:
        if not select.select([self._near], [], [], 0.2)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self._near, 65536)
        except OSError:  # the other side has closed
            return False
        self.raw += data.decode("utf-8", "replace")
        return bool(data)
