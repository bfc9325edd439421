"""Taking posts down: one deletion after the other, each with a durable intent before it and its evidence after it.

What is to be replaced is only taken down once its new words are ready to go out (`readiness`).

An answer that was lost is asked for: what Threads cannot read any more is gone, what it can read is still there. A
deletion names one id, so that a second call for the same one can take nothing else down.
"""

from dataclasses import replace
from datetime import datetime

from publisher.errors import PublisherError, Refused, TryAgain, worst
from publisher.planning.actions import DeletePost
from publisher.planning.plan import Plan, PlannedPost
from publisher.planning.quota import Quotas
from publisher.planning.records import TAKEN_DOWN, PartRecord, Phase, PostRecord
from publisher.planning.takedown import after_deletion, sends
from publisher.planning.tombstones import begun, gone, half_replaced, parts_gone, reborn
from publisher.planning.verdicts import Verdict, span
from publisher.publishing.apply import Applied, Progress
from publisher.publishing.journey import Ended, Journey
from publisher.publishing.problem import Problem, Reaction, read_error
from publisher.publishing.readiness import NOTHING, Ready, made_ready
from publisher.publishing.results import RunReport, report_of
from publisher.publishing.run import Session, ask_quotas, carry_out, record_moves
from publisher.publishing.status import as_known_there
from publisher.publishing.waiting import IN_SIGHT, Pace
from publisher.threads_api.errors import NotFound, ThreadsError

_TRIES = 3


def deletion_quotas(session: Session) -> Quotas:
    """What is left of the deletions of a day. Raises `PublisherError`."""
    try:
        return ask_quotas(session.client)
    except ThreadsError as error:
        raise read_error(error, "asking for the publishing limit")[1].as_error() from error


def take_down(session: Session, plan: Plan, ready: Ready = NOTHING) -> RunReport:
    """Do what a plan of `takedown_plan` says; never raises for what befalls a single post.

    `ready`: what was made ready of the new words; it is recorded when the last of the old ones is gone.
    """
    ends: dict[str, Ended | None] = {}
    interrupted = False
    stopped_by: PublisherError | None = None
    posts = [post for post in plan.posts if post.hold is None]
    try:
        record_moves(session.ledger, plan.renames)
    except PublisherError as error:
        stopped_by = error
    for post in posts if stopped_by is None else ():
        try:
            ended = _taken_down(session, post, ready.get(post.id))
        except PublisherError as error:
            stopped_by = error
            break
        ends[post.id] = ended or _cut_off(session, post)
        if ended is None or (ended.problem is not None and session.stop()):
            interrupted = True
            break
    state = session.ledger.state
    records = ((post, state.posts.get(post.id) or post.record) for post in posts)
    journeys = (
        Journey(post.id, None, post.actions, record, ended=ends.get(post.id)) for post, record in records if record
    )
    return report_of(plan, Applied(tuple(journeys), interrupted, stopped_by), state)


def carry_out_takedown(session: Session, plan: Plan) -> RunReport:
    """The whole plan: the new words are made ready, the old ones deleted, and those that could be are followed."""
    ready = made_ready(session, plan)
    if isinstance(ready, Applied):
        return report_of(plan, ready, session.ledger.state)
    first = take_down(session, plan, ready)
    state = session.ledger.state
    gone = {result.planned.id for result in first.posts if result.outcome == "deleted"}
    rest = [after_deletion(post, state.posts[post.id]) for post in plan.posts if post.id in gone and sends(post)]
    if not rest or first.stopped_by is not None:
        return first
    # An interrupted run begins nothing here, and says so of each post whose new words are not out.
    second = carry_out(session, replace(plan, posts=tuple(rest), renames={}))
    sent = {result.planned.id: result for result in second.posts}
    posts = (replace(sent.get(each.planned.id, each), planned=each.planned) for each in first.posts)
    return replace(second, plan=plan, posts=tuple(posts), exit_code=worst({first.exit_code, second.exit_code}))


def _cut_off(session: Session, post: PlannedPost) -> Ended | None:
    """The end of a post at which an interrupt came between two parts; None where all of it still stands."""
    record = session.ledger.state.posts[post.id]
    if not parts_gone(record):
        return None
    what = f"the run was interrupted; {parts_gone(record)} of {len(record.parts)} parts of {post.id} are gone"
    return Ended("held", Problem("E713", what, f"publisher {post.verdict.value} {post.id}", 0))


def _taken_down(session: Session, post: PlannedPost, ready: PartRecord | None) -> Ended | None:
    """One post, from its last part to its first; None where an interrupt left parts of it."""
    replacing = post.verdict is Verdict.REPLACE
    _refuse_unknown(session, post.id)
    for action in post.actions:
        if isinstance(action, DeletePost):
            if session.stop():
                return None
            problem = _delete(session, post.id, action, replacing=replacing)
            if problem is not None:
                return Ended("unknown" if problem.exit_code == 5 else "failed", problem)
    record = session.ledger.state.posts[post.id]
    if replacing and half_replaced(record):
        # Not `keep`: this is the one place where a finished record begins anew, and only tombstones may (I7).
        session.ledger.write(session.ledger.state.with_post(post.id, reborn(record, ready)), (post.id,))
    return Ended("deleted")


def _refuse_unknown(session: Session, post_id: str) -> None:
    """Raises `Refused` E446 where a part is live that the state, which was set back, knows the container of at most."""
    record = session.ledger.state.posts[post_id]
    parts = tuple(as_known_there(session, part) for part in record.parts)
    if parts != record.parts:
        asked = tuple(
            replace(part, phase=Phase.INTENT) if part != known else part
            for part, known in zip(parts, record.parts, strict=True)
        )
        session.ledger.keep(post_id, replace(record, parts=asked))
        raise Refused(
            f"what became of {post_id} is not settled",
            code="E446",
            why="what is not known to be live cannot be taken down",
            fix="publisher reconcile",
        )


def _delete(session: Session, post_id: str, action: DeletePost, *, replacing: bool) -> Problem | None:
    """Take one object down; None when it is known to be gone. Raises what stops the whole run."""
    index = int(action.key.removeprefix("part-").split("/")[0])
    record = session.ledger.state.posts[post_id]
    part = record.parts[index - 1]
    if part.media_id != action.media_id:
        raise AssertionError("a deletion of what no record knows")
    if TAKEN_DOWN in part.extra and _is_gone(session, record, index):
        _record(session, post_id, index, replacing=replacing)
        return None
    session.ledger.keep(post_id, begun(record, index, session.clock.now(), replacing=replacing))
    pace, problem = Pace.of(session.publishing), None
    for attempt in range(1, _TRIES + 1):
        try:
            session.client.publishing.delete(action.media_id)
            _record(session, post_id, index, replacing=replacing)
            return None
        except ThreadsError as error:
            reaction, problem = read_error(error, f"deleting part {index} of {post_id}")
        if _is_gone(session, record, index):
            _record(session, post_id, index, replacing=replacing)
            return None
        if reaction is Reaction.STOP:
            raise problem.as_error()
        if reaction is Reaction.REFUSED and _young(part.published_at, session.clock.now()):
            return _perhaps_gone(problem, post_id, replacing=replacing)
        if reaction is Reaction.REFUSED:
            break
        if attempt < _TRIES:
            session.clock.sleep(pace.backoff(attempt).total_seconds())
        if session.stop():  # it may have come in the wait, which it ends
            break
    return problem


def _perhaps_gone(refused: Problem, post_id: str, *, replacing: bool) -> Problem:
    """Of one published just now a refusal says too little: it is gone already, or cannot be reached yet."""
    wait = f"wait {span(IN_SIGHT)}"
    return replace(
        refused,
        code="E706",
        fix=f"{wait}, then: publisher {'replace' if replacing else 'delete'} {post_id}",
        exit_code=TryAgain.exit_code,
        why="it was published just now: that Threads does not find it may mean that it is gone, or that it is new",
    )


def _is_gone(session: Session, record: PostRecord, index: int) -> bool:
    """Whether Threads can no longer read it. Of one published just now that says nothing: it may not be readable yet.

    A question that fails is no evidence either.
    """
    part = record.parts[index - 1]
    if part.media_id is None or _young(part.published_at, session.clock.now()):
        return False
    try:
        session.client.media.get(part.media_id)
    except NotFound:
        return True
    except ThreadsError:
        return False
    return False


def _young(published_at: datetime | None, now: datetime) -> bool:
    return published_at is not None and now - published_at < IN_SIGHT


def _record(session: Session, post_id: str, index: int, *, replacing: bool) -> None:
    record = gone(session.ledger.state.posts[post_id], index, replacing=replacing)
    session.ledger.keep(post_id, record)
    session.tell(Progress(post_id, index, len(record.parts), "deleted"))
