"""One post on its way: what is recorded of it, and what this run has done and seen so far. Frozen; pure.

`record` is what survives a crash. `work` is this run's own, about the part in hand, and begins empty: losing it costs
calls, never a post.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from publisher.content.post import Part, Post
from publisher.planning.actions import Action, CreateContainer, Ref, UploadMedia
from publisher.planning.containers import container_key, media_type
from publisher.planning.plan import PlannedPost
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.publishing.match import alts_hash, text_hash
from publisher.publishing.problem import Problem
from publisher.publishing.resolve import Status
from publisher.publishing.rivals import Rival
from publisher.threads_api.media import Media


@dataclass(frozen=True, slots=True)
class Child:
    """One container of a carousel."""

    container: str
    made_at: datetime
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A container's status, read after the last attempt."""

    status: Status
    at: datetime
    error: str | None = None  # error_message


@dataclass(frozen=True, slots=True)
class Sight:
    """What the account's lists showed, read after `Look`."""

    matches: tuple[str, ...]
    newest: tuple[str, ...]  # ids of the list's head: the watermark of the next attempt
    at: datetime | None = field(default=None, compare=False)  # when they were read
    found: Mapping[str, Media] = field(default_factory=dict, compare=False)  # the matches
    rivals: Mapping[str, Rival] = field(default_factory=dict, compare=False)  # match -> other part that it could be

    def disputed(self, media_id: str) -> bool:
        return media_id in self.rivals and self.rivals[media_id].disputes


@dataclass(frozen=True, slots=True)
class Work:
    """This run's view of the part in hand."""

    children: tuple[Child, ...] = ()
    look: Look | None = None
    sight: Sight | None = None
    not_before: datetime | None = None  # nothing is done for the part until then
    asking_since: datetime | None = None  # when its status was first asked for
    published_since: datetime | None = None  # when PUBLISHED was first seen
    tries: int = 0  # failed tries in a row
    rebuilds: int = 0  # containers made again after one went bad
    vanished: int = 0  # containers made again after one was gone
    attempts: int = 0  # publish calls in this run
    certain: bool = True  # every one of them was answered "not found (yet)", or was never sent
    armed: bool = False  # the intent for this very call is durable
    barred: Problem | None = None  # Meta said that this account may not: no further attempt in this run


@dataclass(frozen=True, slots=True)
class Ended:
    """Where this run leaves the post."""

    outcome: str  # of schemas/output.json: "published", "held", "failed", "unknown"
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """A planned post under way."""

    id: str
    post: Post | None  # None: its file is gone, only what was begun is settled
    actions: tuple[Action, ...]
    record: PostRecord
    results: Mapping[str, str] = field(default_factory=dict)  # of uploads and offers, by action key
    work: Work = field(default_factory=Work)
    ended: Ended | None = None
    gone: bool = False  # its file was removed, so that nobody wants it sent any more

    @classmethod
    def start(cls, planned: PlannedPost, *, commit: str | None) -> "Journey":
        actions = (*planned.actions, *planned.anew)
        journey = cls(planned.id, planned.post, actions, new_record(planned, commit=commit), gone=file_gone(planned))
        return journey if journey._points_as_planned() else journey.with_anew()

    # --- the part in hand -------------------------------------------------------------------------------------

    @property
    def index(self) -> int:
        """Of the first part that is not live, from 1."""
        return next(number for number, part in enumerate(self.record.parts, start=1) if not part.phase.finished)

    @property
    def part(self) -> PartRecord:
        return self.record.parts[self.index - 1]

    @property
    def source(self) -> Part | None:
        """What the file says of it; None where the file, or this part of it, is gone."""
        return self.post.parts[self.index - 1] if self.post is not None and self.index <= len(self.post.parts) else None

    @property
    def root_settled(self) -> bool:
        """Those behind it in the plan may go: its first part is live, or it goes no further in this run."""
        return self.ended is not None or self.record.parts[0].phase.finished

    @property
    def in_doubt(self) -> bool:
        """An intent of it is open."""
        return not self.record.finished and self.part.phase is Phase.INTENT

    def create(self, key: str) -> CreateContainer | None:
        """None where what the post points at was not known when a begun post was planned."""
        creates = (action for action in self.actions if isinstance(action, CreateContainer))
        return next((action for action in creates if action.key == key), None)

    def _points_as_planned(self) -> bool:
        """Whether a container that waits points at what the plan does: its target may have been replaced since."""
        part, create = self.part, self.create(container_key(self.index))
        if part.phase is not Phase.PREPARED or create is None:
            return True
        both = ((create.quote, part.quote), (create.reply_to, part.reply_to))
        return all(made == to or (isinstance(to, Ref) and to.post is None) for to, made in both)

    def children_to_make(self) -> tuple[CreateContainer, ...]:
        prefix = f"part-{self.index}/child-"
        return tuple(
            action for action in self.actions if isinstance(action, CreateContainer) and action.key.startswith(prefix)
        )

    def uploads_missing(self) -> tuple[UploadMedia, ...]:
        """Of every part still to be made: a chain must not break half way for a picture."""
        made = {f"part-{number}/" for number, part in enumerate(self.record.parts, start=1) if part.container}
        return tuple(
            action
            for action in self.actions
            if isinstance(action, UploadMedia)
            and action.key not in self.results
            and not any(action.key.startswith(prefix) for prefix in made)
        )

    # --- how it changes ---------------------------------------------------------------------------------------

    def with_work(self, **changes: object) -> "Journey":
        return replace(self, work=replace(self.work, **changes))  # type: ignore[arg-type]

    def with_part(self, **changes: object) -> "Journey":
        part = replace(self.part, **changes)  # type: ignore[arg-type]
        return replace(self, record=self.record.with_part(self.index, part))

    def with_anew(self) -> "Journey":
        """With a part in hand that has no container; the old one was never attempted."""
        return replace(self, record=self.record.with_part(self.index, self.part.anew()))

    def with_result(self, key: str, result: str) -> "Journey":
        return replace(self, results={**self.results, key: result}, work=replace(self.work, tries=0))

    def ending(self, outcome: str, problem: Problem | None = None) -> "Journey":
        return replace(self, ended=Ended(outcome, problem))

    def made(self, container: str, now: datetime) -> "Journey":
        """The container of the part in hand exists; nothing of it shows anywhere."""
        children = tuple(child.container for child in self.work.children)
        return self.with_part(container=container, container_at=now, children=children, attempt=0).with_work(
            tries=0, look=None, asking_since=None
        )

    def in_question(self, now: datetime) -> "Journey":
        """Its container went live, and no attempt is on record: its outcome is asked for like that of any other."""
        part = replace(self.part.attempted(now), phase=Phase.INTENT)
        return replace(self, record=self.record.with_part(self.index, part))

    def without_container(self) -> "Journey":
        """Back to the beginning of the part: its container can never go live.

        The next one is made of what the file says by now, and the record says the same: its post is found by that.
        """
        post, record = self.post, self.with_anew().record
        if post is not None and self.source is not None and self.source.repost is None and self.part.repost is None:
            record = record.with_part(self.index, _part_record(self.source, record))
            due = post.publish_at if self.index == 1 else record.due
            record = replace(record, fingerprint=told_by(post, record.parts, record), due=due)
        return replace(self, record=record, work=Work(rebuilds=self.work.rebuilds + 1))

    def rebuilt(self, *, children_only: bool, vanished: bool) -> "Journey":
        """Without containers that were never attempted, or without the children of one not made yet."""
        rebuilds, gone = self.work.rebuilds + (not vanished), self.work.vanished + vanished
        if children_only:
            return self.with_work(children=(), tries=0, asking_since=None, rebuilds=rebuilds, vanished=gone)
        return self.without_container().with_work(rebuilds=rebuilds, vanished=gone)

    def live(self, media_id: str, at: datetime, permalink: str | None = None) -> "Journey":
        """The part in hand is live; the next one becomes the part in hand."""
        done = self.with_part(
            phase=Phase.PUBLISHED, media_id=media_id, published_at=at, permalink=permalink, error=None
        )
        ended = Ended("published") if done.record.finished else None
        return replace(done, work=Work(), ended=ended)


def file_gone(planned: PlannedPost) -> bool:
    """Its file was removed: it is not merely unreadable now, nor there with words that wait for what was begun."""
    return planned.post is None and not planned.broken and not planned.parts


def new_record(planned: PlannedPost, *, commit: str | None) -> PostRecord:
    """What is known, completed by what the file says of the parts not begun."""
    known = planned.record
    if planned.post is None:
        if known is None:
            raise ValueError(f"{planned.id} has neither a file nor a record")
        return known
    parts = tuple(_part_record(part, known) for part in planned.post.parts)
    if known is not None and len(known.parts) > len(parts):
        # The file lost parts since: what was begun of them stays recorded.
        parts += tuple(part for part in known.parts[len(parts) :] if part.attempt or part.phase.finished)
    return PostRecord(
        path=planned.path,
        kind=planned.kind,
        fingerprint=told_by(planned.post, parts, known),
        parts=parts,
        commit=commit or (known.commit if known else None),
        due=known.due if known is not None and known.begun else planned.post.publish_at,
        extra=known.extra if known else {},
    )


def told_by(post: Post, parts: Sequence[PartRecord], known: PostRecord | None) -> str:
    """The file's; where something was begun with other words, that of before: moves and twins are told by it."""
    as_filed = [part.fingerprint for part in parts] == [part.fingerprint for part in post.parts]
    return post.fingerprint if as_filed or known is None else known.fingerprint


def _part_record(part: Part, known: PostRecord | None) -> PartRecord:
    old = known.parts[part.index - 1] if known is not None and part.index <= len(known.parts) else None
    if old is not None and (old.attempt or old.phase.finished):
        return old  # finished as it was begun
    if old is not None and old.phase is Phase.PREPARED and old.fingerprint == part.fingerprint:
        return old
    return PartRecord(
        phase=Phase.PLANNED,
        fingerprint=part.fingerprint,
        media_type=media_type(part) if part.repost is None else "REPOST",
        n_children=len(part.media) if len(part.media) > 1 else 0,
        ghost=part.ghost,
        text_sha256=text_hash(part.text),
        alts_sha256=alts_hash(item.alt for item in part.media) if text_hash(part.text) is None else None,
        extra=old.extra if old is not None else {},
    )
