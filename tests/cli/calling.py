"""Calls the command in this process, as a shell would: arguments, a folder, an environment; two streams and a code."""

import contextlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.cli import main
from tests.canary import hear

CONFIG = "version: 1\naccount: acme\n"


@dataclass(frozen=True)
class Called:
    """What a call came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Caller:
    """A folder with a publisher.yaml and whatever a test puts there."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, **environ: str) -> Called:
        out, err = io.StringIO(), io.StringIO()
        before = dict(os.environ)
        os.environ.clear()
        kept = {name: before[name] for name in ("PATH", "PYTHONPATH") if name in before}
        os.environ.update({**kept, "HOME": str(self.folder), **self.environ, **environ})
        code = 0
        try:
            with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main(list(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os.environ.clear()
            os.environ.update(before)
        hear(out.getvalue(), err.getvalue())
        return Called(code, out.getvalue(), err.getvalue())

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file


def repository(folder: Path, config: str = CONFIG, **posts: str) -> Caller:
    """A content repository with these posts: name -> text of the file."""
    caller = Caller(folder)
    caller.write("publisher.yaml", config)
    for name, text in posts.items():
        caller.write(f"posts/{name}.yaml", text)
    return caller
