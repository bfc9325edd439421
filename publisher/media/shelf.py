"""From a file of the repository to a URL that Threads can fetch: prepared, stored, tried."""

from pathlib import Path

from publisher.content.look import Look, MediaFacts
from publisher.errors import InvalidContent
from publisher.media.fetchable import Check
from publisher.media.prepare import prepare
from publisher.media.stores.store import MediaStore
from publisher.planning.actions import UploadMedia
from publisher.repository import Repository


class MediaShelf:
    """Implements the loop's `Shelf`; each URL is tried once a run."""

    def __init__(self, repository: Repository, look: Look, store: MediaStore, check: Check, workdir: Path) -> None:
        self._repository = repository
        self._look = look
        self._store = store
        self._check = check
        self._workdir = workdir
        self._tried: set[str] = set()

    def url_for(self, action: UploadMedia) -> str:
        """Raises `InvalidContent` when the file is not what was planned, else what store and check raise."""
        facts = self._look(action.file)
        if not isinstance(facts, MediaFacts):
            raise InvalidContent(facts.message, code=facts.code, why=facts.why, fix=facts.fix)
        if facts.sha256 != action.sha256:
            raise InvalidContent(f"{action.file} has changed since it was planned", code="E333", fix="run again")
        ready = prepare(self._repository, action.file, facts, self._workdir)
        stored = self._store.put(ready.file, sha256=ready.sha256, content_type=ready.content_type)
        if stored.key not in self._tried:
            self._check(stored.url, ready.content_type, ready.file.stat().st_size)
            self._tried.add(stored.key)
        return stored.url
