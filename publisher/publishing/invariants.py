"""The protocol's invariants that a run can check of itself, each an assertion with its name (docs/protocol.md). Pure.

They decide nothing; `steps` and `resolve` do. A run that breaks one has a fault of its own and ends here, before the
write or the call that would make it public: a post seen cannot be unseen. I8 to I10 are no assertions: a state, a
checkout or a token that is not right is refused, and a secret is never handed to what could tell it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from publisher.planning.record_json import part_json
from publisher.planning.records import ADOPTED, TAKEN_DOWN, PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.publishing.journey import Journey
from publisher.publishing.resolve import Status
from publisher.publishing.waiting import ATTEMPTS, Pace


def before_intent(journey: Journey, others: Iterable[Journey], now: datetime, pace: Pace) -> None:
    """An intent for the part in hand is about to be recorded. Raises `AssertionError`."""
    part, work = journey.part, journey.work
    _hold("I11", work.sight is not None and not work.sight.matches, "the lists were not read, or show it already")
    if part.attempt == 0:
        _hold("I5", not any(other.in_doubt for other in others if other.id != journey.id), "another intent is open")
        return
    certain = work.certain and work.attempts == part.attempt
    quiet = pace.ready_wait if certain else pace.settle
    settled = part.attempt_at is not None and now - part.attempt_at >= quiet
    _hold("I3", settled and work.attempts < ATTEMPTS, "the last attempt could still act, or there were enough of them")
    _hold("I3", work.look is not None and work.look.status is Status.FINISHED, "the container does not say FINISHED")


def before_call(state: State, journey: Journey, container: str | None, left: float, pace: Pace) -> None:
    """The one irreversible call is about to be made. Raises `AssertionError`.

    `state` is what is durable, `left` the seconds for which the account is surely ours.
    """
    _hold("I12", left >= pace.hold_s, "the lock could run out while the call is under way")
    record = state.posts.get(journey.id)
    part = record.parts[journey.index - 1] if record is not None and journey.index <= len(record.parts) else None
    attempt = journey.part.attempt
    durable = part is not None and (part.phase, part.container, part.attempt) == (Phase.INTENT, container, attempt)
    _hold("I2", durable, "no durable intent for this very call")


def durable_parent(state: State, journey: Journey, index: int) -> str:
    """The media id of part `index`, which a later one answers. Raises `AssertionError`."""
    record = state.posts.get(journey.id)
    media_id = record.parts[index - 1].media_id if record is not None else None
    if media_id is None:
        raise AssertionError(f"I4: the part before {journey.id}#{journey.index} has no durable id to answer")
    return media_id


def before_write(old: PostRecord, new: PostRecord) -> None:
    """`new` is about to take the place of `old`, under the same id. Raises `AssertionError`.

    What is published, skipped or deleted stays so, with two ways on: from published to deleted, and only where a
    deletion was durably begun; and from skipped to published, and only where a person named the live post that it is.
    """
    for before, after in zip(old.parts, new.parts, strict=False):
        exchanged = before.attempt > 0 and after.container not in (None, before.container)
        _hold("I1", not exchanged, "a container that was attempted is exchanged for another one")
        _hold("I7", not before.phase.finished or _same_end(before, after), _change(before, after))
        unbound = before.phase is Phase.UNBOUND and after.phase not in (Phase.UNBOUND, Phase.PUBLISHED, Phase.SKIPPED)
        _hold("I7", not unbound, "what is live, its id not known yet, must not be sent again")
    dropped = any(part.phase.finished for part in old.parts[len(new.parts) :])
    _hold("I7", not dropped, "a finished part must not be dropped")


def after_write(before: State, after: State) -> None:
    """`after` was kept in the place of `before`. Raises `AssertionError`.

    By more than one where a write of ours was kept unseen, or where a branch put our records on top of others' (F48).
    """
    _hold("I7", after.serial > before.serial, "the serial did not rise")


def _same_end(before: PartRecord, after: PartRecord) -> bool:
    if (before.phase, after.phase) == (Phase.PUBLISHED, Phase.DELETED) and TAKEN_DOWN in before.extra:
        after = replace(after, phase=before.phase)
    if (before.phase, after.phase) == (Phase.SKIPPED, Phase.PUBLISHED) and ADOPTED in after.extra:
        return before.media_id is None and after.media_id is not None
    return after.phase is before.phase and after.media_id == before.media_id


def _change(before: PartRecord, after: PartRecord) -> str:
    return f"a finished part must not change: {part_json(before)} -> {part_json(after)}"


def _hold(name: str, kept: bool, broken: str) -> None:
    if not kept:
        raise AssertionError(f"{name}: {broken}")
