"""Where media go so that Threads can fetch them: the seam. One module for each thing that fits it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a file lies now."""

    key: str  # "threads/9f86d0…a08.jpg"
    url: str  # what Threads will be given; may be signed: never print or record it
    uploaded: bool  # False: it was there already


class MediaStore(Protocol):
    def put(self, file: Path, *, sha256: str, content_type: str) -> Stored:
        """Make the bytes of `file` fetchable by Threads. The same bytes twice are harmless and not sent again.

        `sha256` is that of the file's bytes as they are to be stored. Raises `NotAllowed` (no such bucket, no
        permission, wrong key, wrong clock), `TryAgain` (network, DNS, server).
        """
        ...
