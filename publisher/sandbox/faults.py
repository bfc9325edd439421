"""Faults on purpose, as a layer over the world: what is asked for fails, before or after it has happened.

Names and meaning are those of docs/sandbox.md. Counting starts when a fault is armed. Every call is logged without its
secrets, for `/_sandbox/requests`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from publisher.sandbox import journal
from publisher.sandbox.answers import Refusal, expired_token, media_not_found, response_of
from publisher.sandbox.endpoints import FIXED
from publisher.sandbox.world import World
from publisher.threads_api.messages import Request, Response

CALLS = ("create", "publish", "status", "media", "posts", "replies", "quota", "me", "repost", "delete", "token", "any")
BEFORE = ("refuse", "reset", "500", "503", "429", "not_found", "token_expired")
AFTER = ("reset_after", "500_after", "10_after", "429_after", "garbage_after")
SLOW = ("slow", "slow_effect")
FAULTS = (*BEFORE, *AFTER, *SLOW, "container_error")

_LONGEST_S = 86_400

_POSTS = {"threads": "create", "threads_publish": "publish", "repost": "repost"}
_READS = {"threads": "posts", "replies": "replies", "conversation": "replies", "threads_publishing_limit": "quota"}


@dataclass
class Fault:
    call: str
    fault: str
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    seen: int = 0

    def hits(self, call: str) -> bool:
        if self.call not in ("any", call):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a caller experiences: an answer, maybe late, or none at all."""

    response: Response | None  # None: the connection ends without an answer
    delay_s: float = 0.0
    refused: bool = False  # not even a connection


@dataclass
class FaultyWorld:
    """The world, with faults armed and calls logged."""

    world: World
    faults: list[Fault] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    changed: Callable[[], None] = lambda: None  # after every call that may have changed something
    _later: list[tuple[datetime, Request, str | None]] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)  # secrets of apps: the world takes any, and keeps none

    def arm(self, specs: Any) -> None:
        """Arm these faults instead of all before; [] disarms. Raises ValueError for what is no fault."""
        self.faults = [_fault(spec) for spec in specs]

    def clear(self) -> None:
        """Nothing armed, nothing pending, nothing logged."""
        with self.world.lock:
            self.faults, self._later = [], []
            self.log.clear()
            self._told.clear()

    def answer(self, request: Request, token: str | None) -> Outcome:
        self.catch_up()
        with self.world.lock:
            call = self.call_of(request)
            hits = [fault for fault in self.faults if fault.hits(call)]  # each counts every call
        hit = hits[0] if hits else None
        outcome = self._outcome(request, token, hit)
        with self.world.lock:
            self._note(request, token, outcome, hit)
        if _may_change(request):
            self.changed()
        return outcome

    def catch_up(self) -> None:
        """Let effects happen whose time has come, at the time they were due."""
        now = self.world.clock()
        with self.world.lock:
            due = sorted((late for late in self._later if late[0] <= now), key=lambda late: late[0])
            self._later = [late for late in self._later if late[0] > now]
        for moment, request, token in due:
            self.world.answer_at(moment, request, token)
            self.changed()

    def call_of(self, request: Request) -> str:
        """The name of a call, as faults know it."""
        steps = [step for step in request.path.split("/") if step]
        last = steps[-1] if steps else ""
        if _plain(request.path) in FIXED:
            return "token" if "token" in last else "any other"
        if request.method == "DELETE":
            return "delete"
        if request.method == "POST":
            return _POSTS.get(last, "any other")
        if len(steps) != 1:
            return _READS.get(last, "any other")
        if last == "me" or last in self.world.data.accounts:
            return "me"
        return "status" if last in self.world.data.containers else "media"

    def _outcome(self, request: Request, token: str | None, fault: Fault | None) -> Outcome:
        if fault is None:
            return Outcome(self.world.answer(request, token))
        match fault.fault:
            case "refuse":
                return Outcome(None, refused=True)
            case "reset":
                return Outcome(None)
            case name if name in BEFORE:
                return Outcome(_refused(name))
            case "slow":
                return Outcome(self.world.answer(request, token), delay_s=fault.seconds)
            case "slow_effect":
                self._later.append((self.world.clock() + timedelta(seconds=fault.seconds), request, token))
                return Outcome(None, delay_s=request.read_timeout_s)
            case "container_error":
                response = self.world.answer(request, token)
                self._spoil(response)
                return Outcome(response)
            case name:
                self.world.answer(request, token)
                return Outcome(_after(name))

    def _spoil(self, response: Response) -> None:
        try:
            container = self.world.data.containers.get(str(response.json().get("id")))
        except ValueError:  # a refusal without a body
            return
        if container is not None:
            container.error = "UNKNOWN"

    def _note(self, request: Request, token: str | None, outcome: Outcome, fault: Fault | None) -> None:
        if secret := request.params.get("client_secret"):
            self._told.add(secret)
        secrets = {*journal.secrets_of(self.world.data), *journal.secrets_in(request, token), *self._told}
        self.log.append(
            {
                "n": len(self.log) + 1,
                "at": self.world.clock().isoformat().replace("+00:00", "Z"),
                **journal.shown(request, secrets),
                "status": outcome.response.status if outcome.response is not None else None,
                "fault": fault.fault if fault is not None else None,
            }
        )


def _may_change(request: Request) -> bool:
    """Whether the call may leave something behind: a GET does where it gives a token or counts against a quota."""
    return request.method != "GET" or _plain(request.path) in FIXED


def _plain(path: str) -> str:
    return "/" + "/".join(step for step in path.split("/") if step)


def _fault(spec: Any) -> Fault:
    if not isinstance(spec, dict) or spec.get("call") not in CALLS or spec.get("fault") not in FAULTS:
        raise ValueError(f"a fault is {{call: {'|'.join(CALLS)}, fault: {'|'.join(FAULTS)}, nth, times, seconds}}")
    return Fault(
        call=spec["call"],
        fault=spec["fault"],
        nth=whole(spec.get("nth", 1), "nth"),
        times=whole(spec.get("times", 1), "times"),
        seconds=_length(spec.get("seconds", 0)),
    )


def whole(value: Any, name: str) -> int:
    """A whole number, not negative, that JSON may hold as a number or a string. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdecimal():
        raise ValueError(f"{name} is a whole number")
    return int(value)


def _length(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_S:
        raise ValueError("seconds is a number from 0 to a day's 86400")
    return float(value)


def _refused(name: str) -> Response:
    match name:
        case "500":
            text = "An unexpected error has occurred. Please retry your request later."
            return response_of(Refusal(text, 2, status=500, transient=True))
        case "503":
            return Response(503, b"", {"content-type": "text/html"})
        case "429":
            limited = response_of(Refusal("Application request limit reached", 4, status=429))
            return Response(limited.status, limited.body, {**limited.headers, "retry-after": "60"})
        case "not_found":
            return response_of(media_not_found("0"))
        case _:
            return response_of(expired_token())


def _after(name: str) -> Response | None:
    match name:
        case "reset_after":
            return None
        case "500_after":
            return Response(500, b"", {"content-type": "text/html"})
        case "10_after":
            text = "Application does not have permission for this action"
            return response_of(Refusal(text, 10, status=500, type="THApiException"))
        case "429_after":
            return response_of(Refusal("Application request limit reached", 4, 2207051))
        case _:
            return Response(200, b"<html><body>Sorry, something went wrong.", {"content-type": "text/html"})
