"""Soak: three accounts on a served sandbox for minutes, in bad weather, and the memory of everything that runs.

Of all calls 1 % lose their answer and 1 % are answered with 500, each after having happened; every 30 s a publishing
process is killed. Each account keeps its state in another backend. A *day* is a set of posts for each account; when all
are out it is counted, and the sandbox is emptied for the next, so that whatever still grows is a leak.
"""

import json
import logging
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, cast

import requests

from publisher.content.post import Post
from publisher.sandbox.serve import Sandbox
from tests.flow.places import Place
from tests.proof.grounds import BACKENDS, Ground
from tests.publishing.harness import Count, chain, text

KILL_EVERY_S = 30.0
SHARE = 0.01  # of calls that lose their answer, and again of those that are answered with 500
GROWTH = 1.05  # what a process may weigh at the end, against the beginning
_RUNS = 12  # of one day; more is not finished
_DEADLY_S = (0.2, 1.5)  # how long after its start a process is killed


@dataclass(frozen=True)
class Served:
    """A sandbox in a process of its own, as one account sees it: what `Place` asks of it."""

    threads_api: str
    s3_endpoint: str
    bucket: str
    access_token: str

    def control(self, what: str, body: Any) -> Any:
        answer = requests.post(f"{self.threads_api}/_sandbox/{what}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()


class FarPlace(Place):
    """A place whose sandbox is asked over HTTP."""

    def live(self) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = requests.get(f"{self.sandbox.threads_api}/_sandbox/posts", timeout=30).json()
        return posts


@dataclass
class Weather:
    """What goes wrong, drawn by a seed, and how often it did."""

    chance: random.Random
    next_kill: float = field(default_factory=lambda: time.monotonic() + KILL_EVERY_S)
    kills: int = 0
    runs: int = 0
    peaks_kb: dict[str, list[int]] = field(default_factory=dict)  # by backend, of each process, in order
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def faults(self) -> list[dict[str, Any]]:
        """The next lost answer and the next 500: as far away as 1 % of calls are from each other."""
        kinds = ("reset_after", "500_after")
        return [{"call": "any", "fault": kind, "nth": 1 + int(self.chance.expovariate(SHARE))} for kind in kinds]

    def deadly(self) -> float | None:
        """Whether this process is to be killed: after how many seconds."""
        with self._lock:
            if time.monotonic() < self.next_kill:
                return None
            self.next_kill += KILL_EVERY_S
            return self.chance.uniform(*_DEADLY_S)

    def ended(self, backend: str, status: int, peak_kb: int) -> None:
        with self._lock:
            self.runs += 1
            self.kills += status == -signal.SIGKILL
            if status >= 0:
                self.peaks_kb.setdefault(backend, []).append(peak_kb)


@contextmanager
def buckets() -> Iterator[str]:
    """An S3 for the states, in this process, which is not weighed: moto remembers every object it ever made."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def served() -> Iterator[tuple[int, Served]]:
    """The command, as people start it; its process id, and what it says."""
    command = [sys.executable, "-m", "publisher", "sandbox", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        line: Mapping[str, str] = json.loads(process.stdout.readline())
        try:
            yield process.pid, Served(*(line[name] for name in Served.__dataclass_fields__))
        finally:
            process.send_signal(signal.SIGINT)


def day(number: int, sandbox: Served, folder: Path, weather: Weather) -> Count:
    """A set of posts for each account, published side by side."""
    sandbox.control("reset", {})
    grounds = [
        Ground.make(folder / backend, cast(Sandbox, _account(sandbox, backend)), backend, _posts(number, backend))
        for backend in BACKENDS
    ]
    for ground in grounds:
        ground.place = FarPlace(ground.place.root, ground.place.sandbox, ground.place.extra)
    with ThreadPoolExecutor(len(grounds)) as pool:
        finished = list(pool.map(lambda ground: _published(ground, sandbox, weather), grounds))
    sandbox.control("faults", [])
    counted = sum((ground.count() for ground in grounds), Count())
    for ground in grounds:
        ground.remove()
    return counted + Count(runs=0, unfinished=finished.count(False))


def _account(sandbox: Served, name: str) -> Served:
    made = sandbox.control("accounts", {"username": f"soak_{name}"})
    return Served(sandbox.threads_api, sandbox.s3_endpoint, sandbox.bucket, made["access_token"])


def _posts(number: int, account: str) -> tuple[Post, ...]:
    name = f"{account}-{number}"
    return (text(f"{name}-a"), chain(f"{name}-b", 3), text(f"{name}-c"), chain(f"{name}-d", 2), text(f"{name}-e"))


def _published(ground: Ground, sandbox: Served, weather: Weather) -> bool:
    """Run until the command says that all is done; each run is the next attempt of the same job."""
    for attempt in range(1, _RUNS + 1):
        sandbox.control("faults", weather.faults())
        if _run(ground, attempt, weather) == 0:
            return True
    return False


def _run(ground: Ground, attempt: int, weather: Weather) -> int:
    """The exit code of one process, -9 when it was killed; its peak of memory is noted."""
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "-q", "publish", "--yes"],
        cwd=ground.place.root,
        env={**ground.place.environ, **ground.environ(attempt=attempt)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    delay_s = weather.deadly()
    if delay_s is not None:
        threading.Timer(delay_s, process.kill).start()
    peak_kb = 0
    while process.poll() is None:
        # Asked while it runs: what wait4 tells of a child counts the parent's memory before the exec as well.
        with suppress(OSError, StopIteration):
            peak_kb = max(peak_kb, memory_kb(process.pid, "VmHWM"))
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    weather.ended(ground.backend, process.returncode, peak_kb)
    return process.returncode


def memory_kb(pid: int, what: str = "VmRSS") -> int:
    """What a process has in memory now; "VmHWM": the most it ever had."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{what}:"))


def prove(*, minutes: int = 20, seed: int = 20261126) -> bool:
    """Print what came of it; True when nothing was wrong and nothing grew."""
    weather, counted, days = Weather(random.Random(seed)), Count(), 0
    weights: list[int] = []
    end = time.monotonic() + minutes * 60
    with served() as (pid, alone), buckets() as s3, tempfile.TemporaryDirectory() as folder:
        sandbox = replace(alone, s3_endpoint=s3)
        while time.monotonic() < end:
            days += 1
            found = day(days, sandbox, Path(folder) / f"{days}", weather)
            if not found.clean:
                print(f"  day {days}: {found}", flush=True)
            counted += found
            weights.append(memory_kb(pid))
    counts = " ".join(f"{key} {value}" for key, value in vars(counted).items() if key not in ("runs", "asked"))
    print(f"soak, {minutes} min: {days} days, {weather.runs} runs, {weather.kills} killed  {counts}")
    flat = [_told("memory of the sandbox", weights)]
    flat += [_told(f"peak of a publishing process, {name}", peaks) for name, peaks in sorted(weather.peaks_kb.items())]
    return counted.clean and all(flat)


def _told(name: str, weights_kb: list[int]) -> bool:
    """Whether it is flat: the medians of the first and of the last quarter, once it is warm."""
    warm = weights_kb[len(weights_kb) // 10 :]
    share = max(1, len(warm) // 4)
    begin, end = median(warm[:share]), median(warm[-share:])
    print(f"  {name}: {begin / 1024:.1f} MB at the start, {end / 1024:.1f} MB at the end, x {end / begin:.2f}")
    return end <= begin * GROWTH
