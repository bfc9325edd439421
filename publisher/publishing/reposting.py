"""What a repost needs next. As irreversible as a publish, and without a container that could be asked about it. Pure.

So the account's lists alone decide what became of a call whose answer was lost, and it is never made a second time on
their silence: what they do not show once the call is `settle` old waits for a person. Only a call that surely did
nothing (it was never sent, or Threads knew no such post) is made again.
"""

from datetime import datetime

from publisher.planning.actions import Ref, Repost
from publisher.planning.records import Phase
from publisher.publishing import resolve, steps, wording
from publisher.publishing.journey import Journey
from publisher.publishing.problem import Problem
from publisher.publishing.waiting import ATTEMPTS, Pace
from publisher.threads_api.errors import NotFound


def is_repost(journey: Journey) -> bool:
    return not journey.record.finished and journey.part.media_type == "REPOST"


def action_of(journey: Journey) -> Repost | None:
    """None where the target was not known when a begun post was planned."""
    return next((action for action in journey.actions if isinstance(action, Repost)), None)


def next_step(journey: Journey, now: datetime, pace: Pace, others: steps.Others) -> steps.Step:
    """What this repost, which has not ended in this run, needs next."""
    if journey.work.not_before is not None and now < journey.work.not_before:
        return steps.Wait(journey.work.not_before)
    match journey.part.phase:
        case Phase.INTENT:
            if journey.work.armed and journey.part.repost is not None:
                return steps.SendRepost(journey.part.repost)
            return _what_came_of_it(journey, now, pace)
        case Phase.UNBOUND | Phase.PARKED:
            return steps.next_step(journey, now, pace, others)
        case _:
            return _towards_it(journey, now, others)


def tried_in_vain(journey: Journey, error: Exception) -> steps.Refuse | steps.Leave | None:
    """After a call that surely did nothing: None to try again, else how to end it."""
    if journey.work.rebuilds < ATTEMPTS:
        return None
    name = wording.target_name(journey)
    if isinstance(error, NotFound):
        return steps.Refuse(Problem("E704", f"{name} reposts a post that Threads cannot find", "mend repost:"))
    return steps.Leave("held", Problem("E706", f"{name}: reposting: {error}", "run again", 5))


def _towards_it(journey: Journey, now: datetime, others: steps.Others) -> steps.Step:
    action = action_of(journey)
    if journey.post is None or action is None or steps.expired(journey.post, journey.index, now):
        return steps.Leave("skipped")
    target = action.target
    if isinstance(target, Ref) and target.post is not None and others.live_id(target.post) is None:
        if others.under_way(target.post):
            return steps.Blocked()
        return steps.Leave("held", Problem("W717", f"waits until {target.post} is live", exit_code=0))
    return steps.attempt(journey, now, others)


def _what_came_of_it(journey: Journey, now: datetime, pace: Pace) -> steps.Step:
    begun = journey.part.attempt_at or now
    if journey.work.sight is None:
        return steps.ReadLists(back_to=begun)
    match journey.work.sight.matches:
        case (media_id,):
            return steps.Settle(resolve.Bind(media_id))
        case ():
            left = pace.settle - (now - begun)
            if left.total_seconds() > 0:
                return steps.Pause(now + min(pace.poll, left))
            return steps.Settle(resolve.Park("no repost of it is listed, and nothing else can tell whether it is live"))
        case candidates:
            return steps.Settle(resolve.LeaveUnbound(candidates))
