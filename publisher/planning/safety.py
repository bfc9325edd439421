"""Refusals that no single post is to blame for: caps, a plan that changed, a first run that would flood the feed."""

from publisher.errors import PublisherError, Refused
from publisher.planning.plan import Plan
from publisher.settings import Rules


def refusal(
    plan: Plan,
    rules: Rules,
    *,
    allow_new: int | None = None,
    plan_digest: str | None = None,
    paused: bool = False,
) -> PublisherError | None:
    """Why this plan must not be carried out, or None. Nothing has been sent when this is asked."""
    if paused:
        return Refused(
            "PUBLISHER_PAUSE is set; nothing is sent",
            code="E423",
            fix="unset PUBLISHER_PAUSE, then run again",
        )
    if plan_digest is not None and plan_digest != plan.digest:
        return Refused(
            f"the plan has changed: expected digest {plan_digest[:12]}…, this plan has {plan.digest[:12]}…",
            code="E421",
            why="only what was reviewed may be carried out",
            fix=f"review it again with: publisher plan    then: publisher publish --plan-digest {plan.digest}",
        )
    limit = rules.max_new_per_run if allow_new is None else allow_new
    if plan.new > limit:
        return Refused(
            f"this run would publish {plan.new} new posts; at most {limit} are allowed",
            code="E420",
            why="a lost state or a wrong folder looks just like this",
            fix=f"if all of them are meant: publisher publish --allow-new {plan.new}",
        )
    return None
