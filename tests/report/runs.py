"""A plan and a run with one post of every sort, for the looks of both."""

from dataclasses import replace
from datetime import timedelta

from publisher.errors import TryAgain
from publisher.planning.plan import Plan
from publisher.planning.quota import Quota, Quotas
from publisher.planning.records import Phase
from publisher.publishing.problem import Problem
from publisher.publishing.results import PostResult, RunReport
from tests.planning import samples
from tests.planning.samples import NOW, picture, post, quote_of, record

LINK = "https://www.threads.com/@acme/post/"


def a_plan() -> Plan:
    """One post of nearly every verdict."""
    live = post("01-live", "Long ago")
    edited = post("02-edited", "As it was")
    parked = post("03-parked", "One", thread=("Two",))
    return samples.plan(
        live,
        post("02-edited", "As it is now"),
        parked,
        post("04-new", "Acme 2.0 is out", media=(picture(sha256="7" * 64),)),
        post("05-chain", "One", thread=("Two", "Three")),
        post("06-later", "Later", publish_at=NOW + timedelta(days=1)),
        post("07-late", "Too late", publish_at=NOW - timedelta(days=2)),
        post("08-draft", "Not yet", draft=True),
        post("09-quote", "As we said", quote=quote_of("06-later")),
        known=samples.state(
            **{
                "01-live": record(live),
                "02-edited": record(edited),
                "03-parked": record(parked, Phase.PUBLISHED, Phase.PARKED),
            }
        ),
        quotas=Quotas(posts=Quota(4, 250), replies=Quota(0, 1000)),
    )


def a_run() -> RunReport:
    """What became of it: one live, one half, one failed for good."""
    plan = a_plan()
    results = []
    for number, planned in enumerate(plan.posts):
        match planned.id:
            case "04-new":
                message = "04-new: Threads could not fetch the media"
                refused = Problem("E711", message, "make the address answer", 1, 100, 2207052, "T1")
                results.append(PostResult(planned, "failed", problem=refused, exit_code=1))
            case "05-chain":
                results.append(
                    PostResult(planned, "published", ("1801", "1802", "1803"), tuple(f"{LINK}D{n}" for n in range(3)))
                )
            case "03-parked":
                unknown = Problem("E715", "03-parked: waits for a person", "publisher reconcile --resume 03-parked", 4)
                results.append(PostResult(planned, "unknown", (f"180{number}",), problem=unknown, exit_code=4))
            case "09-quote":
                results.append(PostResult(planned, "held"))
            case _:
                results.append(PostResult(planned, "unchanged"))
    return RunReport(plan, tuple(results), 4)


def a_stopped_run() -> RunReport:
    return replace(a_run(), exit_code=5, stopped_by=TryAgain("the network is gone", code="E706", fix="run again"))
