"""Posts and state in, a plan out: which actions are still to do, in which order, and why the rest waits.

Pure: no file, no clock, no network. `publishing` carries plans out, `report` shows them. Level-triggered: what the
files want against what the state knows, never what changed in a push.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import chain, count
from typing import Any

from publisher.content.post import Part, Post, Reference
from publisher.planning.actions import ACTION_TYPES, Action, DeletePost, PublishContainer, Ref, Repost
from publisher.planning.containers import attempted_actions, pending_actions, publish_key, settling
from publisher.planning.matching import never_begun, repeats_itself, said_again
from publisher.planning.moves import (
    Loose,
    Names,
    after_moves,
    gone_from,
    loose_of,
    names_of,
    renames_of,
    said_by,
)
from publisher.planning.order import in_order
from publisher.planning.quota import Quota, Quotas, Room
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.targets import still_to_make, targets_of
from publisher.planning.tombstones import half_replaced
from publisher.planning.verdicts import (
    RESTING,
    Hold,
    Judged,
    Verdict,
    as_filed,
    in_doubt,
    judge,
    judge_another,
    judge_broken,
    judge_redated,
    judge_removed,
    judge_repeated,
    judge_said_elsewhere,
    judge_shifted,
    judge_spent,
    recent,
    says_the_same,
    shifted,
)
from publisher.settings import AccountSettings, PublishingSettings, Rules


@dataclass(frozen=True, slots=True)
class PlanInput:
    """All that a plan depends on; the same input gives the same plan and the same digest."""

    posts: tuple[Post, ...]  # valid ones of this account
    state: State
    now: datetime  # the server's clock, UTC
    account: AccountSettings
    rules: Rules = field(default_factory=Rules)
    publishing: PublishingSettings = field(default_factory=PublishingSettings)
    broken: frozenset[str] = frozenset()  # ids whose file is there but not valid
    permalinks: Mapping[str, str | None] | None = (
        None  # permalink -> media id, None: sought and not found; None: offline
    )
    quotas: Quotas | None = None  # None: not asked (offline)
    only: frozenset[str] | None = None  # ids named on the command line; None: all


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """What is to become of one post."""

    id: str
    path: str
    account: str
    kind: str
    verdict: Verdict
    fingerprint: str
    reason: str = ""
    hold: Hold | None = None  # for what a post that is not sent waits
    fix: str = ""  # what a person does about it, where that is known here
    parts: tuple[Part, ...] = ()
    actions: tuple[Action, ...] = ()  # pending ones
    post: Post | None = None  # None: its file is gone, or not valid
    record: PostRecord | None = None
    moved_from: str | None = None
    anew: tuple[Action, ...] = ()  # for parts already attempted, should their containers turn out to be dead
    broken: bool = False  # its file is there, and no valid post
    instead: tuple[Action, ...] = ()  # what `replace` would send in the place of what is live
    unclear: bool = False  # see `Names`

    @property
    def pending(self) -> bool:
        return bool(self.actions)

    @property
    def may_be_ended(self) -> bool:
        """By `--abandon`: some of it is still to go out, and it is nobody else's."""
        return self.record is not None and self.record.begun and not self.record.finished and not self.unclear


@dataclass(frozen=True, slots=True)
class Plan:
    """One value that is printed, reviewed, hashed, counted against quotas, refused or carried out."""

    account: str
    endpoint: str
    posts: tuple[PlannedPost, ...]  # in the order in which they go out
    quotas: Quotas | None
    now: datetime
    user_id: str | None = None
    resting: tuple[str, ...] = ()  # ids of what is done with and whose files are gone: `removed`, and nothing to do
    records: Mapping[str, PostRecord] = field(default_factory=dict, repr=False, compare=False)  # of these, or more
    renames: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # old id -> new id and path: not written yet
    unclear: frozenset[str] = frozenset()  # see `Names`

    @property
    def everything(self) -> tuple[PlannedPost, ...]:
        """Those at rest, which of a long history are made only when somebody wants to see them, and `posts`."""
        resting = (
            _without_post(post_id, self.records[post_id], RESTING, account=self.account) for post_id in self.resting
        )
        return (*resting, *self.posts)

    @property
    def pending(self) -> tuple[PlannedPost, ...]:
        return tuple(post for post in self.posts if post.pending)

    @property
    def digest(self) -> str:
        """Hash over the pending actions and fingerprints; equal digests mean the same deeds."""
        deeds = [[post.id, post.fingerprint, [action_json(action) for action in post.actions]] for post in self.pending]
        compact = json.dumps([self.account, self.endpoint, deeds], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(compact.encode()).hexdigest()

    @property
    def summary(self) -> dict[str, int]:
        """How many posts have each verdict, most telling first."""
        counts = Counter(post.verdict for post in self.posts)
        counts[Verdict.REMOVED] += len(self.resting)
        return {verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]}

    @property
    def new(self) -> int:
        """Posts of which nothing is live yet and that this plan would send."""
        return sum(post.record is None or not post.record.begun for post in self.pending)

    @property
    def quota(self) -> dict[str, Quota] | None:
        """Use and limit as asked, with what this plan adds."""
        if self.quotas is None:
            return None
        costs = [cost(post) for post in self.pending]
        posts, replies = sum(posts for posts, _ in costs), sum(replies for _, replies in costs)
        deletes = sum(isinstance(action, DeletePost) for post in self.pending for action in post.actions)
        return self.quotas.with_planned(posts=posts, replies=replies, deletes=deletes)


def make_plan(given: PlanInput) -> Plan:
    """Judge every post, put them in order, and give the quota to the first that ask."""
    present = frozenset(post.id for post in given.posts) | given.broken
    names = names_of(given.posts, given.state, given.broken)
    renames = renames_of(given.posts, names)
    given = replace(given, state=after_moves(given.state, renames)[0])
    name, records = given.account.name, given.state.posts
    resting, stirring = gone_from(given.state, present)
    twins = recent(given.state, present, given.now)
    loose = loose_of(given.posts, given.state, given.now)
    judged = {post.id: _judged(post, names, twins, loose, given, present) for post in given.posts}
    planned = [_planned(post, judged, twins, given, names) for post in in_order(given.posts, given.state)]
    removed = [_without_post(key, records[key], judge_removed(records[key]), account=name) for key in stirring]
    broken = [
        _without_post(key, records[key], judge_broken(records[key]), account=name, broken=True)
        for key in records
        if key in given.broken and key not in judged  # the broken file may be another account's
    ]
    return Plan(
        account=name,
        endpoint=given.state.endpoint,
        posts=_let_through([*removed, *broken, *_resumed_first(planned)], given.quotas),
        quotas=given.quotas,
        now=given.now,
        user_id=given.state.user_id,
        resting=resting,
        records=records,
        renames=renames,
        unclear=names.unclear,
    )


def cost(post: PlannedPost) -> tuple[int, int]:
    """How many posts and replies of the quota a post's pending actions need."""
    publishes = [action for action in post.actions if isinstance(action, PublishContainer | Repost)]
    answers = {part.index for part in post.parts if part.index > 1 or part.reply_to is not None}
    replies = sum(any(action.key == publish_key(index) for index in answers) for action in publishes)
    return len(publishes) - replies, replies


def action_json(action: Action) -> dict[str, Any]:
    """An action as printed and hashed: its type, its key, and what it would send."""
    facts = {key: value for key, value in asdict(action).items() if value not in (None, (), [])}
    if "params" in facts:
        facts["params"] = dict(facts["params"])
    return {"type": ACTION_TYPES[type(action)], **facts}


def _judged(
    post: Post,
    names: Names,
    twins: Mapping[str, str],
    loose: Loose,
    given: PlanInput,
    present: frozenset[str],
) -> Judged:
    record, moved_from = given.state.posts.get(post.id), names.moves.get(post.id)
    if moved_from is not None and record is not None and record.finished:
        reason = f"was {moved_from}; recorded under its new name, not posted again"
        if post.allow_repeat:
            reason += "; to repeat it, write it into a new file, with a publish_at after that"
        return Judged(Verdict.MOVED, reason)
    if (
        record is not None
        and record.finished
        and (asked := _other_s(post, record, names, given.state, present)) is not None
    ):
        return asked
    if record is not None:
        record = record.wanted(len(post.parts))
    new = record is None or not (record.begun or record.finished)
    twin = twins.get(post.fingerprint) if new and post.id not in names.taken else None
    judged = judge(post, record, twin=twin, now=given.now, rules=given.rules, publishing=given.publishing)
    too_late = judged.verdict is Verdict.LATE and judged.hold is Hold.PERSON  # with a new time it would go out
    if not (new and (judged.sends or too_late)):
        return judged
    elsewhere = names.taken.get(post.id) or said_by(post, names, loose)
    if elsewhere is None or said_again(post, given.state.posts[elsewhere]):
        return judged
    return judge_said_elsewhere(post.id, elsewhere, given.state.posts[elsewhere], taken=elsewhere in present)


def _other_s(post: Post, record: PostRecord, names: Names, state: State, present: frozenset[str]) -> Judged | None:
    """The verdict where the file may be another one that took the name of what went out."""
    if post.id not in names.first:
        put_away = f"publisher state mv {post.id} {_free_name(post.id, state, present)}"
        if record.phase is Phase.DELETED and not half_replaced(record) and not as_filed(record, post):
            return judge_spent(put_away)
        sent = record.due is not None or record.phase is Phase.PUBLISHED  # of a baseline nobody knows when it was due
        if record.at_rest and sent and repeats_itself(post, state):
            return judge_repeated(put_away)
        return None
    first = names.first[post.id]
    fix = f"publisher state mv {names.taken[first]} {first}"
    if not never_begun(state, first):
        fix = f"publisher state mv {first} {_free_name(first, state, present)}"
    if post.id in names.taken:
        return judge_another(post.id, names.taken[post.id], fix)
    if as_filed(record, post) and post.publish_at != record.due:
        return judge_redated(post.id, first, fix)
    return None


def _free_name(post_id: str, state: State, present: frozenset[str]) -> str:
    """Under which a record may stay that has no file any more."""
    names = (f"{post_id}-removed{number}" for number in chain([""], count(2)))
    return next(name for name in names if name not in present and name not in state.posts)


def _planned(
    post: Post, judged: dict[str, Judged], twins: Mapping[str, str], given: PlanInput, names: Names
) -> PlannedPost:
    """The post with its verdict; `judged` is updated, because a post held here holds those that point at it."""
    verdict = judged[post.id]
    record, moved_from = given.state.posts.get(post.id), names.moves.get(post.id)
    held = _kept_back(post, record, verdict, given)
    targets: dict[Reference, Ref | str] = {}
    missing: Judged | None = None
    replaceable = moved_from is None and _replaceable(post, record)
    if replaceable or (verdict.sends and held is None):
        targets, missing = _targets(post.references(), judged, given, names)
    if verdict.sends and held is None and missing is not None:
        targets, held = _targets(still_to_make(post, record), judged, given, names)
    if held is not None:
        if record is not None and in_doubt(record):
            return _only_settled(post, record, moved_from, f"{held.reason}; what was begun is settled first")
        judged[post.id] = verdict = held
    actions: tuple[Action, ...] = ()
    anew: tuple[Action, ...] = ()
    instead: tuple[Action, ...] = ()
    defaults = dict(given.account.defaults)
    if replaceable and missing is None:
        instead = pending_actions(post, None, targets=targets, defaults=defaults)
    if verdict.sends:
        actions = pending_actions(post, record, targets=targets, defaults=defaults)
        if missing is None and _may_begin_anew(post, record, twins, given):
            anew = attempted_actions(post, record, targets=targets, defaults=defaults)
    return PlannedPost(
        id=post.id,
        path=post.path,
        account=post.account,
        kind=post.kind.value,
        verdict=verdict.verdict,
        fingerprint=post.fingerprint,
        reason=verdict.reason,
        hold=verdict.hold,
        fix=verdict.fix,
        parts=post.parts,
        actions=actions,
        post=post,
        record=record,
        moved_from=moved_from,
        anew=anew,
        instead=instead,
        unclear=post.id in names.unclear,
    )


def _targets(
    references: Iterable[Reference], judged: Mapping[str, Judged], given: PlanInput, names: Names
) -> tuple[dict[Reference, Ref | str], Judged | None]:
    return targets_of(references, judged, given.state, given.permalinks, given.broken, names.unclear)


def _may_begin_anew(post: Post, record: PostRecord | None, twins: Mapping[str, str], given: PlanInput) -> bool:
    """Whether what was begun in vain may have a new container: as any new post, unless its first part is live."""
    if record is not None and record.parts[0].phase.finished:
        return True
    twin = twins.get(post.fingerprint)
    twin = None if record is not None and twin == post.id else twin
    return judge(post, None, twin=twin, now=given.now, rules=given.rules, publishing=given.publishing).sends


def _kept_back(post: Post, record: PostRecord | None, judged: Judged, given: PlanInput) -> Judged | None:
    """Why nothing more of it is sent, although `judged` would: as its file is now, or because others were named."""
    if record is not None and (judged.sends or judged.verdict is Verdict.EDITED):
        why = shifted(record, post)
        if why is not None:
            return judge_shifted(why)
    if judged.sends and post.draft:
        return Judged(Verdict.DRAFT, "a draft by now; what is live of it stays live")
    if judged.sends and given.only is not None and post.id not in given.only:
        return Judged(Verdict.HELD, "not named on the command line", Hold.NOT_NAMED)
    return None


def _only_settled(post: Post, record: PostRecord, moved_from: str | None, reason: str) -> PlannedPost:
    """What was begun of it is settled, before anything new goes out (I5); nothing else of it is sent."""
    judged = Judged(Verdict.RESUME, reason, sends=True)
    settled = _without_post(post.id, replace(record, path=post.path), judged, account=post.account)
    return replace(settled, parts=post.parts, moved_from=moved_from)


def _replaceable(post: Post, record: PostRecord | None) -> bool:
    """Live, or begun, with other words than the file's: what `replace` is for."""
    return record is not None and (not as_filed(record, post) or half_replaced(record))


def _without_post(key: str, record: PostRecord, judged: Judged, *, account: str, broken: bool = False) -> PlannedPost:
    """What is on record, and whose file is gone or not valid."""
    return PlannedPost(
        id=key,
        path=record.path,
        account=account,
        kind=record.kind,
        verdict=judged.verdict,
        fingerprint=record.fingerprint,
        reason=judged.reason,
        hold=judged.hold,
        actions=tuple(_open_attempts(record)) if judged.sends else (),
        record=record,
        broken=broken,
    )


def _open_attempts(record: PostRecord) -> Iterator[Action]:
    """What was begun, as an action: it is settled, also when its file is gone."""
    for index, part in enumerate(record.parts, start=1):
        if part.attempt and not part.phase.finished:
            yield settling(index, part)


def _resumed_first(planned: list[PlannedPost]) -> list[PlannedPost]:
    """What was begun goes before what is new: open intents are settled before another one is written."""
    return sorted(planned, key=lambda post: not (post.pending and post.record is not None and post.record.begun))


def _let_through(planned: list[PlannedPost], quotas: Quotas | None) -> tuple[PlannedPost, ...]:
    """Hold, in order and chains whole, what says the same as one before it or what the quota cannot take, and what
    points at it."""
    room = Room.of(quotas)
    said: dict[str, str] = {}  # fingerprint -> id of the first
    held: set[str] = set()
    result: list[PlannedPost] = []
    for planned_post in planned:
        post = planned_post
        if post.pending:
            posts, replies = cost(post)
            waits_for = _refers_to(post, held)
            first = said.setdefault(post.fingerprint, post.id)
            begun = post.record is not None and post.record.begun
            if waits_for is not None:
                post = _held(post, f"waits until {waits_for} is live", Hold.OTHER_POST)
            elif first != post.id and not begun and post.post is not None and not post.post.allow_repeat:
                post = _held(post, says_the_same(first), Hold.PERSON)
            elif not room.take(posts=posts, replies=replies) and not begun:
                post = _held(post, room.full_text(posts=posts, replies=replies), Hold.QUOTA)
            if not post.pending:
                held.add(post.id)
        result.append(post)
    return tuple(result)


def _refers_to(post: PlannedPost, held: set[str]) -> str | None:
    references = post.post.references() if post.post is not None else ()
    return next((item.value for item in references if item.type == "post" and item.value in held), None)


def _held(post: PlannedPost, reason: str, hold: Hold) -> PlannedPost:
    return replace(post, verdict=Verdict.HELD, reason=reason, hold=hold, actions=())
