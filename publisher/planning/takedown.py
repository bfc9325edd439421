"""What is to be taken down, and whether that is allowed: two keys, the caps, the quota. Pure.

The first key is in the files: the post's file is gone (`delete`), or says something else (`replace`). The second is
the id, typed by a person; the command asks for it. A chain goes from its last part to its first, so that no reply
ever stands without what it answers.
"""

from collections.abc import Sequence
from dataclasses import replace

from publisher.errors import PublisherError, Refused
from publisher.planning.actions import Action, CreateContainer, DeletePost, PublishContainer, Ref, Repost
from publisher.planning.plan import Plan, PlannedPost, cost
from publisher.planning.quota import Quotas, Room
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import REPLACED, half_replaced, reborn
from publisher.planning.verdicts import Hold, Judged, Verdict, as_filed, in_doubt, judge, recent
from publisher.settings import PublishingSettings, Rules


def takedown_plan(plan: Plan, ids: Sequence[str], verdict: Verdict, quotas: Quotas | None = None) -> Plan:
    """The named posts: the deletions still to do and, for `replace`, what goes out in their place, in one value.

    `plan` is the ordinary one of the same moment. What the quota cannot take is held, a post whole: its deletions as
    well as its new words.

    Raises `PublisherError` for a name that nothing bears, `Refused` where the first key is missing.
    """
    known = {post.id: post for post in plan.everything}
    left = None if quotas is None or quotas.deletes is None else quotas.deletes.left
    room = Room.of(quotas)
    posts = []
    if verdict is Verdict.REPLACE and (open_one := _in_doubt_beside(plan, ids)) is not None:
        raise Refused(
            f"what became of {open_one} is not settled",
            code="E446",
            why="new words beside it would go out before it",
            fix="publisher publish   which settles it first",
        )
    for post_id in dict.fromkeys(ids):
        post = known.get(post_id)
        if post is None or post.record is None:
            raise PublisherError(f"no post on record is called {post_id}", code="E424", fix="publisher state list")
        if verdict is Verdict.DELETE and post_id in plan.unclear:
            raise Refused(
                f"it is not clear which post {post_id} is",
                code="E446",
                why="a file of another name says what went out under this one, and may be that post",
                fix="publisher plan   which says what settles it",
            )
        post = _taken_down(post, post.record, verdict)
        number, (new, replies) = _deletions(post), cost(post)
        if left is not None and number > left:
            post = _short(post, f"needs {number} of the deletions of 24 hours; {left} are left")
        elif not room.take(posts=new, replies=replies):
            post = _short(post, room.full_text(posts=new, replies=replies))
        elif left is not None:
            left -= number
        posts.append(post)
    return replace(plan, posts=tuple(posts), quotas=quotas, resting=())


def deletions(plan: Plan) -> int:
    """How many objects this plan would take off the account."""
    return sum(_deletions(post) for post in plan.posts)


def after_deletion(post: PlannedPost, record: PostRecord) -> PlannedPost:
    """The second half of a post that is replaced: `record` is what the first half has left of it."""
    actions = tuple(action for action in post.actions if not isinstance(action, DeletePost))
    return replace(post, actions=actions, record=record)


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
    twins = _said_elsewhere(plan)
    goes = {action.media_id for post in plan.posts for action in post.actions if isinstance(action, DeletePost)}
    for post in plan.posts:
        if post.post is None or post.record is None or post.hold is not None:
            continue
        new, twin = reborn(post.record), twins.get(post.post.fingerprint)
        verdict = judge(post.post, new, twin=twin, now=plan.now, rules=rules, publishing=publishing)
        if not verdict.sends or _waits_for_another(post):
            reason = "it points at a post that is not live" if verdict.sends else _told(verdict)
            fix = f"change {post.path}, then: publisher replace {post.id}"
            return Refused(f"the new words of {post.id} could not go out now: {reason}", code="E448", fix=fix)
        if goes.intersection(_pointed_at(post)):
            what = f"the new words of {post.id} could not go out now: they point at what this run would take down"
            fix = f"replace first what they point at, or change {post.path}; then: publisher replace {post.id}"
            return Refused(what, code="E448", fix=fix)
    return None


def delete_key(index: int) -> str:
    return f"part-{index}/delete"


def _said_elsewhere(plan: Plan) -> dict[str, str]:
    """Fingerprint -> id of what went out not long ago, says what this plan would send, and stays.

    Its file may be gone: unlike a new post, one that has a record of its own is never that file under a new name.
    """
    known = State(lineage="", account=plan.account, endpoint=plan.endpoint, posts=plan.records)
    words = {post.fingerprint for post in plan.posts if post.post is not None}
    goes = {post.id for post in plan.posts if post.hold is None}
    alike = (key for key, said in known.fingerprints() if said in words and key not in goes)
    stay = frozenset(key for key in alike if known.posts[key].phase is not Phase.DELETED)
    return recent(known, stay, plan.now)


def _in_doubt_beside(plan: Plan, ids: Sequence[str]) -> str | None:
    """Another post whose outcome is asked for before anything new goes out (I5)."""
    others = ((post.id, post.record) for post in plan.posts if post.id not in ids)
    return next((post_id for post_id, record in others if record is not None and in_doubt(record)), None)


def _told(judged: Judged) -> str:
    return f"{judged.verdict.value}, {judged.reason}" if judged.reason else judged.verdict.value


def _waits_for_another(post: PlannedPost) -> bool:
    """Its new words quote or answer what is not live yet, or was not found."""
    return not sends(post) or any(isinstance(target, Ref) and target.post is not None for target in _pointed_at(post))


def _pointed_at(post: PlannedPost) -> list[Ref | str | None]:
    """What its new words quote, answer or repost."""
    targets: list[Ref | str | None] = []
    for action in post.actions:
        match action:
            case CreateContainer():
                targets += [action.reply_to, action.quote]
            case Repost(_, target):
                targets.append(target)
    return targets


def sends(post: PlannedPost) -> bool:
    """It does not end with deletions."""
    return any(isinstance(action, PublishContainer | Repost) for action in post.actions)


def _deletions(post: PlannedPost) -> int:
    return sum(isinstance(action, DeletePost) for action in post.actions)


def _short(post: PlannedPost, reason: str) -> PlannedPost:
    return replace(post, verdict=Verdict.HELD, hold=Hold.QUOTA, reason=reason, actions=())


def _tail_waits(record: PostRecord) -> bool:
    """Nothing of the chain is in doubt: its next part was never attempted, and waits for a person."""
    known = next(part for part in record.parts if not part.phase.finished)
    return record.begun and known.phase is Phase.PARKED and not known.attempt


def _taken_down(post: PlannedPost, record: PostRecord, verdict: Verdict) -> PlannedPost:
    if record.phase in (Phase.INTENT, Phase.UNBOUND, Phase.PARKED) and not _tail_waits(record):
        raise Refused(
            f"what became of {post.id} is not settled",
            code="E446",
            why="what is not known to be live cannot be taken down",
            # Of what a person has said that nothing came of it, nothing is open there any more.
            fix=f"publisher reconcile --abandon {post.id}" if record.dismissed else "publisher reconcile",
        )
    live = [index for index, part in enumerate(record.parts, start=1) if part.phase is Phase.PUBLISHED]
    unsent = REPLACED in record.extra and not record.finished  # the old words are gone, the new ones not out yet
    resumed = verdict is Verdict.REPLACE and (half_replaced(record) or unsent)
    if not live and not resumed:
        raise Refused(f"nothing of {post.id} is live", code="E425", fix=f"publisher state show {post.id}")
    if verdict is Verdict.DELETE and (post.post is not None or post.broken):
        fix = f"remove {post.path}, then: publisher delete {post.id}"
        raise Refused(f"the file of {post.id} is still there", code="E444", fix=fix)
    if verdict is Verdict.REPLACE and (
        post.post is None or post.moved_from is not None or (as_filed(record, post.post) and not resumed)
    ):
        fix = f"change its file, then: publisher replace {post.id}"
        raise Refused(f"the file of {post.id} says nothing new", code="E445", fix=fix)
    deletes = tuple(
        DeletePost(delete_key(index), media_id)
        for index in reversed(live)
        if (media_id := record.parts[index - 1].media_id) is not None
    )
    new: tuple[Action, ...] = ()
    if verdict is Verdict.REPLACE:
        new = (post.actions if unsent else ()) or post.instead
    return replace(post, verdict=verdict, hold=None, reason="", actions=(*deletes, *new), anew=())
