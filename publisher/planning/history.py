"""Records by id that stay as they were read until somebody asks for one: of a long history few ever are. Pure.

Only for what is as we wrote it, byte for byte; what anybody may have written is read whole at once (`state_json`).
"""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from publisher.content.fingerprint import named_in
from publisher.planning.overlay import overlay
from publisher.planning.record_json import post_from_json, post_json, unreadable
from publisher.planning.records import AT_REST, TAKEN_DOWN, PostRecord


class History(Mapping[str, PostRecord]):
    """`read` holds the document of a record until it is asked for, then the record; `where` is the place, for messages.

    What is asked of every record (`fingerprints`, `at_rest`, `chains`, `pointing_at`) is answered from the documents.
    """

    __slots__ = ("_read", "_where")

    def __init__(self, read: Mapping[str, Any], where: str) -> None:
        self._read = overlay(read)
        self._where = where

    def __getitem__(self, post_id: str) -> PostRecord:
        found = self._read[post_id]
        if isinstance(found, PostRecord):
            return found
        record = post_from_json(found, where=f"{self._where}: {post_id}")
        self._read.keep(post_id, record)
        return record

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)

    def __contains__(self, post_id: object) -> bool:
        return post_id in self._read

    def amended(self, changes: Mapping[str, PostRecord | None]) -> "History":
        return History(self._read.amended(changes), self._where)

    def renamed(self, names: Mapping[str, tuple[str, PostRecord]]) -> "History":
        return History(renamed(self._read, names), self._where)

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        try:
            for post_id, found in self._read.items():
                yield post_id, found.fingerprint if isinstance(found, PostRecord) else found["fingerprint"]
        except (KeyError, TypeError) as error:
            raise unreadable(self._where, f"{post_id} is no record ({error})") from None

    def at_rest(self, post_id: str) -> bool:
        found = self._read[post_id]
        if isinstance(found, PostRecord):
            return found.at_rest
        try:
            return all(part["phase"] in AT_REST and TAKEN_DOWN not in part for part in found["parts"])
        except (KeyError, TypeError) as error:
            raise unreadable(f"{self._where}: {post_id}", str(error)) from None

    def chains(self) -> Iterator[tuple[str, PostRecord]]:
        """Of the posts of several parts id and record; no record is made of the others."""
        for post_id in self._read:
            if self._parts(post_id) > 1:
                yield post_id, self[post_id]

    def pointing_at(self, names: Set[str]) -> Iterator[str]:
        """The ids of what points at one of these posts."""
        for post_id, found in self._read.items():
            try:
                if points_at(found, names):
                    yield post_id
            except (KeyError, TypeError, AttributeError) as error:
                raise unreadable(f"{self._where}: {post_id}", str(error)) from None

    def _parts(self, post_id: str) -> int:
        found = self._read[post_id]
        try:
            return len(found.parts if isinstance(found, PostRecord) else found["parts"])
        except (KeyError, TypeError) as error:
            raise unreadable(f"{self._where}: {post_id}", str(error)) from None

    def documents(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            post_id: post_json(found) if isinstance(found, PostRecord) else found
            for post_id, found in self._read.items()
        }


def points_at(found: Any, names: Set[str]) -> bool:
    """Whether a record, or the document of one, names one of these posts."""
    if isinstance(found, PostRecord):
        said = [found.fingerprint, *(part.fingerprint for part in found.parts)]
    else:
        said = [found["fingerprint"], *(part["fingerprint"] for part in found["parts"])]
    return any(not names.isdisjoint(named_in(one)) for one in said)


def renamed(records: Mapping[str, Any], names: Mapping[str, tuple[str, PostRecord]]) -> dict[str, Any]:
    """`records` with those of `names` (old id -> new id and record) in their places under their new ids."""
    new = {name for name, _ in names.values()}
    return dict(names.get(key, (key, found)) for key, found in records.items() if key in names or key not in new)
