"""The lock of a state in S3: an object with a lease, written under the same conditions as the head.

It keeps two runs from getting in each other's way; what fences them is the compare-and-set on the head.
"""

import json
import math
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from publisher.errors import PublisherError, TryAgain
from publisher.state_backends import checks
from publisher.state_backends.lease import Lease, lease_from_json, lease_json
from publisher.state_backends.objects import Conflict, Object, Objects, unconditional

TRIES = 5
_KEY = "lock.json"
_SPARE_S = 60  # asked for beyond what is needed: answers take their time, and begin the count


class LeasedLock:
    """`where` names what it locks, for messages; `serial` tells the last known one, for whoever reads the lock."""

    def __init__(
        self,
        objects: Objects,
        where: str,
        length: timedelta,
        *,
        serial: Callable[[], int | None],
        monotonic: Callable[[], float],
    ) -> None:
        self._objects = objects
        self._where = where
        self._length = length
        self._serial = serial
        self._monotonic = monotonic
        self._lease: Lease | None = None  # while we hold it
        self._etag = ""
        self._renew_at = 0.0  # seconds of the monotonic clock
        self._ours_until = 0.0  # the same

    def acquire(self, run: str) -> None:
        """Raises `LostRace` E700 while another run holds it, `TryAgain` when it cannot be written."""
        for _ in range(TRIES):
            begun = self._monotonic()
            found, now = self._look()
            self._refuse(found, run, now)
            lease = Lease(run, now, now + self._length)
            with suppress(Conflict, TryAgain):
                self._put(lease, found.etag if found else None, begun)
                self._lease = lease
                return
            self._objects.pause()  # taken this moment, or an answer that was lost: look again
        raise TryAgain(f"the lock of {self._where} could not be taken", code="E441", fix="run again")

    def release(self) -> None:
        self._lease = None
        with suppress(PublisherError, Conflict):  # it frees itself in time
            self._objects.delete(_KEY, etag=self._etag)

    def take_away(self) -> str:
        """Whosever it is; what is told of it."""
        found, _ = self._objects.get(_KEY)
        if found is None:
            return "held by nobody"
        lease = _lease_of(found)
        try:
            self._objects.delete(_KEY, etag=found.etag)
        except Conflict:
            raise checks.held(self._where, "somebody has taken or renewed it this moment") from None
        return f"held by {lease or 'nobody we can name'}; taken away"

    def left(self) -> float:
        """Seconds for which it is ours; without end when we do not hold it."""
        return math.inf if self._lease is None else self._ours_until - self._monotonic()

    def at_least(self, seconds: float) -> None:
        """From its next renewal on a lease lasts as long as that, and a little more."""
        self._length = max(self._length, timedelta(seconds=seconds + _SPARE_S))

    def renew(self, *, at_once: bool = False) -> None:
        """Half way through the lease, or at once, begin it anew. Raises `LostRace` E700 when it was taken over."""
        if self._lease is None or (self._monotonic() < self._renew_at and not at_once):
            return
        begun = self._monotonic()
        found, now = self._look()
        self._refuse(found, self._lease.owner, now)
        lease = self._lease.renewed(now, self._length)
        with suppress(Conflict, TryAgain):  # taken away or taken over this moment: the head decides
            self._put(lease, found.etag if found else None, begun)

    def try_conditions(self) -> None:
        """Raises `Refused` E449 when our lock can be written as if it were absent, or another one."""
        assert self._lease is not None
        for condition, wrong in (("If-None-Match: *", None), ("If-Match", f'"{"0" * 32}"')):
            with suppress(Conflict):
                for _ in range(2):  # once is no proof: somebody may have taken our lock away this moment
                    self._put(self._lease, wrong, self._monotonic())
                raise unconditional(
                    f"{self._where}: this S3 ignores {condition}; where it is not met, 412 is to be answered"
                )

    # --- inside -------------------------------------------------------------------------------------------------

    def _look(self) -> tuple[Object | None, datetime]:
        """The lock, and the server's time."""
        found, now = self._objects.get(_KEY)
        return found, now or datetime.now(UTC)

    def _refuse(self, found: Object | None, run: str, now: datetime) -> None:
        theirs = _lease_of(found) if found else None
        if theirs is not None and theirs.blocks(run, now):
            raise checks.held(self._where, str(theirs))

    def _put(self, lease: Lease, replacing: str | None, begun: float) -> None:
        """`begun`: before the server was asked for the time that the lease counts from, so that we never end later."""
        body = json.dumps({**lease_json(lease), "serial": self._serial()}).encode()
        self._renew_at = self._monotonic() + self._length.total_seconds() / 2
        self._etag = self._objects.put(_KEY, body, replacing=replacing).etag
        self._ours_until = begun + self._length.total_seconds()


def _lease_of(found: Object) -> Lease | None:
    return lease_from_json(checks.note_from(found.body))
