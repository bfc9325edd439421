"""Real processes: `publisher publish` killed by SIGKILL at every boundary and at random times, and crowds of runners.

Nothing is replaced: real HTTP, real S3 protocol, a real git remote, the backend's own files. After each death the
command is run again until it says that all is done; then the same is counted as in the sweeps.
"""

import random
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from publisher.sandbox.faults import Outcome
from publisher.sandbox.serve import Sandbox
from publisher.threads_api.messages import Request
from tests.proof.grounds import BACKENDS, Ground
from tests.publishing.harness import Count

CROWD = 8
_RERUNS = 4  # after the last death; one is enough, but a dying git may still have to let go of its files
_DONE = (0, 7)  # published, or somebody else was at it
# Or the state's place was too busy with the hasty to take a write (5), or a runner saw a post live that its own, now
# outdated, state does not know, and asked (4).
_HINDERED = (*_DONE, 4, 5)


@dataclass
class Tally:
    """What a part of the proof came to."""

    count: Count = field(default_factory=Count)
    deaths: int = 0
    bad: list[str] = field(default_factory=list)

    def add(self, counted: Count, name: str, deaths: int = 0) -> None:
        self.count += counted
        self.deaths += deaths
        if not counted.clean:
            self.bad.append(f"{name}: {counted}")

    @property
    def clean(self) -> bool:
        return self.count.clean and not self.bad

    def line(self, name: str) -> str:
        counts = " ".join(f"{key} {value}" for key, value in vars(self.count).items() if key not in ("runs", "asked"))
        return f"{name:<34} {self.count.runs:>5} runs  {self.deaths:>5} killed  {counts}"


class Reaper:
    """Kills a process at the n-th call it makes, before or after its effect, or some time after its first call."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._answer = sandbox.faulty.answer
        self._lock = threading.Lock()
        self._victim: subprocess.Popen[str] | None = None
        self._at = 0
        self._after = False
        self._delay_s: float | None = None
        self.calls = 0
        sandbox.faulty.answer = self.answer  # type: ignore[method-assign]

    def at_call(self, victim: "subprocess.Popen[str]", at: int, *, after: bool) -> None:
        self._victim, self._at, self._after, self._delay_s, self.calls = victim, at, after, None, 0

    def at_time(self, victim: "subprocess.Popen[str]", delay_s: float) -> None:
        self._victim, self._at, self._delay_s, self.calls = victim, 0, delay_s, 0

    def rest(self) -> None:
        self._victim, self.calls = None, 0

    def answer(self, request: Request, token: str | None) -> Outcome:
        with self._lock:
            self.calls += 1
            number, victim = self.calls, self._victim
        if victim is None:
            return self._answer(request, token)
        if number == 1 and self._delay_s is not None:
            threading.Timer(self._delay_s, victim.kill).start()
        if number != self._at:
            return self._answer(request, token)
        if self._after:
            self._answer(request, token)
        victim.kill()
        victim.wait()
        return Outcome(None)


@dataclass
class Theatre:
    """A sandbox and its reaper, used for one ground after the other."""

    sandbox: Sandbox
    folder: Path
    reaper: Reaper
    scenes: int = 0

    def ground(self, backend: str) -> Ground:
        self.sandbox.reset()
        self.reaper.rest()
        self.scenes += 1
        return Ground.make(self.folder / f"{self.scenes}", self.sandbox, backend)

    def killed(self, backend: str, at: int, *, after: bool) -> tuple[Count, int]:
        """Killed once, at one call."""
        ground = self.ground(backend)
        victim = ground.place.start("publish", "--yes", environ=ground.environ(attempt=1))
        self.reaper.at_call(victim, at, after=after)
        return self._gone_on(ground, int(_ended(victim) == -signal.SIGKILL), attempt=2)

    def harried(self, backend: str, delays_s: tuple[float, ...]) -> tuple[Count, int]:
        """Killed some time after its first call, and so is the run after it, and the next."""
        ground = self.ground(backend)
        deaths = 0
        for attempt, delay_s in enumerate(delays_s, start=1):
            victim = ground.place.start("publish", "--yes", environ=ground.environ(attempt=attempt))
            self.reaper.at_time(victim, delay_s)
            deaths += _ended(victim) == -signal.SIGKILL
        return self._gone_on(ground, deaths, attempt=len(delays_s) + 1)

    def crowd(self, backend: str, *, hasty: bool) -> Count:
        """Eight runners at once. `hasty`: somebody takes their lock away, again and again, while they work."""
        ground = self.ground(backend)
        places = [ground.checkout(self.folder / f"{self.scenes}" / f"runner-{one}") for one in range(CROWD)]
        runners = [place.start("publish", "--yes", environ=ground.environ()) for place in places]
        while hasty and any(runner.poll() is None for runner in runners):
            with suppress(Exception):  # the place may be busy; what counts is that it is tried
                ground.open().unlock()
        codes = [_ended(runner) for runner in runners]
        counted, _ = self._gone_on(ground, 0, attempt=1)
        return counted + Count(runs=0, unfinished=sum(code not in (_HINDERED if hasty else _DONE) for code in codes))

    def calls_of(self, backend: str) -> tuple[int, float]:
        """How many calls an undisturbed run makes, and how many seconds it takes from the first of them."""
        ground = self.ground(backend)
        victim = ground.place.start("publish", "--yes", environ=ground.environ())
        while not self.reaper.calls and victim.poll() is None:
            time.sleep(0.002)
        began = time.monotonic()
        _ended(victim)
        return self.reaper.calls, time.monotonic() - began

    def _gone_on(self, ground: Ground, deaths: int, *, attempt: int) -> tuple[Count, int]:
        """Run again until it is done, then once more, which must do nothing; then count."""
        self.reaper.rest()
        done = False
        for number in range(attempt, attempt + _RERUNS):
            done = ground.place.run("publish", "--yes", environ=ground.environ(attempt=number)).returncode == 0
            if done:
                break
        counted, serial, posted = ground.count(), ground.open().load().serial, ground.posted
        ground.place.run("publish", "--yes", environ=ground.environ())
        restless = ground.posted != posted or ground.open().load().serial != serial
        return counted + Count(runs=0, unfinished=int(not done), restless=int(restless)), deaths


def _ended(process: "subprocess.Popen[str]") -> int:
    process.communicate(timeout=120)
    return process.returncode


def killed_everywhere(theatre: Theatre, backend: str, *, every: int = 1) -> Tally:
    """Before and after every call; `every` n-th of them, for a sample."""
    tally = Tally()
    calls, _ = theatre.calls_of(backend)
    points = [(at, after) for at in range(1, calls + 1) for after in (False, True)]
    for at, after in points[::every]:
        counted, deaths = theatre.killed(backend, at, after=after)
        tally.add(counted, f"{backend}, killed {'after' if after else 'before'} call {at}", deaths)
    return tally


def killed_at_random(theatre: Theatre, backend: str, deaths: int, seed: int) -> Tally:
    """Until `deaths` processes have been killed: one to three of each scene."""
    tally = Tally()
    chance = random.Random(f"{seed} {backend}")
    _, seconds = theatre.calls_of(backend)
    while tally.deaths < deaths:
        delays = tuple(chance.uniform(0, seconds) for _ in range(chance.randint(1, 3)))
        counted, died = theatre.harried(backend, delays)
        tally.add(counted, f"{backend}, killed after {', '.join(f'{delay:.3f} s' for delay in delays)}", died)
    return tally


def crowds(theatre: Theatre, backend: str, rounds: int) -> Tally:
    """Every other round somebody takes the lock away."""
    tally = Tally()
    for number in range(rounds):
        hasty = bool(number % 2)
        tally.add(theatre.crowd(backend, hasty=hasty), f"{backend}, round {number}{', lock taken away' * hasty}")
    return tally


def parts(folder: Path, *, kills: int, rounds: int, seed: int) -> Iterator[tuple[str, Tally]]:
    """All of it. `kills`: SIGKILLs at random times, over all backends; those at the boundaries come on top."""
    with Sandbox() as sandbox:
        theatre = Theatre(sandbox, folder, Reaper(sandbox))
        for backend in BACKENDS:
            yield f"SIGKILL at every call, {backend}", killed_everywhere(theatre, backend)
            random_deaths = killed_at_random(theatre, backend, -(-kills // len(BACKENDS)), seed)
            yield f"SIGKILL at random, {backend}", random_deaths
            yield f"{CROWD} runners at once, {backend}", crowds(theatre, backend, rounds)


def prove(*, kills: int = 400, rounds: int = 100, seed: int = 20261126) -> bool:
    """Print what came of it; True when nothing was wrong."""
    clean, deaths = True, 0
    with tempfile.TemporaryDirectory() as folder:
        for name, tally in parts(Path(folder), kills=kills, rounds=rounds, seed=seed):
            print(tally.line(name), flush=True)
            for line in tally.bad[:20]:
                print(f"  {line}", flush=True)
            clean, deaths = clean and tally.clean, deaths + tally.deaths
    print(f"real processes: {deaths} killed in all")
    return clean
