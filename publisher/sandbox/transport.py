"""The world behind the client's own seam: no sockets, for tests and sweeps."""

from collections.abc import Callable

from publisher.sandbox.faults import FaultyWorld
from publisher.threads_api.errors import NoAnswer, NotSent
from publisher.threads_api.messages import Request, Response


class WorldTransport:
    """Implements `Transport`. `wait` lets virtual time pass: a slow answer takes its time, a time-out all of it."""

    def __init__(self, world: FaultyWorld, token: str, wait: Callable[[float], None] = lambda _: None) -> None:
        self._world = world
        self._token = token
        self._wait = wait

    def send(self, request: Request) -> Response:
        outcome = self._world.answer(request, self._token)
        if outcome.refused:
            raise NotSent(f"{request.method} {request.path}: refused")
        if outcome.delay_s:
            self._wait(min(outcome.delay_s, request.read_timeout_s))
        if outcome.response is None or outcome.delay_s > request.read_timeout_s:
            raise NoAnswer(f"{request.method} {request.path}: the connection ended without an answer")
        return outcome.response
