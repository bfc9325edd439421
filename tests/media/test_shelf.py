"""From a file of the repository to an address that was tried; nothing else than what was planned."""

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.content.look import MediaFacts
from publisher.errors import InvalidContent
from publisher.media.fetchable import Check
from publisher.media.probe import Probe
from publisher.media.shelf import MediaShelf
from publisher.planning.actions import UploadMedia
from publisher.repository import Repository
from tests.media.fakes import MemoryStore, encoded, picture


def shelf(tmp_path: Path, check: Check) -> tuple[MediaShelf, UploadMedia, MemoryStore]:
    (tmp_path / "cat.jpg").write_bytes(encoded(picture(), private=True))
    repository, store = Repository(tmp_path), MemoryStore()
    probe = Probe(repository)
    facts = probe("cat.jpg")
    assert isinstance(facts, MediaFacts)
    action = UploadMedia("part-1/media-1", "cat.jpg", facts.sha256, "image")
    return MediaShelf(repository, probe, store, check, tmp_path / "work"), action, store


def test_a_file_becomes_a_url_that_was_tried_once(tmp_path: Path) -> None:
    tried: list[str] = []
    ready, action, store = shelf(tmp_path, lambda url, content_type, size: tried.append(url))
    assert ready.url_for(action) == ready.url_for(action)
    assert len(tried) == len(store.objects) == 1


def test_other_bytes_than_were_planned_are_never_stored(tmp_path: Path) -> None:
    ready, action, store = shelf(tmp_path, lambda url, content_type, size: None)
    with pytest.raises(InvalidContent, match="changed since") as caught:
        ready.url_for(replace(action, sha256="0" * 64))
    assert caught.value.code == "E333"
    assert not store.objects
