"""The one loop that acts. `steps` decides what comes next, this carries it out, and each act is remembered at once.

First parts go out in the plan's order, one publish call at a time, while containers of later posts already wait to be
ready. Calls that show nothing to anyone are made several at a time, each for another post; what follows from their
answers, and every write, happens here, one after the other. The loop owns no rule of the protocol; before what cannot
be undone it asks `invariants`, which assert what `steps` should have seen to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from publisher.errors import NeedsPerson, PublisherError
from publisher.planning.actions import Ref
from publisher.planning.containers import live_id
from publisher.planning.records import Phase
from publisher.publishing import grouping, invariants, lists, preparing, reposting, resolve, sighting, steps, wording
from publisher.publishing.journey import Journey, Sight
from publisher.publishing.keeping import Keeper
from publisher.publishing.problem import Problem, read_error
from publisher.publishing.setback import publish_failed, setback
from publisher.publishing.tools import Answer, Preparing, Progress, Shelf, Tools
from publisher.publishing.waiting import Pace
from publisher.threads_api.errors import NotFound, NotSent, Restricted, ThreadsError
from publisher.threads_api.media import Media

__all__ = ["Applied", "Progress", "Shelf", "Tools", "apply"]

DATINGS = 3  # of one intent, where writing it takes long
WINDOW = 128  # posts under way at a time: enough for the 30 s that each container waits


@dataclass(frozen=True, slots=True)
class Applied:
    """Where everything stands when the loop ends."""

    journeys: tuple[Journey, ...]
    interrupted: bool = False
    stopped_by: PublisherError | None = None  # nothing more could be sent in this run


def apply(journeys: Sequence[Journey], tools: Tools, pace: Pace) -> Applied:
    """Carry the journeys out, in their order."""
    return _Loop(list(journeys), tools, pace).run()


class _Loop:
    def __init__(self, journeys: list[Journey], tools: Tools, pace: Pace) -> None:
        self.journeys = journeys
        self.tools = tools
        self.pace = pace
        self.restricted: PublisherError | None = None  # Meta stopped the account: nothing new is attempted
        self.keeper = Keeper(tools.ledger, journeys)

    def run(self) -> Applied:
        try:
            while not self.tools.stop():
                chosen = self._choose(self.tools.clock.now())
                if chosen is None:
                    return Applied(tuple(self.journeys))
                number, step = chosen
                match step:
                    case steps.Wait(until):
                        self.tools.clock.sleep(max(0.0, (until - self.tools.clock.now()).total_seconds()))
                    case steps.Upload() | steps.Create() | steps.LookAt():
                        self._prepare(number, step)
                    case steps.Intend() if self.restricted is None and len(group := self._group(number)) > 1:
                        self._send_together(group)
                    case _:
                        self.journeys[number] = self._carry_out(self.journeys[number], step)
        except PublisherError as error:
            return Applied(tuple(self.journeys), stopped_by=error)
        return Applied(tuple(self.journeys), interrupted=True)

    def _choose(self, now: datetime) -> tuple[int, Preparing | steps.Act | steps.Wait] | None:
        """The first post in order that can do something; else the shortest wait; None when all have ended."""
        waits: list[tuple[datetime, int]] = []
        blocked: list[int] = []
        going = [number for number, journey in enumerate(self.journeys) if journey.ended is None]
        for number in going[:WINDOW]:
            step = self._next_step(self.journeys[number], now)
            match step:
                case steps.Wait(until):
                    waits.append((until, number))
                case steps.Blocked():
                    blocked.append(number)
                case _:
                    return number, step
        if waits:
            until, number = min(waits)
            return number, steps.Wait(until)
        return (blocked[0], self._unblocked()) if blocked else None

    def _next_step(self, journey: Journey, now: datetime) -> steps.Step:
        decide = reposting.next_step if reposting.is_repost(journey) else steps.next_step
        return decide(journey, now, self.pace, self)

    def _unblocked(self) -> steps.Leave:
        """Everybody waits for a post whose outcome this run could not settle: no new intent beside an open one."""
        name = next((wording.target_name(journey) for journey in self.journeys if journey.in_doubt), "another post")
        problem = Problem("W718", f"waits until the outcome of {name} is known", "run again", exit_code=0)
        return steps.Leave("held", problem)

    # --- what steps may ask -----------------------------------------------------------------------------------

    def turn(self, journey: Journey) -> bool:
        if any(other.in_doubt for other in self.journeys if other.id != journey.id):
            return False
        return journey.index > 1 or all(other.root_settled for other in self.journeys[: self._place(journey)])

    def _place(self, journey: Journey) -> int:
        return next(number for number, other in enumerate(self.journeys) if other.id == journey.id)

    def foremost(self, journey: Journey) -> bool:
        before = self.journeys[: self._place(journey)]
        return all(other.root_settled and not other.in_doubt for other in before)

    def live_id(self, post_id: str) -> str | None:
        return live_id(self.tools.ledger.state, post_id)

    def under_way(self, post_id: str) -> bool:
        return any(journey.id == post_id and not journey.root_settled for journey in self.journeys)

    # --- carrying out -----------------------------------------------------------------------------------------

    def _carry_out(self, journey: Journey, step: steps.Act) -> Journey:
        match step:
            case steps.ReadLists(back_to):
                return self._read_lists(journey, back_to)
            case steps.Intend() if self.restricted is not None:
                raise self.restricted
            case steps.Intend():
                return (
                    journey.ending("held", wording.not_live(journey)) if self.tools.only_look else self._intend(journey)
                )
            case steps.Publish(container):
                return self._publish(journey, container)
            case steps.SendRepost(target):
                return self._repost(journey, target)
            case steps.Settle(decision):
                return self._settle(journey, decision)
            case steps.Question():
                return self._kept(journey.in_question(self.tools.clock.now()))
            case steps.Rebuild(children_only, vanished):
                return journey.rebuilt(children_only=children_only, vanished=vanished)
            case steps.Refuse(problem):
                error = f"{problem.code} {problem.api_code or ''}/{problem.api_subcode or ''}".rstrip(" /")
                refused = journey.with_part(
                    phase=Phase.FAILED, error=error, container=None, container_at=None, children=()
                )
                return self._kept(refused).ending("failed", problem)
            case steps.Leave(outcome, problem, keep_container):
                if problem is not None and problem.exit_code == NeedsPerson.exit_code:
                    self.tools.ledger.confirm()  # a runner that was overtaken sees the winner's post, and no riddle
                if keep_container and journey.part.container is not None and journey.part.phase is Phase.PLANNED:
                    journey = self._kept(journey.with_part(phase=Phase.PREPARED))
                return journey.ending(outcome, problem)
            case steps.Pause(until):
                return journey.with_work(not_before=until, look=None, sight=None)
            case _:
                assert_never(step)

    # --- several calls at a time ------------------------------------------------------------------------------

    def _prepare(self, number: int, step: Preparing) -> None:
        """The call that was chosen, and beside it those that later posts need by now."""
        volley = {number: step, **self._companions(number, step)}
        asked = [self._params(self.journeys[number], step) for number, step in volley.items()]
        answers = self.tools.together([self.tools.call(*each) for each in zip(volley.values(), asked, strict=True)])
        stopped: PublisherError | None = None
        lasting: list[Journey] = []
        for (number, step), params, answer in zip(volley.items(), asked, answers, strict=True):
            before = self.journeys[number]
            try:
                self.journeys[number] = after = self._answered(before, step, params, answer)
            except PublisherError as error:
                stopped = stopped or error
                continue
            if preparing.is_lasting(before, after):
                lasting.append(after)
        self.keeper.keep(lasting)
        if stopped is not None:
            raise stopped

    def _companions(self, number: int, step: Preparing) -> dict[int, Preparing]:
        found: dict[int, Preparing] = {}
        now = self.tools.clock.now()
        for later in range(number + 1, min(number + WINDOW, len(self.journeys))):
            if len(found) + 1 >= self.tools.concurrency:
                break
            if self.journeys[later].ended is not None:
                continue
            its = self._next_step(self.journeys[later], now)
            if isinstance(its, Preparing) and preparing.may_join(its, (step, *found.values())):
                found[later] = its
        return found

    def _params(self, journey: Journey, step: Preparing) -> Mapping[str, str]:
        return preparing.container_params(journey, step.action, self._known) if isinstance(step, steps.Create) else {}

    def _answered(self, journey: Journey, step: Preparing, params: Mapping[str, str], answer: Answer) -> Journey:
        follows = preparing.answered(journey, step, params, answer, self.tools.clock.now(), self.pace)
        if not isinstance(follows, Journey) or isinstance(answer, Exception):
            return self._after(journey, follows)
        if (news := preparing.news(step)) is not None:
            self._tell(journey, news)
        return follows

    def _after(self, journey: Journey, follows: Journey | steps.Act) -> Journey:
        return follows if isinstance(follows, Journey) else self._carry_out(journey, follows)

    def _known(self, journey: Journey, value: Ref | str | None) -> str | None:
        """What a reference stands for by now."""
        if not isinstance(value, Ref):
            return value
        if value.post is not None:
            return self.live_id(value.post)
        if value.key in journey.results:
            return journey.results[value.key]
        index = int(value.key.removeprefix("part-").split("/")[0])
        return invariants.durable_parent(self.tools.ledger.state, journey, index)

    def _read_lists(self, journey: Journey, back_to: datetime | None) -> Journey:
        part = journey.part
        try:
            if back_to is None:
                listed = lists.newest(self.tools.client, replies=part.reply_to is not None, ghost=part.ghost)
                self._share(listed, self._candidates(self._place(journey)))
                return self._seeing(journey, listed)
            listed = lists.since(self.tools.client, part, back_to)
        except ThreadsError as error:
            follows = setback(journey, steps.ReadLists(back_to), error, self.tools.clock.now(), self.pace)
            return self._after(journey, follows)
        sight = sighting.of_attempt(journey, listed, self.tools.ledger.state, self.tools.clock.now())
        return journey.with_work(sight=sight, tries=0)

    def _share(self, listed: Sequence[Media], numbers: Sequence[int]) -> None:
        """What was listed holds for those that are to be intended with it, up to one that is live already."""
        for number in numbers:
            self.journeys[number] = self._seeing(self.journeys[number], listed)
            if self.journeys[number].work.sight != Sight((), lists.watermark(listed)):
                return

    def _seeing(self, journey: Journey, listed: Sequence[Media]) -> Journey:
        state, now, repost = self.tools.ledger.state, self.tools.clock.now(), self._repost_target(journey)
        return journey.with_work(sight=sighting.before_attempt(journey, listed, state, now, repost=repost), tries=0)

    # --- the irreversible part --------------------------------------------------------------------------------

    def _intend(self, journey: Journey) -> Journey:
        """W1: container, attempt and watermark are durable before the call."""
        return self._kept(self._intending(journey))

    def _intending(self, journey: Journey) -> Journey:
        now, part, sight = self.tools.clock.now(), journey.part, journey.work.sight
        invariants.before_intent(journey, self.journeys, now, self.pace)
        first = part.attempt == 0
        intent = journey.with_part(
            phase=Phase.INTENT,
            attempt=part.attempt + 1,
            attempt_at=now,
            watermark=(sight.newest if sight is not None else ()) if first else part.watermark,
            repost=self._repost_target(journey),
            run=self.tools.run,
        )
        return intent.with_work(armed=True, attempts=intent.work.attempts + 1)

    def _publish(self, journey: Journey, container: str) -> Journey:
        """The call, and W2."""
        try:
            sent = self._sent(journey, container)
        except PublisherError:  # the lock is lost, and nothing sent
            if journey.part.attempt == 1:  # else an earlier attempt is still in doubt
                self._kept(grouping.taken_back(journey))
            raise
        if sent.record.parts[journey.index - 1].phase is not Phase.PUBLISHED:
            return sent
        live = self._kept(sent)
        self._tell(journey, "published")
        return live

    def _sent(self, journey: Journey, container: str) -> Journey:
        """Live and not recorded yet, or as the answer leaves it."""
        journey = self._before_call(journey, container)
        try:
            result = self.tools.client.publishing.publish(container, read_timeout_s=self.pace.publish_timeout_s)
        except Exception as error:  # whatever it was, the post may be live: only evidence decides
            return self._publish_failed(journey, error)
        return journey.live(result.media_id, self.tools.clock.now())

    def _before_call(self, journey: Journey, container: str | None) -> Journey:
        """Raises `LostRace`, and nothing is sent, where the lock would not outlast the call and cannot be renewed.

        An intent that took long to write is dated anew: `settle` counts from it, and the call comes only now (I3).
        """
        for _ in range(DATINGS):
            self._hold()
            if grouping.in_time(journey, self.tools.clock.now()):
                break
            journey = self._kept(journey.with_part(attempt_at=self.tools.clock.now()))
        else:
            what = f"{wording.target_name(journey)}: its intent takes too long to write for the call to follow it"
            raise Problem("E706", what, "run again", 5).as_error()
        ledger = self.tools.ledger
        invariants.before_call(ledger.state, journey, container, ledger.left(), self.pace)
        return journey

    def _hold(self) -> None:
        self.tools.ledger.hold(self.pace.hold_s + 1)  # time goes on until the call

    # --- one write for several posts --------------------------------------------------------------------------

    def _candidates(self, number: int) -> list[int]:
        """Those right behind it that could share its writes."""
        alone = self.tools.group == 1 or self.tools.only_look
        return [] if alone else grouping.behind(self.journeys, number, self.tools.group)

    def _group(self, number: int) -> list[int]:
        """It, and those right behind it that have seen the same lists and may be intended with it."""
        ready = [number]
        for later in self._candidates(number):
            sight = self.journeys[later].work.sight
            if sight is None or sight.matches or not steps.fresh(sight, self.tools.clock.now()):
                break
            ready.append(later)
        return ready

    def _send_together(self, group: Sequence[int]) -> None:
        """W1 for all, publish in order, W2 for all that went live; the first doubt ends it (protocol.md, 4.6).

        An intent whose call was never made is taken back by the same W2, so that only the doubt itself stays open.
        """
        intents = [self._intending(self.journeys[number]) for number in group]
        self.keeper.keep(intents)
        for number, journey in zip(group, intents, strict=True):
            self.journeys[number] = journey
        after: dict[int, Journey] = {}
        lost: PublisherError | None = None
        for number in group:
            journey, container = self.journeys[number], self.journeys[number].part.container
            try:
                self._hold()  # before it is asked how old the intent is: it may take long
                late = bool(after) and not grouping.still_young(journey, self.tools.clock.now())
                if container is None or self.tools.stop() or late:
                    break
                after[number] = self._sent(journey, container)
            except PublisherError as error:  # the lock is lost, and nothing sent; what went live before is recorded
                lost = error
                break
            if after[number].ended is None:
                break
        taken_back = {n: grouping.taken_back(self.journeys[n]) for n in group if n not in after}
        self.keeper.keep([journey for journey in {**after, **taken_back}.values() if not journey.in_doubt])
        for number, journey in {**after, **taken_back}.items():
            if journey.ended is not None:
                self._tell(self.journeys[number], "published")
            self.journeys[number] = journey
        if lost is not None:
            raise lost

    def _repost(self, journey: Journey, target: str) -> Journey:
        try:
            journey = self._before_call(journey, None)
        except PublisherError:
            self._kept(journey.without_container())
            raise
        try:
            media_id = self.tools.client.publishing.repost(target)
        except (NotSent, NotFound) as error:
            return self._not_reposted(journey, error)
        except Exception as error:  # whatever it was, the repost may be live: only the lists decide
            return self._publish_failed(journey, error)
        live = self._kept(journey.live(media_id, self.tools.clock.now()))
        self._tell(journey, "published")
        return live

    def _not_reposted(self, journey: Journey, error: ThreadsError) -> Journey:
        """Nothing can be live, so the intent is taken back; a target of a moment ago may be readable soon."""
        self._tell(journey, "not sent")
        taken_back = self._kept(journey.without_container())
        end = reposting.tried_in_vain(taken_back, error)
        if end is not None:
            return self._carry_out(taken_back, end)
        return taken_back.with_work(not_before=self.tools.clock.now() + self.pace.ready_wait)

    def _repost_target(self, journey: Journey) -> str | None:
        """The media id of what is reposted; None for everything else."""
        action = reposting.action_of(journey)
        return journey.part.repost if action is None else self._known(journey, action.target)

    def _publish_failed(self, journey: Journey, error: Exception) -> Journey:
        left, news = publish_failed(journey, error, self.tools.clock.now(), self.pace)
        self._tell(journey, news)
        if isinstance(error, Restricted):
            self.restricted = read_error(error, wording.target_name(journey))[1].as_error()
        return left

    def _settle(
        self,
        journey: Journey,
        decision: resolve.Bind | resolve.StartAnew | resolve.LeaveUnbound | resolve.Park,
    ) -> Journey:
        match decision:
            case resolve.Bind(media_id):
                self._tell(journey, "found live")
                return self._kept(self._found(journey, media_id))
            case resolve.StartAnew():
                anew = self._kept(journey.without_container())
                end = steps.tried_in_vain(anew)
                return anew if end is None else self._carry_out(anew, end)
            case resolve.LeaveUnbound(media_ids):
                problem = wording.unbound(journey, media_ids)
                return self._kept(journey.with_part(phase=Phase.UNBOUND)).ending("unknown", problem)
            case resolve.Park(why, resumable):
                problem = wording.parked(journey, why, resumable=resumable)
                # Why nothing can go on is kept; nobody is told to go on with it in later runs either.
                error = None if resumable or journey.part.attempt else why
                return self._kept(journey.with_part(phase=Phase.PARKED, error=error)).ending("unknown", problem)
            case _:
                assert_never(decision)

    def _found(self, journey: Journey, media_id: str) -> Journey:
        """Live since the time that the list gives."""
        now, sight = self.tools.clock.now(), journey.work.sight
        media = (sight.found if sight is not None else {}).get(media_id, Media(media_id))
        return journey.live(media_id, min(media.timestamp or now, now), media.permalink)

    def _kept(self, journey: Journey) -> Journey:
        """The journey, once its record is durable."""
        self.keeper.keep([journey])
        return journey

    def _tell(self, journey: Journey, what: str) -> None:
        self.tools.tell(Progress(journey.id, journey.index, len(journey.record.parts), what))
