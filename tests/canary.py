"""Canaries: random secrets that every test run is given, and the search for them in all that a test leaves behind.

A leak seldom looks like the secret. It is looked for as written, in an address, in base64 at any alignment, in
hexadecimal and backwards. `hear` takes output that a test has read itself, so that it counts as well; files and
captured output are looked at without being asked (`tests/conftest.py`).
"""

import base64
import os
import secrets
import string
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote

LARGEST = 1_000_000  # bytes; larger files are fixtures of a test about large files
MOST_FILES = 1_000  # a folder with more is a test about many files
# Where a secret is meant to be: what keeps tokens for the sandbox, and what a test gives as `…_FILE`.
KEPT_SECRETS = {"world.json", "token", "credentials.json"}
TOKEN_FOLDER = "threads-publisher"  # of a home: what `auth login` stored

_ALPHABET = string.ascii_letters + string.digits
_heard: list[bytes] = []


def fresh_environment() -> dict[str, str]:
    """Secrets by the names that the product reads. Some have letters that an address would escape, as real ones do."""

    def random(length: int) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(length))

    return {
        "THREADS_ACCESS_TOKEN": "THQ" + random(57),
        "THREADS_API_SECRET": random(32),
        "AWS_SECRET_ACCESS_KEY": f"{random(18)}/{random(12)}+{random(8)}",
        "GITHUB_TOKEN": "ghs_" + random(36),
    }


def hear(*outputs: str | bytes) -> None:
    """Output of the product that a test has read: part of what is searched when the test ends."""
    _heard.extend(output.encode() if isinstance(output, str) else output for output in outputs)


def heard() -> bytes:
    """All that was heard since the last call."""
    everything = b"\n".join(_heard)
    _heard.clear()
    return everything


@cache
def forms(secret: str) -> Mapping[str, bytes]:
    """How a secret may look where it should not be: name of the form -> bytes to look for."""
    raw = secret.encode()
    found = {
        "as it is": raw,
        "backwards": raw[::-1],
        "in hexadecimal": raw.hex().encode(),
        "in HEXADECIMAL": raw.hex().upper().encode(),
        "in an address": quote(secret, safe="").encode(),
    }
    for shift in range(3):
        # What precedes it decides how it falls into groups of three; the letters that others share are left out.
        first = 0 if shift == 0 else shift + 1
        last = (shift + len(raw)) // 3 * 4
        padded = b"\0" * shift + raw
        found[f"in base64 ({shift})"] = base64.b64encode(padded)[first:last]
        found[f"in base64 for addresses ({shift})"] = base64.urlsafe_b64encode(padded)[first:last]
    return found


def leaks(data: bytes, watched: Mapping[str, str]) -> Iterator[str]:
    """Each secret of `watched` (name -> value) that is in `data`, told without its value."""
    for name, secret in watched.items():
        for form, look in forms(secret).items():
            if look in data:
                yield f"{name} {form}"


def leaks_in(folder: Path, watched: Mapping[str, str]) -> Iterator[str]:
    """The same for every file below `folder` and for the files' names."""
    for number, file in enumerate(_files(folder)):
        if number >= MOST_FILES:
            return
        data = file.read_bytes() if file.stat().st_size <= LARGEST else b""
        for leak in leaks(os.fsencode(file.name) + b"\n" + data, watched):
            yield f"{leak} in {file.relative_to(folder)}"


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        if Path(parent).name == ".git":
            folders[:] = [name for name in folders if name != "objects"]  # deflated; the work tree has their contents
        for name in names if Path(parent).name != TOKEN_FOLDER else ():
            file = Path(parent, name)
            if name not in KEPT_SECRETS and file.is_file() and os.access(file, os.R_OK):
                yield file
