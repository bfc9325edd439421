"""The one loop that acts. `steps` decides what comes next, this carries it out, and each act is remembered at once.

One thread, one call at a time: first parts go out in the plan's order, while containers of later posts already wait
to be ready. The loop owns no rule of the protocol; it keeps two as assertions: no publish without a durable intent
(I2), and nothing is made while its container could still go live (I1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from publisher.errors import NeedsPerson, PublisherError
from publisher.planning.actions import CreateContainer, Ref, UploadMedia
from publisher.planning.containers import live_id
from publisher.planning.state import Phase
from publisher.publishing import lists, reposting, resolve, steps
from publisher.publishing.clock import Clock
from publisher.publishing.journey import Child, Journey, Look, Sight
from publisher.publishing.ledger import Ledger
from publisher.publishing.match import Wanted, live_twins, matches
from publisher.publishing.outcome import Outcome, classify
from publisher.publishing.problem import Problem, read_error
from publisher.publishing.setback import setback
from publisher.publishing.waiting import Pace
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.errors import (
    AuthenticationError,
    NotFound,
    NotSent,
    PermissionDenied,
    RateLimited,
    Restricted,
    ThreadsError,
)

WINDOW = 128  # posts under way at a time: enough for the 30 s that each container waits


class Shelf(Protocol):
    """Where pictures and videos become URLs."""

    def url_for(self, action: UploadMedia) -> str:
        """A URL that Threads can fetch. Raises `PublisherError`; never puts the URL into a message."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """One change of state, for people."""

    post: str
    part: int
    parts: int
    what: str  # "uploaded", "container made", "published", …


@dataclass(frozen=True, slots=True)
class Tools:
    """All that the loop may touch."""

    client: ThreadsClient
    shelf: Shelf
    ledger: Ledger
    clock: Clock
    stop: Callable[[], bool] = lambda: False  # an interrupt: finish the write in hand, start nothing new
    tell: Callable[[Progress], None] = lambda _: None
    run: str | None = None
    only_look: bool = False  # settle what evidence settles, and publish nothing


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

    def run(self) -> Applied:
        try:
            while not self.tools.stop():
                chosen = self._choose(self.tools.clock.now())
                if chosen is None:
                    return Applied(tuple(self.journeys))
                number, step = chosen
                if isinstance(step, steps.Wait):
                    self._sleep_until(step.until)
                else:
                    self.journeys[number] = self._carry_out(self.journeys[number], step)
        except PublisherError as error:
            return Applied(tuple(self.journeys), stopped_by=error)
        return Applied(tuple(self.journeys), interrupted=True)

    def _choose(self, now: datetime) -> tuple[int, steps.Step] | None:
        """The first post in order that can do something; else the shortest wait; None when all have ended."""
        waits: list[tuple[datetime, int]] = []
        blocked: list[int] = []
        going = [number for number, journey in enumerate(self.journeys) if journey.ended is None]
        for number in going[:WINDOW]:
            journey = self.journeys[number]
            decide = reposting.next_step if reposting.is_repost(journey) else steps.next_step
            step = decide(journey, now, self.pace, self)
            match step:
                case steps.Done():
                    self.journeys[number] = self.journeys[number].ending("published")
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

    def _unblocked(self) -> steps.Leave:
        """Everybody waits for a post whose outcome this run could not settle: no new intent beside an open one."""
        name = next((steps.target_name(journey) for journey in self.journeys if journey.in_doubt), "another post")
        problem = Problem("W718", f"waits until the outcome of {name} is known", "run again", exit_code=0)
        return steps.Leave("held", problem)

    def _sleep_until(self, moment: datetime) -> None:
        self.tools.clock.sleep(max(0.0, (moment - self.tools.clock.now()).total_seconds()))

    # --- what steps may ask -----------------------------------------------------------------------------------

    def turn(self, journey: Journey) -> bool:
        if any(other.in_doubt for other in self.journeys if other.id != journey.id):
            return False
        if journey.index > 1:
            return True
        for other in self.journeys:
            if other.id == journey.id:
                return True
            if not other.root_settled:
                return False
        raise AssertionError("a journey that is not in the plan")

    def live_id(self, post_id: str) -> str | None:
        return live_id(self.tools.ledger.state, post_id)

    def under_way(self, post_id: str) -> bool:
        return any(journey.id == post_id and not journey.root_settled for journey in self.journeys)

    # --- carrying out -----------------------------------------------------------------------------------------

    def _carry_out(self, journey: Journey, step: steps.Step) -> Journey:
        match step:
            case steps.Upload() | steps.Create() | steps.LookAt() | steps.ReadLists():
                return self._call(journey, step)
            case steps.Intend():
                return (
                    journey.ending("held", steps.not_live(journey)) if self.tools.only_look else self._intend(journey)
                )
            case steps.Publish(container):
                return self._publish(journey, container)
            case steps.SendRepost(target):
                return self._repost(journey, target)
            case steps.Settle(decision):
                return self._settle(journey, decision)
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
                if keep_container and journey.part.container is not None and not journey.part.attempt:
                    journey = self._kept(journey.with_part(phase=Phase.PREPARED))
                return journey.ending(outcome, problem)
            case steps.Pause(until):
                return journey.with_work(not_before=until, look=None, sight=None)
            case steps.Wait() | steps.Blocked() | steps.Done():
                raise AssertionError(f"nothing to carry out: {step}")
            case _:
                assert_never(step)

    def _call(self, journey: Journey, step: steps.Upload | steps.Create | steps.LookAt | steps.ReadLists) -> Journey:
        """A call that may be made again at will: it shows nothing to anyone."""
        try:
            match step:
                case steps.Upload(upload):
                    url = self.tools.shelf.url_for(upload)
                    self._tell(journey, "media ready")
                    return journey.with_result(upload.key, url)
                case steps.Create(create):
                    return self._create(journey, create)
                case steps.LookAt(container, child):
                    return self._look(journey, container, child)
                case steps.ReadLists(back_to):
                    return self._read_lists(journey, back_to)
        except (ThreadsError, PublisherError) as error:
            follows = setback(journey, step, error, self.tools.clock.now(), self.pace)
            return follows if isinstance(follows, Journey) else self._carry_out(journey, follows)

    def _create(self, journey: Journey, create: CreateContainer) -> Journey:
        reply_to, quote = self._known(journey, create.reply_to), self._known(journey, create.quote)
        media = self._known(journey, create.media)
        optional = {
            "image_url" if create.media_type == "IMAGE" else "video_url": media,
            "children": ",".join(child.container for child in journey.work.children) if create.children else None,
            "reply_to_id": reply_to,
            "quote_post_id": quote,
        }
        params = {"media_type": create.media_type, **dict(create.params)}
        params.update({key: value for key, value in optional.items() if value is not None})
        container = self.tools.client.publishing.create(params)
        now = self.tools.clock.now()
        if create.key.endswith("/offer"):
            return journey.with_result(create.key, container)
        if "/child-" in create.key:
            children = (*journey.work.children, Child(container, now))
            return journey.with_work(children=children, tries=0, asking_since=None)
        self._tell(journey, "container made")
        made = journey.made(container, now).with_part(reply_to=reply_to, quote=quote)
        if create.media_type in ("VIDEO", "CAROUSEL"):
            # Worth a write: after a crash neither the upload nor the processing is done again.
            return self._kept(made.with_part(phase=Phase.PREPARED))
        return made

    def _known(self, journey: Journey, value: Ref | str | None) -> str | None:
        """What a reference stands for by now."""
        if not isinstance(value, Ref):
            return value
        if value.post is not None:
            return self.live_id(value.post)
        if value.key in journey.results:
            return journey.results[value.key]
        index = int(value.key.removeprefix("part-").split("/")[0])
        return journey.record.parts[index - 1].media_id

    def _look(self, journey: Journey, container: str, child: int | None) -> Journey:
        answer = self.tools.client.publishing.status(container)
        now = self.tools.clock.now()
        status = resolve.Status.read(str(answer.status))
        asking = journey.work.asking_since or now
        if child is None:
            since = journey.work.published_since or now if status is resolve.Status.PUBLISHED else None
            look = Look(status, now, answer.error_message)
            return journey.with_work(look=look, tries=0, asking_since=asking, published_since=since)
        journey = journey.with_work(tries=0, asking_since=asking)
        match status:
            case resolve.Status.FINISHED:
                ready = replace(journey.work.children[child], ready=True)
                children = (*journey.work.children[:child], ready, *journey.work.children[child + 1 :])
                return journey.with_work(children=children, asking_since=None)
            case resolve.Status.EXPIRED | resolve.Status.GONE | resolve.Status.PUBLISHED:
                return self._carry_out(journey, steps.container_vanished(journey, children_only=True))
            case resolve.Status.ERROR:
                follows = steps.container_failed(journey, answer.error_message)
                if isinstance(follows, steps.Rebuild):
                    follows = replace(follows, children_only=True)
                return self._carry_out(journey, follows)
            case _:
                return self._carry_out(journey, steps.still_working(journey, now, self.pace, "VIDEO"))

    def _read_lists(self, journey: Journey, back_to: datetime | None) -> Journey:
        part, bound = journey.part, self.tools.ledger.state.bound_ids()
        if back_to is None:
            listed = lists.newest(self.tools.client, replies=part.reply_to is not None, ghost=part.ghost)
            found = live_twins(self._wanted(journey), listed, bound)
        else:
            listed = lists.since(self.tools.client, part, back_to)
            found = matches(Wanted.attempted(part), listed, bound)
        newest = tuple(media.id for media in listed[: lists.WATERMARK])
        return journey.with_work(sight=Sight(found, newest), tries=0)

    def _wanted(self, journey: Journey) -> Wanted:
        part, source = journey.part, journey.source
        if reposting.is_repost(journey):
            return Wanted("REPOST", 0, None, None, None, repost=self._repost_target(journey))
        alone = source.media[0] if source is not None and len(source.media) == 1 else None
        alt = alone.alt if alone is not None and part.text_sha256 is None else None
        return Wanted(part.media_type, part.n_children, part.text_sha256, part.reply_to, part.quote, alt_text=alt)

    # --- the irreversible part --------------------------------------------------------------------------------

    def _intend(self, journey: Journey) -> Journey:
        """W1: container, attempt and watermark are durable before the call."""
        part, sight = journey.part, journey.work.sight
        first = part.attempt == 0
        intent = journey.with_part(
            phase=Phase.INTENT,
            attempt=part.attempt + 1,
            attempt_at=self.tools.clock.now(),
            watermark=(sight.newest if sight is not None else ()) if first else part.watermark,
            repost=self._repost_target(journey),
            run=self.tools.run,
        )
        armed = self._kept(intent)
        return armed.with_work(armed=True, attempts=armed.work.attempts + 1)

    def _publish(self, journey: Journey, container: str) -> Journey:
        part = journey.part
        if not self.tools.ledger.has_intent(journey.id, journey.index, container, part.attempt):
            raise AssertionError("I2: publish without a durable intent")
        try:
            result = self.tools.client.publishing.publish(container, read_timeout_s=self.pace.publish_timeout_s)
        except Exception as error:  # whatever it was, the post may be live: only evidence decides
            return self._publish_failed(journey, error)
        live = self._kept(journey.live(result.media_id, self.tools.clock.now()))
        self._tell(journey, "published")
        return live

    def _repost(self, journey: Journey, target: str) -> Journey:
        if not self.tools.ledger.has_intent(journey.id, journey.index, None, journey.part.attempt):
            raise AssertionError("I2: repost without a durable intent")
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
        now = self.tools.clock.now()
        outcome = classify(error, certain=journey.work.certain and journey.work.attempts == journey.part.attempt)
        fresh = journey.with_work(armed=False, look=None, sight=None, asking_since=None, published_since=None)
        match outcome:
            case Outcome.NOT_SENT | Outcome.NOT_YET:
                self._tell(journey, outcome.value)
                return fresh.with_work(not_before=now + self.pace.ready_wait)
            case Outcome.AMBIGUOUS:
                patience = error.retry_after_s if isinstance(error, RateLimited) else None
                when = f" in {patience:.0f} s, as Threads asks" if patience else ""
                self._tell(journey, f"no clear answer; asking what came of it{when}")
                if patience:
                    fresh = fresh.with_work(not_before=now + timedelta(seconds=patience))
                if isinstance(error, Restricted | PermissionDenied | AuthenticationError):
                    # Seen on posts that were live (E1, E2), so evidence decides; but nothing more is attempted, and a
                    # token that expired is told as what it is (F25).
                    fresh = fresh.with_work(barred=read_error(error, steps.target_name(journey))[1])
                return fresh.with_work(certain=False)

    def _settle(
        self,
        journey: Journey,
        decision: resolve.Bind | resolve.StartAnew | resolve.LeaveUnbound | resolve.Park,
    ) -> Journey:
        match decision:
            case resolve.Bind(media_id):
                self._tell(journey, "found live")
                return self._kept(journey.live(media_id, self.tools.clock.now()))
            case resolve.StartAnew():
                return self._kept(journey.without_container())
            case resolve.LeaveUnbound(candidates):
                problem = steps.unbound(journey, candidates)
                return self._kept(journey.with_part(phase=Phase.UNBOUND)).ending("unknown", problem)
            case resolve.Park(why):
                problem = steps.parked(journey, why)
                return self._kept(journey.with_part(phase=Phase.PARKED)).ending("unknown", problem)

    def _kept(self, journey: Journey) -> Journey:
        """The journey, once its record is durable."""
        self.tools.ledger.keep(journey.id, journey.record)
        return journey

    def _tell(self, journey: Journey, what: str) -> None:
        self.tools.tell(Progress(journey.id, journey.index, len(journey.record.parts), what))
