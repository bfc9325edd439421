"""Asking again when an answer went missing on the way. Only what reads: a GET changes nothing, however often sent.

A POST is passed through once. Whether a lost answer may be followed by a second call is a question about the world,
not about the connection.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from publisher.threads_api.errors import ApiError, BadAnswer, NoAnswer, NotSent, error_from, retry_after_s
from publisher.threads_api.messages import Request, Response, Transport

LONGEST_WAIT_S = 60.0


def doubling(attempt: int) -> float:
    """Seconds to wait after the first, second, … attempt: 1, 2, 4, …"""
    return float(2 ** min(attempt, 16))


@dataclass(frozen=True, slots=True)
class Retrying:
    """Implements `Transport`; see `retrying`."""

    inner: Transport
    sleep: Callable[[float], None]
    tries: int
    wait_s: Callable[[int], float]

    def send(self, request: Request) -> Response:
        if request.method != "GET":
            return self.inner.send(request)
        for attempt in range(self.tries - 1):
            asked: float | None = None
            try:
                response = self.inner.send(request)
                if not worth_asking_again(response):
                    return response
                asked = retry_after_s(response)
                if asked is not None and asked > LONGEST_WAIT_S:
                    return response  # whoever called knows better whether to wait that long
            except (NotSent, NoAnswer):
                pass
            self.sleep(min(asked if asked is not None else self.wait_s(attempt), LONGEST_WAIT_S))
        return self.inner.send(request)


def retrying(
    transport: Transport,
    sleep: Callable[[float], None] = time.sleep,
    tries: int = 4,
    wait_s: Callable[[int], float] = doubling,
) -> Transport:
    """`transport`, with GETs that failed in passing sent up to `tries` times. `sleep` takes seconds."""
    return Retrying(transport, sleep, max(1, tries), wait_s)


def worth_asking_again(response: Response) -> bool:
    """Whether the same GET may well succeed a moment later. Pure.

    The status class decides nothing by itself: Threads answers wrong parameters with HTTP 500 as well, and a missing
    scope with HTTP 500 and an empty body.
    """
    if 200 <= response.status < 300:
        return False
    match error_from(response):
        case ApiError() as error:
            passing = error.transient or (error.code in (1, 2) and error.subcode is None)
            return passing or (error.status == 429) or (error.code, error.subcode) == (613, 4279002)
        case BadAnswer() as error:
            return error.status > 500 or (error.status == 500 and bool(response.body.strip()))
        case _:
            return False
