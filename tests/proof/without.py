"""The product without one of its safeguards: what mutants put in the place of the real thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.verdicts import in_doubt
from publisher.publishing import apply, match, resolve
from publisher.publishing.journey import Journey
from publisher.publishing.ledger import Ledger
from publisher.publishing.outcome import Outcome
from publisher.publishing.waiting import Pace
from publisher.threads_api.media import Media
from publisher.threads_api.publishing import PublishingResource

_resolve = resolve.resolve
_publish_failed, _intend, _known = apply._Loop._publish_failed, apply._Loop._intend, apply._Loop._known
_live, _choose = Journey.live, apply._Loop._choose
_publish_call = PublishingResource.publish


def no_intent_written(self: Any, journey: Journey) -> Journey:
    with patch.object(self, "_kept", lambda item: item):
        return _intend(self, journey)


def anew_on_ambiguity(self: Any, journey: Journey, error: Exception) -> Journey:
    return journey.without_container()


def newest_of_the_list(seen: resolve.Seen, pace: Pace) -> resolve.Decision:
    return resolve.Bind(seen.matches[-1]) if seen.matches else _resolve(seen, pace)


def container_for_media(self: Journey, media_id: str, now: Any) -> Journey:
    return _live(self, self.part.container or media_id, now)


def never_settled(seen: resolve.Seen, pace: Pace) -> resolve.Decision:
    return _resolve(replace(seen, since_attempt=timedelta(days=1)), pace)


def dead_is_enough(seen: resolve.Seen, pace: Pace) -> resolve.Decision:
    if seen.status is resolve.Status.PUBLISHED and not seen.matches:
        return resolve.StartAnew()
    return _resolve(seen, pace)


def gone_is_dead(seen: resolve.Seen, pace: Pace) -> resolve.Decision:
    if seen.status is resolve.Status.GONE and not seen.matches:
        return resolve.StartAnew()
    return _resolve(seen, pace)


def finished_is_dead(seen: resolve.Seen, pace: Pace) -> resolve.Decision:
    if seen.status is resolve.Status.FINISHED and not seen.matches:
        return resolve.StartAnew()
    return _resolve(seen, pace)


def ambiguous_is_success(self: Any, journey: Journey, error: Exception) -> Journey:
    return self._kept(journey.live("18000000000000001", self.tools.clock.now()))


def always(kind: Outcome) -> Callable[..., Outcome]:
    return lambda error, *, certain: kind


def all_to_the_root(self: Any, journey: Journey, value: Any) -> str | None:
    found = _known(self, journey, value)
    is_parent = found is not None and found in {part.media_id for part in journey.record.parts}
    return journey.record.parts[0].media_id if is_parent else found


def no_order(self: Any, journey: Journey) -> bool:
    return not any(other.in_doubt for other in self.journeys if other.id != journey.id)


def backwards(self: Any, now: Any) -> Any:
    self.journeys.reverse()
    try:
        chosen = _choose(self, now)
    finally:
        self.journeys.reverse()
    return None if chosen is None else (len(self.journeys) - 1 - chosen[0], chosen[1])


def no_live_check(wanted: Any, listed: Any, bound: Any) -> tuple[Media, ...]:
    return ()


def bound_ids_too(wanted: Any, listed: Any, bound: Any) -> tuple[Media, ...]:
    return match.candidates(wanted, listed, ())


def no_record_of_success(self: Any, journey: Journey) -> Journey:
    if journey.record.parts[0].phase is not Phase.PUBLISHED:
        self.tools.ledger.keep(journey.id, journey.record)
    return journey


def unconditional(self: Any, state: Any, changed: Any) -> Any:
    memory = self._memory
    with memory.guard:
        written = replace(state, serial=memory.state().serial + 1, write_id=next(self._write_ids))
        return self._write(state, written, changed)


def trusts_what_it_knows(self: Ledger) -> Any:
    if self._state is None:
        try:
            self._state = self._backend.load()
        except Exception:
            fresh = State(lineage="anew", account="acme", endpoint="https://graph.threads.net")
            self._state = self._backend.create(fresh)
    return self._state


def retried_post(self: Any, creation_id: str, *, read_timeout_s: float = 300.0) -> Any:
    try:
        return _publish_call(self, creation_id, read_timeout_s=read_timeout_s)
    except Exception:
        return _publish_call(self, creation_id, read_timeout_s=read_timeout_s)


def unchecked(*_: Any, **__: Any) -> None:
    """In the place of an assertion."""


def doubts_first(_: object) -> Callable[[PostRecord | None], bool]:
    """Whatever was attempted later."""
    return lambda record: record is None or not in_doubt(record)
