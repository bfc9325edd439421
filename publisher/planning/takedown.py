"""What is to be taken down, and whether that is allowed: two keys, the caps, the quota. Pure.

The first key is in the files: the post's file is gone (`delete`), or says something else (`replace`). The second is
the id, typed by a person; the command asks for it. A chain goes from its last part to its first, so that no reply
ever stands without what it answers.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from publisher.errors import PublisherError, Refused
from publisher.planning.actions import DeletePost
from publisher.planning.plan import Plan, PlannedPost
from publisher.planning.quota import Quotas
from publisher.planning.state import PartRecord, Phase, PostRecord, time_text
from publisher.planning.verdicts import Hold, Verdict, judge
from publisher.settings import PublishingSettings, Rules

BEGUN = "delete_at"  # of a part: when its deletion was begun; from then on its outcome is asked for
REPLACING = "replacing"  # of a post: its new words go out once the old ones are gone
REPLACED = "replaced"  # of a post: media ids of what it was before, never taken for a post of this run


def takedown_plan(plan: Plan, ids: Sequence[str], verdict: Verdict, quotas: Quotas | None = None) -> Plan:
    """The named posts, each with the deletions still to do. `plan` is the ordinary one of the same moment.

    Raises `PublisherError` for a name that nothing bears, `Refused` where the first key is missing.
    """
    known = {post.id: post for post in plan.posts}
    left = None if quotas is None or quotas.deletes is None else quotas.deletes.left
    posts = []
    for post_id in dict.fromkeys(ids):
        post = known.get(post_id)
        if post is None or post.record is None:
            raise PublisherError(f"no post on record is called {post_id}", code="E424", fix="publisher state list")
        post = _taken_down(post, post.record, verdict)
        if left is not None and len(post.actions) > left:
            reason = f"needs {len(post.actions)} of the deletions of 24 hours; {left} are left"
            post = replace(post, verdict=Verdict.HELD, hold=Hold.QUOTA, reason=reason, actions=())
        elif left is not None:
            left -= len(post.actions)
        posts.append(post)
    return replace(plan, posts=tuple(posts), quotas=quotas)


def deletions(plan: Plan) -> int:
    """How many objects this plan would take off the account."""
    return sum(isinstance(action, DeletePost) for post in plan.posts for action in post.actions)


def takedown_refusal(
    plan: Plan, rules: Rules, *, command: str, allow_deletes: int | None, paused: bool
) -> PublisherError | None:
    """Why nothing of this plan may be taken down, or None."""
    if paused:
        fix = "unset PUBLISHER_PAUSE, then run again"
        return Refused("PUBLISHER_PAUSE is set; nothing is taken down", code="E423", fix=fix)
    limit, count = (rules.max_deletes_per_run if allow_deletes is None else allow_deletes), deletions(plan)
    if count <= limit:
        return None
    return Refused(
        f"this run would delete {count} posts of the account; at most {limit} are allowed",
        code="E422",
        why="each part of a chain counts; what is deleted cannot be brought back",
        fix=f"if all of them are meant: publisher {command} --allow-deletes {count}",
    )


def unsendable(plan: Plan, rules: Rules, publishing: PublishingSettings) -> PublisherError | None:
    """A post to be replaced whose new words could not go out at once, or None: the old ones would leave a gap."""
    for post in plan.pending:
        if post.post is None or post.record is None:
            continue
        verdict = judge(post.post, reborn(post.record), twin=None, now=plan.now, rules=rules, publishing=publishing)
        if not verdict.sends:
            reason = f"{verdict.verdict.value}{f', {verdict.reason}' if verdict.reason else ''}"
            fix = f"change {post.path}, then: publisher replace {post.id}"
            return Refused(f"the new words of {post.id} could not go out now: {reason}", code="E448", fix=fix)
    return None


def delete_key(index: int) -> str:
    return f"part-{index}/delete"


def begun(record: PostRecord, index: int, now: datetime, *, replacing: bool) -> PostRecord:
    """The record with the intent to delete part `index`."""
    part = record.parts[index - 1]
    intent = replace(part, extra={**part.extra, BEGUN: time_text(now)})
    marked = {**record.extra, REPLACING: True} if replacing else record.extra
    return replace(record.with_part(index, intent), extra=marked)


def gone(record: PostRecord, index: int) -> PostRecord:
    """The record with part `index` as a tombstone; with the last of them, what was never sent never will be."""
    record = record.with_part(index, replace(record.parts[index - 1], phase=Phase.DELETED))
    if any(part.phase is Phase.PUBLISHED for part in record.parts):
        return record
    parts = tuple(part if part.phase.finished else replace(part, phase=Phase.SKIPPED) for part in record.parts)
    return replace(record, parts=parts)


def reborn(record: PostRecord) -> PostRecord:
    """Nothing of it is live any more, and its new words may go out under the same id."""
    old = [part.media_id for part in record.parts if part.media_id is not None]
    extra = {key: value for key, value in record.extra.items() if key != REPLACING}
    parts = (PartRecord(phase=Phase.PLANNED, fingerprint=record.parts[0].fingerprint),)
    return replace(record, parts=parts, extra={**extra, REPLACED: [*extra.get(REPLACED, ()), *old]})


def half_replaced(record: PostRecord) -> bool:
    """The old words are gone, the record of the new ones is not begun."""
    return bool(record.extra.get(REPLACING)) and not any(part.phase is Phase.PUBLISHED for part in record.parts)


def _taken_down(post: PlannedPost, record: PostRecord, verdict: Verdict) -> PlannedPost:
    if record.phase in (Phase.INTENT, Phase.UNBOUND, Phase.PARKED):
        raise Refused(
            f"what became of {post.id} is not settled",
            code="E446",
            why="what is not known to be live cannot be taken down",
            fix="publisher reconcile",
        )
    live = [index for index, part in enumerate(record.parts, start=1) if part.phase is Phase.PUBLISHED]
    unsent = REPLACED in record.extra and not record.finished  # the old words are gone, the new ones not out yet
    resumed = verdict is Verdict.REPLACE and (half_replaced(record) or unsent)
    if not live and not resumed:
        raise Refused(f"nothing of {post.id} is live", code="E425", fix=f"publisher state show {post.id}")
    if verdict is Verdict.DELETE and post.verdict is not Verdict.REMOVED:
        fix = f"remove {post.path}, then: publisher delete {post.id}"
        raise Refused(f"the file of {post.id} is still there", code="E444", fix=fix)
    if verdict is Verdict.REPLACE and (
        post.post is None or post.moved_from is not None or post.fingerprint == record.fingerprint
    ):
        fix = f"change its file, then: publisher replace {post.id}"
        raise Refused(f"the file of {post.id} says nothing new", code="E445", fix=fix)
    actions = tuple(
        DeletePost(delete_key(index), media_id)
        for index in reversed(live)
        if (media_id := record.parts[index - 1].media_id) is not None
    )
    return replace(post, verdict=verdict, hold=None, reason="", actions=actions, anew=())
