"""What a run came to, post by post: the value behind `publish --format json` and the exit code. Pure."""

from dataclasses import dataclass, replace

from publisher.errors import EXIT_INTERRUPTED, PublisherError, worst
from publisher.planning.plan import Plan, PlannedPost
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import REPLACED, REPLACING, half_replaced, half_taken_down
from publisher.planning.verdicts import Hold, Verdict
from publisher.publishing import wording
from publisher.publishing.apply import Applied
from publisher.publishing.journey import Journey, file_gone
from publisher.publishing.problem import Problem

_QUIET = {
    Verdict.UNCHANGED: "unchanged",
    Verdict.MOVED: "unchanged",
    Verdict.EDITED: "unchanged",
    Verdict.SCHEDULED: "scheduled",
    Verdict.DRAFT: "skipped",
    Verdict.EXPIRED: "skipped",
    Verdict.REMOVED: "skipped",
    Verdict.UNKNOWN: "unknown",
    Verdict.HELD: "held",
}
_HOLD_EXIT = {Hold.OTHER_POST: 0, Hold.NOT_NAMED: 0, Hold.PERSON: 4, Hold.QUOTA: 5, Hold.FAILED: 1}


@dataclass(frozen=True, slots=True)
class PostResult:
    """One post after the run."""

    planned: PlannedPost
    outcome: str  # published|unchanged|scheduled|held|skipped|failed|unknown|deleted
    media_ids: tuple[str, ...] = ()  # by part; of parts that are live
    permalinks: tuple[str, ...] = ()
    problem: Problem | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class RunReport:
    """The whole run."""

    plan: Plan
    posts: tuple[PostResult, ...]
    exit_code: int
    interrupted: bool = False
    stopped_by: PublisherError | None = None


def report_of(plan: Plan, applied: Applied, state: State) -> RunReport:
    """Put the journeys' ends beside what the plan left alone."""
    journeys = {journey.id: journey for journey in applied.journeys}
    posts = tuple(_result(post, journeys.get(post.id), applied, state) for post in plan.everything)
    codes = {post.exit_code for post in posts}
    if applied.interrupted:
        codes.add(EXIT_INTERRUPTED)
    if applied.stopped_by is not None:
        codes.add(applied.stopped_by.exit_code)
    return RunReport(plan, posts, worst(codes), applied.interrupted, applied.stopped_by)


def _result(planned: PlannedPost, journey: Journey | None, applied: Applied, state: State) -> PostResult:
    record = state.posts.get(planned.id)
    if journey is None:
        outcome, problem, exit_code = _left_alone(planned)
    elif journey.ended is not None:
        outcome, problem = journey.ended.outcome, journey.ended.problem
        exit_code = problem.exit_code if problem is not None else 0
    else:
        known = record or planned.record  # of one that was moved, when not even that was recorded
        outcome, problem, exit_code = _cut_short(planned, journey, known, applied)
    parts = record.parts if record is not None else ()
    return PostResult(
        planned,
        outcome,
        media_ids=tuple(part.media_id for part in parts if part.media_id is not None),
        permalinks=tuple(part.permalink for part in parts if part.permalink is not None),
        problem=problem,
        exit_code=exit_code,
    )


def _left_alone(planned: PlannedPost) -> tuple[str, Problem | None, int]:
    if planned.verdict is Verdict.LATE:
        return ("skipped", None, 0) if planned.hold is None else ("held", _waits(planned), 4)
    exit_code = _HOLD_EXIT[planned.hold] if planned.hold is not None else 0
    outcome = "failed" if planned.hold is Hold.FAILED else _QUIET[planned.verdict]
    return ("held" if outcome == "failed" else outcome), _waits(planned) if exit_code else None, exit_code


def _waits(planned: PlannedPost) -> Problem:
    """Why a post that was not sent was not, with the command that settles it."""
    match planned.hold:
        case Hold.QUOTA:
            return Problem("E712", planned.reason, "run again when the 24-hour window has moved on", 5)
        case Hold.FAILED:
            fix = f"change the file, or: publisher reconcile --forget {_failed_part(planned)}"
            return Problem("E704", planned.reason, fix, 1)
        case _ if planned.verdict is Verdict.UNKNOWN:
            return Problem("E715", f"{planned.id}: {planned.reason}", _settling(planned), 4)
        case _:
            fix = planned.fix or "change the post file as the reason says"
            if planned.may_be_ended:
                fix += f"   or   publisher reconcile --abandon {planned.id}"
            return Problem("E716", f"{planned.id}: {planned.reason}", fix, 4)


def _failed_part(planned: PlannedPost) -> str:
    """As `--forget` takes it."""
    parts = planned.record.parts if planned.record is not None else ()
    index = next((number for number, part in enumerate(parts, start=1) if part.phase is Phase.FAILED), 1)
    return planned.id if index == 1 else f"{planned.id}#{index}"


def _settling(planned: PlannedPost) -> str:
    record, target = planned.record, planned.id
    if record is not None and (half_taken_down(record) or half_replaced(record)):
        return _finishing(planned, record)
    if record is not None and len(record.parts) > 1 and any(part.phase.finished for part in record.parts):
        index, part = next((index, part) for index, part in enumerate(record.parts, start=1) if not part.phase.finished)
        if not part.attempt and part.error is not None:  # it cannot go on
            return f"publisher reconcile --abandon {target}"
        if not part.attempt:
            return f"publisher reconcile --resume {target}   or   publisher reconcile --abandon {target}"
        target = f"{target}#{index}"
    unwanted = file_gone(planned)  # to forget it would send it
    if unwanted or (record is not None and record.phase is Phase.UNBOUND):
        return f"publisher reconcile --adopt {target}=MEDIA_ID   or   publisher reconcile --abandon {planned.id}"
    return f"publisher reconcile --adopt {target}=MEDIA_ID   or   publisher reconcile --forget {target}"


def _finishing(planned: PlannedPost, record: PostRecord) -> str:
    """The command that goes on with a deletion that stopped on the way."""
    if planned.post is None and not planned.broken:
        return f"publisher delete {planned.id}"
    if planned.broken and record.extra.get(REPLACING):
        return f"mend {planned.path}, then: publisher replace {planned.id}"
    if record.fingerprint != planned.fingerprint or half_replaced(record):
        return f"publisher replace {planned.id}"
    return f"remove {planned.path}, then: publisher delete {planned.id}"


def _cut_short(
    planned: PlannedPost, journey: Journey, known: PostRecord | None, applied: Applied
) -> tuple[str, Problem | None, int]:
    """Only a run that was cut short leaves a journey without an end. What is in doubt by the record may be live."""
    end = "the run was interrupted" if applied.interrupted else "the run stopped"
    if known is not None and known.phase is Phase.INTENT:
        problem = wording.come_back(replace(journey, record=known), f"{end} before it was settled")
        return "unknown", problem, problem.exit_code
    if planned.verdict is Verdict.UNKNOWN:  # looked for once more
        return _left_alone(planned)
    fix = "run again" if applied.interrupted else "run again when the reason is mended"
    where = "before it was reached"
    if known is not None and REPLACED in known.extra and not known.begun:
        where = f"when the old words of {planned.id} were gone and the new ones not out yet"
    return "held", Problem("E713", f"{end} {where}", fix, 0), 0
