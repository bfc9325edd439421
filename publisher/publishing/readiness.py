"""New words are made ready before the old ones are taken down: what cannot go out would leave a gap.

All that comes before an intent may be repeated at will and shows nothing to anyone, so the ordinary loop does it, as if
the old words were gone already, and stops where it would begin to publish. Nothing of it is written: as long as
something of the old words is live, the record binds these alone, and whatever dies here costs a few calls.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from publisher.errors import PublisherError
from publisher.planning.actions import DeletePost
from publisher.planning.plan import Plan, PlannedPost
from publisher.planning.records import PartRecord, Phase
from publisher.planning.state import State
from publisher.planning.takedown import after_deletion, sends
from publisher.planning.tombstones import reborn
from publisher.publishing import wording
from publisher.publishing.apply import Applied, apply
from publisher.publishing.journey import Ended, Journey
from publisher.publishing.ledger import Ledger
from publisher.publishing.run import Session
from publisher.publishing.waiting import Pace

Ready = Mapping[str, PartRecord]  # post id -> its new first part, with the container that waits for it
NOTHING: Ready = MappingProxyType({})


def made_ready(session: Session, plan: Plan) -> Ready | Applied:
    """What is ready to go out in the place of what the plan takes down; else why nothing may be taken down.

    Of a post whose old words are gone already nothing is asked: it is sent like any other.
    """
    state = session.ledger.state
    posts = [after_deletion(post, reborn(state.posts[post.id])) for post in plan.posts if _would_leave_a_gap(post)]
    if not posts:
        return NOTHING
    begun = {post.id: post.record for post in posts}
    tools = replace(session.tools(), ledger=_Draft(session, state.amended(begun)), only_look=True)
    journeys = tuple(Journey.start(post, commit=session.commit) for post in posts)
    pace = Pace.of(session.publishing)
    applied = apply(journeys, tools, pace)
    try:
        session.ledger.hold(pace.hold_s)  # a video takes minutes to be ready, and a lease may run out meanwhile
    except PublisherError as error:
        applied = replace(applied, stopped_by=applied.stopped_by or error)
    if applied.interrupted or applied.stopped_by is not None or not all(map(_can_go, applied.journeys)):
        return replace(applied, journeys=tuple(map(_left_live, applied.journeys)))
    return {
        journey.id: replace(journey.part, phase=Phase.PREPARED)
        for journey in applied.journeys
        if journey.part.container is not None  # a repost has none
    }


class _Draft(Ledger):
    """What the loop writes stays in here; whether another run has written is asked of the backend all the same."""

    def __init__(self, session: Session, state: State) -> None:
        super().__init__(session.backend, session.clock)
        self._state = state

    def write(self, state: State, changed: tuple[str, ...]) -> None:  # noqa: ARG002 - all of it is kept at once
        self._state = state


def _would_leave_a_gap(post: PlannedPost) -> bool:
    return sends(post) and any(isinstance(action, DeletePost) for action in post.actions)


def _can_go(journey: Journey) -> bool:
    """It came to where it would be published, and nothing but being only a look held it there."""
    return journey.ended == Ended("held", wording.not_live(journey))


def _left_live(journey: Journey) -> Journey:
    """As it is told where nothing is taken down: what could go was not reached, what could not says why."""
    if _can_go(journey):
        return replace(journey, ended=None)
    if journey.ended is not None and journey.work.sight is not None and journey.work.sight.matches:
        return journey.ending("held", wording.said_already(journey, journey.work.sight.matches))
    return journey
