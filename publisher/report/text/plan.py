"""A plan, for whoever is about to say yes to it."""

from collections.abc import Callable, Sequence

from publisher.planning.actions import UploadMedia
from publisher.planning.plan import Plan, PlannedPost
from publisher.planning.verdicts import Hold, Verdict
from publisher.report.escape import no_commands, one_line
from publisher.report.paint import PLAIN, Paint
from publisher.report.text.findings import counted
from publisher.report.text.table import cells

# In the order in which they are shown; what does nothing comes last, and is only counted unless asked for.
_MARKS = {
    Verdict.CREATE: "+",
    Verdict.RESUME: "+",
    Verdict.REPLACE: "+",
    Verdict.DELETE: "-",
    Verdict.LATE: "!",
    Verdict.HELD: "!",
    Verdict.UNKNOWN: "?",
    Verdict.MOVED: "~",
    Verdict.EDITED: "~",
    Verdict.SCHEDULED: "~",
}
QUIET = (Verdict.UNCHANGED, Verdict.DRAFT, Verdict.EXPIRED, Verdict.REMOVED)


def plan_text(plan: Plan, where: str, paint: Paint = PLAIN, *, everything: bool = False) -> str:
    """What would be sent, what waits and why; the digest last, for whoever pins it."""
    hidden = () if everything else QUIET
    shown = [post for post in (plan.everything if everything else plan.posts) if post.verdict not in hidden]
    lines = [paint.bold(headline(plan, where))]
    if shown:
        lines += ["", *_rows(shown, paint)]
    numbers = plan.summary
    rest = [f"{numbers[verdict]} {verdict.value}" for verdict in hidden if verdict in numbers]
    if rest:
        lines += ["", "  " + paint.dim(", ".join(rest))]
    foot = [*_quota(plan), *([f"digest  {plan.digest}"] if plan.pending else [])]
    return no_commands("\n".join([*lines, *([""] if foot else []), *(paint.dim(line) for line in foot)]))


def headline(plan: Plan, where: str) -> str:
    """ "3 posts to send to graph.threads.net as acme" """
    if not plan.pending:
        return f"Nothing to send to {one_line(where)} as {one_line(plan.account)}"
    return f"{counted(len(plan.pending), 'post')} to send to {one_line(where)} as {one_line(plan.account)}"


def _rows(posts: Sequence[PlannedPost], paint: Paint) -> list[str]:
    table = [[post.verdict.value, one_line(post.kind), one_line(post.path), _size(post)] for post in posts]
    lines = []
    for post, (verdict, kind, path, size) in zip(posts, cells(table), strict=True):
        colour = _colour(post, paint)
        mark = _MARKS.get(post.verdict, " ")
        line = f"  {colour(f'{mark} {verdict}')}  {kind}  {path}  {paint.dim(size.rstrip())}"
        lines.append(line.rstrip())
        if post.reason:
            lines.append(f"      {one_line(post.reason)}")
    return lines


def _colour(post: PlannedPost, paint: Paint) -> Callable[[str], str]:
    if post.hold in (Hold.PERSON, Hold.FAILED) or post.verdict is Verdict.UNKNOWN:
        return paint.red
    if post.pending:
        return paint.green
    return paint.yellow if post.hold is not None else str


def _size(post: PlannedPost) -> str:
    """ "109/500", "3 parts", "24/500, 3 media, 3 to upload"."""
    uploads = sum(isinstance(action, UploadMedia) for action in post.actions)
    media = sum(len(part.media) for part in post.parts)
    text = next((part for part in post.parts if part.text), None)
    facts = [
        f"{len(post.parts)} parts" if len(post.parts) > 1 else f"{text.characters}/500" if text else "",
        f"{media} media" if media > 1 else "",
        f"{uploads} to upload" if uploads else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def _quota(plan: Plan) -> list[str]:
    quota = plan.quota
    if not quota:
        return []
    used = [
        f"{value.used} + {value.planned} of {value.limit:,} {name}"
        for name, value in quota.items()
        if name != "deletes" or value.planned
    ]
    return [f"quota   {', '.join(used)} in 24 hours"] if used else []
