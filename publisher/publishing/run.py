"""One run of `publish`, told in order: whose account, what is planned, carry it out, report.

session = Session(...)                 # everything that touches the world, chosen by `wiring`
with session.backend.lock(session.run):
    plan = look(session, desired)      # reads state and account; nothing is changed
    report = carry_out(session, plan)  # everything irreversible happens in here
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from publisher.content.post import Post
from publisher.errors import NotAllowed, PublisherError, Refused
from publisher.planning.moves import after_moves
from publisher.planning.plan import Plan, PlanInput, PlannedPost, make_plan
from publisher.planning.quota import Quota, Quotas
from publisher.planning.records import Phase
from publisher.planning.state import State
from publisher.planning.verdicts import Verdict, shifted, stale_chain
from publisher.publishing.apply import Applied, apply
from publisher.publishing.clock import Clock
from publisher.publishing.journey import Journey
from publisher.publishing.ledger import Ledger
from publisher.publishing.permalinks import record_permalinks
from publisher.publishing.problem import Reaction, read_error
from publisher.publishing.references import look_up
from publisher.publishing.results import RunReport, report_of
from publisher.publishing.rivals import settling_order
from publisher.publishing.tools import Answer, Call, Progress, Shelf, Tools, in_turn
from publisher.publishing.waiting import Pace
from publisher.settings import AccountSettings, PublishingSettings, Rules
from publisher.state_backends.backend import StateBackend
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.errors import ThreadsError
from publisher.threads_api.profiles import Profile
from publisher.threads_api.publishing import Quota as ApiQuota

Told = TypeVar("Told")
_TRIES = 3
LOOK_AGAIN = timedelta(days=7)  # how long later runs look for the id of a live post


@dataclass(frozen=True, slots=True)
class Desired:
    """What the files of one account say."""

    posts: tuple[Post, ...]
    broken: frozenset[str] = frozenset()  # ids whose file is there but not valid
    only: frozenset[str] | None = None  # ids named on the command line


@dataclass(frozen=True, slots=True)
class Session:
    """One account and everything that touches the world for it."""

    account: AccountSettings
    rules: Rules
    publishing: PublishingSettings
    client: ThreadsClient
    backend: StateBackend
    shelf: Shelf
    clock: Clock
    run: str  # "9123/1": run id and attempt
    endpoint: str | None = None  # base URL of the API; None: the state's
    commit: str | None = None
    stop: Callable[[], bool] = lambda: False
    tell: Callable[[Progress], None] = lambda _: None
    rescue: Callable[[State], str] | None = None
    together: Callable[[Sequence[Call]], Sequence[Answer]] = in_turn
    group: int = 1  # see `Tools`
    ledger: Ledger = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ledger", Ledger(self.backend, self.clock, rescue=self.rescue))

    def tools(self) -> Tools:
        """What the loop may touch; the ledger is loaded."""
        return Tools(
            client=self.client,
            shelf=self.shelf,
            ledger=self.ledger,
            clock=self.clock,
            stop=self.stop,
            tell=self.tell,
            run=self.run,
            together=self.together,
            concurrency=self.publishing.concurrency,
            group=self.group,
        )


def look(session: Session, desired: Desired) -> Plan:
    """The plan as of now. Reads the state and the account; raises when it is another's (I9)."""
    state = session.ledger.load()
    me = whose(session)
    permalinks = _asked(
        session,
        lambda: look_up(desired.posts, state, session.client, me.username or ""),
        "looking up a permalink",
    )
    given = PlanInput(
        posts=desired.posts,
        state=replace(state, user_id=me.id, endpoint=session.endpoint or state.endpoint),
        now=session.clock.now(),
        account=session.account,
        rules=session.rules,
        publishing=session.publishing,
        broken=desired.broken,
        permalinks=permalinks,
        only=desired.only,
    )
    plan = make_plan(given)
    if not plan.pending:
        return plan  # nothing to count: an idle run asks no more than whose account it is
    quotas = _asked(session, lambda: ask_quotas(session.client), "asking for the publishing limit")
    return make_plan(replace(given, quotas=quotas))


def whose(session: Session) -> Profile:
    """Whose token this is; raises `NotAllowed` E603 when it is another account's (I9). The ledger is loaded.

    Asked before anything else: what another account's lists and containers say would be taken for an answer about ours.
    """
    me = _asked(session, session.client.profiles.me, "asking Threads whose token this is")
    _check_user(session.account, session.ledger.state, me.id)
    return me


def carry_out(session: Session, plan: Plan) -> RunReport:
    """Do what the plan says, each act recorded at once; never raises for what befalls a single post."""
    posts = [*_to_look_for(plan), *plan.pending]
    place = settling_order(post.record for post in posts)
    posts.sort(key=lambda post: place(post.record))
    journeys = tuple(Journey.start(post, commit=session.commit) for post in posts)
    try:
        _before(session, plan)
        session.ledger.undisturbed()
        applied = apply(journeys, session.tools(), Pace.of(session.publishing))
    except PublisherError as error:
        applied = Applied(journeys, stopped_by=error)
    if applied.stopped_by is None and not applied.interrupted:
        record_permalinks(session.ledger, session.client, session.clock.now(), session.stop)
    return report_of(plan, applied, session.ledger.state)


def _to_look_for(plan: Plan) -> tuple[PlannedPost, ...]:
    """What is live and could not be found: lists lag, so each run has one more look, for a while."""
    return tuple(
        # A file that is shifted does not say what the rest of the record is: bound it is, and the next run asks.
        replace(post, post=None) if post.post is not None and shifted(post.record, post.post) else post
        for post in plan.posts
        if post.verdict is Verdict.UNKNOWN
        and post.record is not None
        and post.record.phase is Phase.UNBOUND
        and any(part.attempt_at and plan.now - part.attempt_at <= LOOK_AGAIN for part in post.record.parts)
    )


def ask_quotas(client: ThreadsClient) -> Quotas:
    """What Threads says is used; what it will not say is not held against a post."""
    limits = client.publishing.limits()
    return Quotas(posts=_quota(limits.posts), replies=_quota(limits.replies), deletes=_quota(limits.deletes))


def _asked(session: Session, ask: Callable[[], Told], doing: str) -> Told:
    """The answer to a question that changes nothing, asked a few times where that may help."""
    pace = Pace.of(session.publishing)
    tries = 0
    while True:
        tries += 1
        try:
            return ask()
        except ThreadsError as error:
            reaction, problem = read_error(error, doing)
            if reaction is not Reaction.RETRY or tries == _TRIES or session.stop():
                raise problem.as_error() from error
            session.clock.sleep(pace.backoff(tries).total_seconds())


def _quota(asked: ApiQuota | None) -> Quota | None:
    return None if asked is None else Quota(used=asked.used, limit=asked.total)


def _check_user(account: AccountSettings, state: State, user_id: str) -> None:
    """What is on record is of one user for good: neither a token nor publisher.yaml makes it another's (I9)."""
    if account.user_id is not None and state.user_id not in (None, account.user_id):
        raise Refused(
            f"the state is of user {state.user_id}; publisher.yaml says that {account.name} is {account.user_id}",
            code="E406",
            why="what one account has published says nothing of another's, and its posts would be taken for ours",
            fix=f"mend user_id in publisher.yaml; for another user, give {account.name} another state.path there",
        )
    expected = account.user_id or state.user_id
    if expected is not None and expected != user_id:
        fix = f"put the token of {account.name} into the environment"
        raise NotAllowed(
            f"the token belongs to user {user_id}; account {account.name} is user {expected}",
            code="E603",
            why="with another account's token posts would go to the wrong profile, and its posts be taken for ours",
            fix=fix if state.user_id is not None else f"{fix}, or mend user_id in publisher.yaml",
        )


def _before(session: Session, plan: Plan) -> None:
    """What is recorded before anything is sent: whose account it is, moves, and chains that became stale."""
    ledger = session.ledger
    if plan.pending and plan.user_id is not None:
        ledger.with_user(plan.user_id, plan.endpoint)
    record_moves(ledger, plan.renames)
    for post in plan.posts:
        if post.verdict is Verdict.UNKNOWN and post.record is not None:
            _park_stale(session, post, plan.now)


def record_moves(ledger: Ledger, renames: Mapping[str, tuple[str, str]]) -> None:
    """All in one write: what points at a post that was moved is known by that one's old name."""
    state, changed = after_moves(ledger.state, renames)
    if changed:
        ledger.write(state, changed)


def _park_stale(session: Session, post: PlannedPost, now: datetime) -> None:
    record = post.record
    if record is None or record.phase is Phase.PARKED or not stale_chain(record, now, session.publishing.chain_gap):
        return
    index = next(number for number, part in enumerate(record.parts, start=1) if not part.phase.finished)
    session.ledger.keep(post.id, record.with_part(index, replace(record.parts[index - 1], phase=Phase.PARKED)))


__all__ = ["Desired", "RunReport", "Session", "ask_quotas", "carry_out", "look", "whose"]
