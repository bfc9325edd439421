"""What a plan says of one post, and why. A table in code: the first line that applies decides."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from publisher.content.post import Post
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import REPLACING, half_replaced, half_taken_down, parts_gone
from publisher.settings import PublishingSettings, Rules

REPEAT_WINDOW = timedelta(days=30)


class Verdict(StrEnum):
    """In the order in which a summary names them."""

    CREATE = "create"
    RESUME = "resume"
    LATE = "late"
    HELD = "held"
    UNKNOWN = "unknown"
    MOVED = "moved"
    EDITED = "edited"
    REMOVED = "removed"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    EXPIRED = "expired"
    UNCHANGED = "unchanged"
    DELETE = "delete"
    REPLACE = "replace"


class Hold(StrEnum):
    """For what a post waits; it decides the exit code of `publish` (README, Exit codes)."""

    OTHER_POST = "other post"  # 0
    NOT_NAMED = "not named"  # 0
    PERSON = "person"  # 4
    QUOTA = "quota"  # 5
    FAILED = "failed"  # 1


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    reason: str = ""
    hold: Hold | None = None
    sends: bool = False
    fix: str = ""  # what a person does about it, where only that who judges knows


def judge(
    post: Post,
    record: PostRecord | None,
    *,
    twin: str | None,
    now: datetime,
    rules: Rules,
    publishing: PublishingSettings,
) -> Judged:
    """The verdict on a post whose file is there. References and quotas are looked at later.

    `twin` is another post that said the same within `REPEAT_WINDOW` and whose file is still there.
    """
    if record is not None and (stopped := _half_taken_down(post, record)) is not None:
        return stopped
    if record is not None and record.finished:
        return _finished(post, record)
    if record is not None and (failed := _failed(post, record)) is not None:
        return _not_yet(post, now) or failed
    if record is not None and record.begun:
        return _begun(record, now, publishing)
    if record is not None and record.phase is Phase.PARKED:
        return _person(record)
    return _fresh(post, twin, now=now, rules=rules)


def in_doubt(record: PostRecord) -> bool:
    """An attempt of it is open: it is settled before anything new goes out (I5)."""
    return any(part.phase is Phase.INTENT for part in record.parts)


RESTING = Judged(Verdict.REMOVED, "its file is gone; what is live stays live")


def judge_removed(record: PostRecord) -> Judged:
    """The verdict on a record whose file is gone: an open attempt is still settled, nothing new is sent."""
    if half_taken_down(record):
        return _stopped("deletion", record)
    if in_doubt(record):
        return Judged(Verdict.RESUME, "its file is gone, but a publish was begun; it is settled first", sends=True)
    if record.phase in (Phase.UNBOUND, Phase.PARKED):
        return _person(record)
    return RESTING


def as_filed(record: PostRecord, post: Post) -> bool:
    """What went out is what the file says, part by part: one that was begun went out as it was begun."""
    sent = record.wanted(len(post.parts)).parts
    return [part.fingerprint for part in sent] == [part.fingerprint for part in post.parts]


def judge_broken(record: PostRecord) -> Judged:
    """The verdict on a record whose file is there and is no valid post: as for a removed one, told as what it is."""
    judged = judge_removed(record)
    match judged.verdict:
        case Verdict.RESUME:
            return replace(judged, reason="its file is not valid, but a publish was begun; it is settled first")
        case Verdict.REMOVED if record.finished:
            return Judged(Verdict.UNCHANGED, "its file is not valid now; nothing of it is sent any more")
        case Verdict.REMOVED:
            return Judged(Verdict.HELD, "its file is not valid", Hold.NOT_NAMED)
        case _ if half_taken_down(record) and record.extra.get(REPLACING):
            return _stopped("replacement", record)
        case _:
            return judged


def shifted(record: PostRecord, post: Post) -> str | None:
    """Why a chain that stopped half way cannot go on as its file is now, or None.

    Parts are known by their places. Words may be mended where they went out, and what is still to be sent may change.
    Where both did at once, nobody can tell what became of which part: put in, taken out, merged or cut up, or another
    post under this name. Then words would go out twice, or never, or under a post that is not theirs.
    """
    if not record.begun or record.finished:
        return None
    filed = [part.fingerprint for part in post.parts]
    sent = [part.phase.finished or (part.attempt > 0 and part.phase is not Phase.FAILED) for part in record.parts]
    known = [part.fingerprint for part in record.parts]
    other = next((n for n in range(min(len(filed), len(known))) if sent[n] and filed[n] != known[n]), None)
    to_send = [said for n, said in enumerate(filed) if n >= len(sent) or not sent[n]]
    if other is None or to_send == [said for n, said in enumerate(known) if not sent[n]]:
        return None
    return f"part {other + 1} of its file does not say what went out as part {other + 1}, and the rest changed too"


def live_parts(record: PostRecord) -> int:
    return sum(part.phase is Phase.PUBLISHED for part in record.parts)


def stale_chain(record: PostRecord, now: datetime, chain_gap: timedelta) -> bool:
    """A chain that stopped half way longer than `chain_gap` ago; an attempt in doubt is settled before that."""
    current = next((part for part in record.parts if not part.phase.finished), None)
    if current is None or current.phase in (Phase.INTENT, Phase.UNBOUND):
        return False
    times = [part.published_at for part in record.parts if part.published_at is not None]
    if times and (resumed := current.resumed_at) is not None:
        times.append(resumed)
    return bool(times) and now - max(times) > chain_gap


def judge_shifted(why: str) -> Judged:
    """The verdict on a chain whose file is `shifted`: nothing of it is sent until its parts are in their places."""
    return Judged(
        Verdict.HELD, why, Hold.PERSON, fix="give each part that went out its place and its words in the file again"
    )


AGAIN = "allow_repeat: true with a publish_at after that sends it anyway"


def judge_said_elsewhere(post_id: str, other: str, record: PostRecord, *, taken: bool) -> Judged:
    """The verdict on a new post that says what a record says, and no file of that name: renamed, and more, at once.

    `taken`: a file of that name is there, with other words or not valid.
    """
    said = "has said" if record.finished else "says"
    half = "" if record.finished or len(record.parts) < 2 else ", a chain that stopped half way"
    fix = f"if it is that post under a new name: publisher state mv {other} {post_id}"
    if taken:
        reason = f"says what {other} {said}{half}, and that file no longer does; {AGAIN}"
        return Judged(Verdict.HELD, reason, Hold.PERSON, fix=fix)
    then = f"id: {other} {'stands by' if record.finished else 'goes on with'} that, {AGAIN}"
    return Judged(Verdict.HELD, f"says what {other} {said}{half}, and its file is gone; {then}", Hold.PERSON, fix=fix)


def judge_another(post_id: str, other: str, fix: str) -> Judged:
    """The verdict on a file that says what `other` said, where something else went out under its name."""
    reason = f"says what went out as {other}, not what went out as {post_id}"
    return Judged(Verdict.HELD, f"{reason}; {_BACK}", Hold.PERSON, fix=f"{_PASSED_ON}: {fix}")


def judge_redated(post_id: str, first: str, fix: str) -> Judged:
    """The verdict on a file that says what went out under its name, but for the time, and another file has the rest."""
    reason = f"says what went out as {post_id}, at another time, and {first} may be that post"
    return Judged(Verdict.HELD, f"{reason}; {_BACK}", Hold.PERSON, fix=f"{_PASSED_ON}: {fix}")


def judge_repeated(fix: str) -> Judged:
    """The verdict on a file that says once more what went out under its name, on purpose and for a later time."""
    reason = f"says what went out under its name, for a later time; {_BACK}"
    return Judged(Verdict.HELD, reason, Hold.PERSON, fix=f"if it is to go out again: {fix}")


def judge_spent(fix: str) -> Judged:
    """The verdict on new words under the name of what was taken down."""
    reason = "something else was taken down under this name, and nothing is sent again under it"
    return Judged(Verdict.HELD, reason, Hold.PERSON, fix=f"if it is a new post: {fix}")


_BACK = "if it is still that post, give it back its words and its publish_at"
_PASSED_ON = "if its name was passed on"


def _half_taken_down(post: Post, record: PostRecord) -> Judged | None:
    """Nothing is sent beside a deletion that stopped on the way, above all no later part of what is half gone."""
    if half_replaced(record):
        return _stopped("replacement", record)
    if not half_taken_down(record):
        return None
    if not parts_gone(record) and as_filed(record, post):
        return None  # nothing is gone, and the file wants it live
    return _stopped("replacement" if record.extra.get(REPLACING) else "deletion", record)


def _stopped(what: str, record: PostRecord) -> Judged:
    gone, left = parts_gone(record), live_parts(record)
    reason = f"its {what} stopped half way; {gone} of {gone + left} surely gone"
    return Judged(Verdict.UNKNOWN, reason, Hold.PERSON)


def _finished(post: Post, record: PostRecord) -> Judged:
    if record.phase is Phase.SKIPPED:
        return Judged(Verdict.UNCHANGED, "was there when the state was begun; not to be published")
    if record.phase is Phase.DELETED:
        return Judged(Verdict.UNCHANGED, "was taken down; a deleted post is never sent again")
    if as_filed(record, post):
        return Judged(Verdict.UNCHANGED)
    return Judged(Verdict.EDITED, "changed after publication; Threads cannot edit, so nothing is sent")


def _begun(record: PostRecord, now: datetime, publishing: PublishingSettings) -> Judged:
    if record.phase in (Phase.UNBOUND, Phase.PARKED):
        return _person(record)
    done = live_parts(record)
    if stale_chain(record, now, publishing.chain_gap):
        reason = f"stopped after part {done} of {len(record.parts)}; too long ago to go on unasked"
        return Judged(Verdict.UNKNOWN, reason, Hold.PERSON)
    if record.phase is Phase.INTENT:
        return Judged(Verdict.RESUME, "a publish was begun; its outcome is asked for first", sends=True)
    return Judged(Verdict.RESUME, f"goes on after part {done} of {len(record.parts)}", sends=True)


def _failed(post: Post, record: PostRecord) -> Judged | None:
    """A refused part holds its post until the file says something else."""
    same = record.fingerprint == post.fingerprint or _rest_as_filed(record, post)
    if record.phase is not Phase.FAILED or not same:
        return None
    failed = next(part for part in record.parts if not part.phase.finished)
    return Judged(Verdict.HELD, f"failed: {failed.error or 'refused by Threads'}", Hold.FAILED)


def _rest_as_filed(record: PostRecord, post: Post) -> bool:
    """What is still to be sent of what went out with other words is what the file says."""
    if not record.begun or len(record.parts) != len(post.parts):
        return False
    both = zip(record.parts, post.parts, strict=True)
    return all(known.phase.finished or known.fingerprint == filed.fingerprint for known, filed in both)


def _person(record: PostRecord) -> Judged:
    what = "is live, but its id is not known yet" if record.phase is Phase.UNBOUND else "waits for a person"
    return Judged(Verdict.UNKNOWN, what, Hold.PERSON)


def _fresh(post: Post, twin: str | None, *, now: datetime, rules: Rules) -> Judged:
    if not post.draft and post.publish_by is not None and post.publish_by < now:
        return Judged(Verdict.EXPIRED, f"was to go out by {_time(post.publish_by)}; never sent")
    if (waiting := _not_yet(post, now)) is not None:
        return waiting
    if twin is not None and not post.allow_repeat:
        return Judged(Verdict.HELD, says_the_same(twin), Hold.PERSON)
    return _due(post, now, rules)


def _not_yet(post: Post, now: datetime) -> Judged | None:
    """Its file says that it waits."""
    if post.draft:
        return Judged(Verdict.DRAFT)
    if post.publish_at is not None and post.publish_at > now:
        return Judged(Verdict.SCHEDULED, f"due {_time(post.publish_at)}")
    return None


def _due(post: Post, now: datetime, rules: Rules) -> Judged:
    if post.publish_at is None:
        return Judged(Verdict.CREATE, sends=True)
    late = now - post.publish_at
    if late <= rules.late_limit:
        reason = f"due {_time(post.publish_at)}, {span(late)} ago" if late >= timedelta(minutes=1) else ""
        return Judged(Verdict.CREATE, reason, sends=True)
    behind = f"{span(late)} late, more than late_limit ({span(rules.late_limit)})"
    match post.if_late:
        case "publish":
            return Judged(Verdict.LATE, f"{behind}; if_late: publish sends it", sends=True)
        case "skip":
            return Judged(Verdict.LATE, f"{behind}; if_late: skip leaves it out")
        case "hold":
            reason = f"{behind}; set a new publish_at, or if_late: publish or skip"
            return Judged(Verdict.LATE, reason, Hold.PERSON, fix=_perhaps_said(post))
        case _:
            assert_never(post.if_late)


def _perhaps_said(post: Post) -> str:
    """Where the state was lost, a new publish_at says of what is live already that it is to be said once more."""
    if not post.allow_repeat:
        return ""  # whatever its time, what says the same is asked about before it goes out
    adopt = f"publisher reconcile --adopt {post.id}=MEDIA_ID"
    return f"{adopt}  if it is live already, as after a lost state; else change the post file as the reason says"


def says_the_same(twin: str) -> str:
    return f"says the same as {twin}; allow_repeat: true sends it anyway"


def recent(state: State, present: frozenset[str], now: datetime) -> dict[str, str]:
    """Fingerprint -> id of what was published within `REPEAT_WINDOW`, or may have been, and whose file is there."""
    there = ((key, state.posts[key]) for key in state.posts if key in present)
    return {
        record.fingerprint: key
        for key, record in there
        if (published := _perhaps_live_since(record.parts[0])) is not None and now - published <= REPEAT_WINDOW
    }


def _perhaps_live_since(part: PartRecord) -> datetime | None:
    in_question = part.phase in (Phase.INTENT, Phase.UNBOUND, Phase.PARKED)
    return part.published_at or (part.attempt_at if in_question else None)


def span(length: timedelta) -> str:
    """A length of time for people: "26 h 10 min", "5 min", "40 s"."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
