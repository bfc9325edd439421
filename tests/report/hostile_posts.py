"""A plan, a run, a state and what differs from it, all of whose words are hostile: what `report` may be given."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from publisher.content.post import Part
from publisher.errors import TryAgain
from publisher.planning.actions import PublishContainer, Ref
from publisher.planning.drift import Drift
from publisher.planning.plan import Plan, PlannedPost
from publisher.planning.quota import Quota, Quotas
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.verdicts import Hold, Verdict
from publisher.publishing.problem import Problem
from publisher.publishing.results import PostResult, RunReport
from tests.planning.samples import NOW

_DIGEST = "0" * 64


@dataclass(frozen=True)
class Hostile:
    """Three texts in every place that somebody else fills."""

    texts: Sequence[str]

    @property
    def error(self) -> TryAgain:
        message, why, fix = self.texts
        return TryAgain(message, code="E706", why=why, fix=fix)

    @cached_property
    def records(self) -> dict[str, PostRecord]:
        """One that is live, one whose outcome is not known, one of two parts that was parked."""
        a, b, c = self.texts
        live = PartRecord(
            Phase.PUBLISHED, _DIGEST, container=a, media_id=b, permalink=c, published_at=NOW, attempt=1, attempt_at=NOW
        )
        begun = PartRecord(Phase.INTENT, _DIGEST, container=b, attempt=1, attempt_at=NOW, error=c)
        parked = PartRecord(Phase.PARKED, _DIGEST, error=a)
        return {
            a: PostRecord(f"posts/{b}", c, _DIGEST, (live,), commit=a),
            f"{b}1": PostRecord(b, a, _DIGEST, (begun,), commit=b),
            f"{c}2": PostRecord(c, b, _DIGEST, (live, parked)),
        }

    @property
    def state(self) -> State:
        return State(lineage="l1", account=self.texts[1], endpoint="https://a.dev", posts=self.records)

    @property
    def drift(self) -> tuple[Drift, ...]:
        a, b, c = self.texts
        return (
            Drift("gone", a, post=b, part=1, permalink=c),
            Drift("changed", b, post=c, part=2),
            Drift("audience", c, post=a, part=1, permalink=a),
            Drift("unrecorded", b, permalink=a),
        )

    @cached_property
    def plan(self) -> Plan:
        """One post to send and four others; every verdict has its turn, by the length of the first text."""
        a, b, c = self.texts
        turn = len(a) % len(Verdict)
        verdicts = (Verdict.CREATE, *(*Verdict, *Verdict)[turn : turn + 4])
        words = a.encode("utf-8", "replace").decode()  # no file that is read has half a character
        parts = (Part(index=1, text=words), Part(index=2, text=words, topic=c, poll=(b, c)))
        records = [*self.records.values()]
        posts = [
            PlannedPost(
                id=a,
                path=f"posts/{b}" if number % 2 else b,
                account=c,
                kind=a,
                verdict=verdict,
                fingerprint=_DIGEST,
                reason=c,
                hold=Hold.PERSON if verdict is Verdict.UNKNOWN else None,
                parts=parts,
                actions=(PublishContainer("publish", Ref("container")),) if verdict is Verdict.CREATE else (),
                record=records[number % 3],
            )
            for number, verdict in enumerate(verdicts)
        ]
        quotas = Quotas(posts=Quota(4, 250), replies=Quota(0, 1000))
        return Plan(account=b, endpoint=f"https://{a}", posts=tuple(posts), quotas=quotas, now=NOW)

    @property
    def run(self) -> RunReport:
        """Every outcome, with what Threads and its answers say."""
        a, b, c = self.texts
        plan = self.plan
        refused = Problem("E711", a, b, 1, 100, 2207052, c)
        whole = {"media_ids": (a, b), "permalinks": (c, a)}
        outcomes = (
            PostResult(plan.posts[0], "published", **whole),
            PostResult(plan.posts[1], "published", media_ids=(b,)),
            PostResult(plan.posts[2], "failed", problem=refused, exit_code=1),
            PostResult(plan.posts[3], "unknown", permalinks=(f"https://{c}",), problem=refused, exit_code=4),
            *(
                PostResult(plan.posts[4], outcome)
                for outcome in ("held", "unchanged", "scheduled", "skipped", "deleted")
            ),
        )
        return RunReport(plan, outcomes, 4, stopped_by=self.error)
