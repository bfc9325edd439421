"""How long is waited for what: `publishing:` of publisher.yaml turned into one value. Pure.

Meta asks for about 30 s between create and publish, then one status call a minute (docs/threads.md). A `poll:`
given as a duration is the one pace for everything that waits, so that a rehearsal is quick.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.settings import PublishingSettings

MINUTE = timedelta(minutes=1)
READY_WAIT = timedelta(seconds=30)
TRIES = 5  # of a call that only reads, or of one that shows nothing to anyone
ATTEMPTS = 3  # publish calls on one container within one run
PATIENCE = timedelta(hours=1)  # what Threads may ask to wait within one run; longer is left to the next
LOOKS = 6  # steps in which `look_for` is divided
IN_SIGHT = timedelta(seconds=300)  # how much older than the attempt a post in the lists may look (clocks differ)


@dataclass(frozen=True, slots=True)
class Pace:
    """All waits, resolved."""

    ready_wait: timedelta
    poll: timedelta
    give_up_image: timedelta
    give_up_video: timedelta
    settle: timedelta
    look_for: timedelta
    look_every: timedelta
    retry: timedelta  # before the second try of a failed call; doubled for each further one
    publish_timeout_s: float
    chain_gap: timedelta
    park: bool  # on_ambiguous: park

    @classmethod
    def of(cls, settings: PublishingSettings) -> "Pace":
        poll = settings.poll if settings.poll is not None else MINUTE
        return cls(
            ready_wait=_first(settings.ready_wait, settings.poll, READY_WAIT),
            poll=poll,
            give_up_image=settings.give_up_image,
            give_up_video=settings.give_up_video,
            settle=settings.settle,
            look_for=settings.look_for,
            look_every=_first(settings.poll, settings.look_for / LOOKS),
            retry=min(poll, timedelta(seconds=5)),
            publish_timeout_s=settings.publish_timeout.total_seconds(),
            chain_gap=settings.chain_gap,
            park=settings.on_ambiguous == "park",
        )

    @property
    def hold_s(self) -> float:
        """Seconds for which the account must be ours when a publish call begins (protocol.md, 4.6)."""
        return 1.1 * self.publish_timeout_s

    def give_up(self, media_type: str) -> timedelta:
        """How long a container may take to be ready; a carousel may hold videos."""
        return self.give_up_image if media_type in ("TEXT", "IMAGE") else self.give_up_video

    def first_look(self, media_type: str, size: int | None, made_at: datetime) -> datetime:
        """When it is worth asking for the first time: videos take longer, by their size."""
        if media_type != "VIDEO" or size is None or self.ready_wait < READY_WAIT:
            return made_at + self.ready_wait
        expected = min(max(5 + 0.35 * size / 1_000_000, 10), 120)
        return made_at + max(self.ready_wait, timedelta(seconds=0.85 * expected))

    def backoff(self, tries: int) -> timedelta:
        """How long to wait after `tries` failed tries in a row, from 1."""
        factor: int = 1 << (tries - 1)
        return self.retry * factor


def _first(*values: timedelta | None) -> timedelta:
    return next(value for value in values if value is not None)
