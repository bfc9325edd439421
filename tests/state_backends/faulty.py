"""An S3 that answers badly: a real client in front of a real server, with faults at the writes a test names."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

URL = "http://127.0.0.1:9/state/head.json?X-Amz-Signature=cAnArY0123456789"

Failure = Callable[[], Exception]


def refused() -> Exception:
    return EndpointConnectionError(endpoint_url=URL)


def timeout() -> Exception:
    return ReadTimeoutError(endpoint_url=URL)


def connect_timeout() -> Exception:
    return ConnectTimeoutError(endpoint_url=URL)


def answer(status: int, code: str) -> Failure:
    """An error that S3 answers with."""

    def made() -> Exception:
        metadata: Any = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RequestId": "", "HostId": "", "RetryAttempts": 0}
        return ClientError({"Error": {"Code": code, "Message": URL}, "ResponseMetadata": metadata}, "PutObject")

    return made


@dataclass
class FaultyS3:
    """Passes calls on. The n-th call of an operation, from 1, fails as `faults` say, before its effect or after."""

    client: Any
    faults: dict[tuple[str, int], tuple[str, Failure]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    between: Callable[[str, int], None] = lambda operation, n: None

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            n = self.counts[operation] = self.counts.get(operation, 0) + 1
            self.between(operation, n)
            when, failure = self.faults.get((operation, n), ("", Exception))
            if when == "before":
                raise failure()
            result = getattr(self.client, operation)(**arguments)
            if when == "after":
                raise failure()
            return result

        return call
