"""Where every post stands, for people."""

from collections.abc import Sequence

from publisher.planning.plan import Plan, PlannedPost
from publisher.planning.records import Phase
from publisher.planning.verdicts import Hold, Verdict
from publisher.report.escape import no_commands, one_line
from publisher.report.paint import PLAIN, Paint
from publisher.report.text.findings import counted
from publisher.report.text.records import link_of, time_of
from publisher.report.text.table import cells

_WORDS = {Verdict.CREATE: "due", Verdict.UNCHANGED: "live"}


def status_text(plan: Plan, posts: Sequence[PlannedPost], paint: Paint = PLAIN) -> str:
    """A line for each post: a word, what it is, since when, where."""
    lines = [paint.bold(f"{counted(len(posts), 'post')} of {one_line(plan.account)}")]
    table = [[_word(post), one_line(post.kind), one_line(post.path), _since(post), _link(post)] for post in posts]
    if table:
        lines.append("")
    for post, (word, *rest) in zip(posts, cells(table, widest=72), strict=True):
        lines.append(f"  {_coloured(word, post, paint)}  {'  '.join(rest)}".rstrip())
        if post.reason:
            lines.append(f"      {one_line(post.reason)}")
    return no_commands("\n".join(lines))


def _word(post: PlannedPost) -> str:
    if post.record is not None and post.verdict is Verdict.UNCHANGED and post.record.phase is not Phase.PUBLISHED:
        return post.record.phase.value
    return _WORDS.get(post.verdict, post.verdict.value)


def _since(post: PlannedPost) -> str:
    return time_of(post.record.parts[0].published_at) if post.record is not None else ""


def _link(post: PlannedPost) -> str:
    return link_of(post.record) if post.record is not None else ""


def _coloured(word: str, post: PlannedPost, paint: Paint) -> str:
    if post.hold in (Hold.PERSON, Hold.FAILED) or post.verdict is Verdict.UNKNOWN:
        return paint.red(word)
    if post.verdict is Verdict.UNCHANGED:
        return paint.green(word)
    return paint.yellow(word) if post.hold is not None or post.pending else word
