"""What is known to have been done with one post: records of posts and of their parts, as values. Pure.

They hold no text, no URL of media, no token: hashes, ids and permalinks (the state branch may be public). Keys that a
newer minor version added are kept in `extra` and written back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

TAKEN_DOWN = "delete_at"  # extra of a part: when its deletion was begun; from then on its outcome is asked for
ADOPTED = "adopted_at"  # extra of a part: when a person said which live post it is
RESUMED = "resumed_at"  # extra of a part: when a person said that its chain goes on with it
NOT_LIVE = "not_live"  # extra of a part: the attempt that a person said came to nothing: "18079098539304490/1"


class Phase(StrEnum):
    """How far a part has got. It only moves forward, but for `planned` after a container died unpublished."""

    PLANNED = "planned"  # nothing irreversible was begun
    PREPARED = "prepared"  # a container exists; it was never offered for publishing
    INTENT = "intent"  # written before the publish call: from here on the outcome must be asked for
    PUBLISHED = "published"
    UNBOUND = "unbound"  # live, but its id is not known yet
    PARKED = "parked"  # waits for a person
    FAILED = "failed"  # refused for good, until the file changes
    SKIPPED = "skipped"  # present when the state was begun; not to be published
    DELETED = "deleted"  # tombstone

    @property
    def finished(self) -> bool:
        return self in (Phase.PUBLISHED, Phase.SKIPPED, Phase.DELETED)


AT_REST = frozenset((Phase.PUBLISHED, Phase.SKIPPED))


@dataclass(frozen=True, slots=True)
class PartRecord:
    """One Threads object and what is known of it."""

    phase: Phase
    fingerprint: str
    container: str | None = None  # creation_id: "18079098539304490"
    container_at: datetime | None = None  # when the container was made
    children: tuple[str, ...] = ()  # child containers, for diagnosis only
    attempt: int = 0  # publish calls begun on this container
    attempt_at: datetime | None = None  # when the last one was begun, by the server's clock
    watermark: tuple[str, ...] = ()  # newest ids of the feed before the first attempt
    media_type: str = "TEXT"  # how it was sent, for finding it again: TEXT, IMAGE, VIDEO, CAROUSEL, REPOST
    n_children: int = 0
    ghost: bool = False  # such a post may be in a list of its own
    text_sha256: str | None = None  # of the canonical text; None when the part has no text
    alts_sha256: str | None = None  # of the alt texts of its media, in any order, when it has no text
    reply_to: str | None = None  # media id
    quote: str | None = None  # media id
    repost: str | None = None  # media id of what is shown again
    media_id: str | None = None
    permalink: str | None = None
    published_at: datetime | None = None
    error: str | None = None  # why it failed: "E704 100/4279004"
    run: str | None = None  # which run wrote this: "9123/1"
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def dismissed(self) -> bool:
        """A person said of the last attempt that nothing came of it: the same container may be published again."""
        return self.attempt > 0 and self.extra.get(NOT_LIVE) == self._attempted

    @property
    def resumed_at(self) -> datetime | None:
        """When a person said that its chain goes on; None as well for what is no time with a zone."""
        try:
            moment = datetime.fromisoformat(self.extra.get(RESUMED))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None
        return moment if moment.tzinfo is not None else None

    def attempted(self, now: datetime) -> "PartRecord":
        """As it is known to be where its container went live: a state without that attempt is older than it."""
        return replace(self, attempt=1, attempt_at=self.container_at or now)

    def dismiss(self) -> "PartRecord":
        """A person says that nothing came of the last attempt. Its container stays: it could still go live (I1)."""
        return replace(self, phase=Phase.INTENT, extra={**self.extra, NOT_LIVE: self._attempted})

    @property
    def _attempted(self) -> str:
        return f"{self.container}/{self.attempt}"

    def anew(self) -> "PartRecord":
        """Back to the beginning: its container can never go live, or a person said that it did not."""
        return replace(
            self,
            phase=Phase.PLANNED,
            container=None,
            container_at=None,
            children=(),
            attempt=0,
            attempt_at=None,
            watermark=(),
            error=None,
        )


@dataclass(frozen=True, slots=True)
class PostRecord:
    """One post file and its parts; identity is the id, never the path."""

    path: str
    kind: str
    fingerprint: str
    parts: tuple[PartRecord, ...]
    commit: str | None = None
    due: datetime | None = None  # the publish_at of its file when it was begun: of equal words it tells which is which
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def phase(self) -> Phase:
        """That of the first unfinished part, else of the first one."""
        return next((part.phase for part in self.parts if not part.phase.finished), self.parts[0].phase)

    @property
    def finished(self) -> bool:
        return all(part.phase.finished for part in self.parts)

    @property
    def begun(self) -> bool:
        """Something irreversible was at least attempted."""
        return any(part.attempt or part.phase is Phase.PUBLISHED for part in self.parts)

    @property
    def dismissed(self) -> bool:
        """A person said that nothing came of the attempt that is open: the next run sends it."""
        return any(part.dismissed and not part.phase.finished for part in self.parts)

    @property
    def opens(self) -> bool:
        """A call that cannot be undone may follow what it says: an attempt or a deletion is open."""
        return any(
            part.phase is Phase.INTENT or (part.phase is Phase.PUBLISHED and TAKEN_DOWN in part.extra)
            for part in self.parts
        )

    @property
    def at_rest(self) -> bool:
        """All of it is live, or never to be sent, and nothing of it is being taken down."""
        return all(part.phase in AT_REST and TAKEN_DOWN not in part.extra for part in self.parts)

    def wanted(self, parts: int) -> "PostRecord":
        """Without what its file lost since and nobody ever tried to publish; the file has `parts` parts."""
        begun = (part for part in self.parts[parts:] if part.attempt or part.phase.finished)
        return replace(self, parts=(*self.parts[:parts], *begun))

    def target(self, post_id: str, index: int) -> str:
        """Part `index` (from 1) as a person types it: "launch", or "launch#2" where there are several."""
        return post_id if len(self.parts) == 1 else f"{post_id}#{index}"

    def with_part(self, index: int, part: PartRecord) -> "PostRecord":
        """The record with part `index` (from 1) replaced."""
        return replace(self, parts=(*self.parts[: index - 1], part, *self.parts[index:]))
