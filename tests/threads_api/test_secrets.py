"""A token that looks like no token of Meta's, repeated by the server in every answer: no error, value or log has it."""

import json
import logging
import secrets
import socket
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import publisher.threads_api as threads
from publisher.threads_api import Credentials, RequestsTransport, Response, ThreadsClient
from publisher.threads_api.errors import ThreadsError
from tests.threads_api.loopback import http, loopback
from tests.threads_api.replay import refused, said

TOKEN = "canary" + secrets.token_hex(20)
NO_WAIT: Any = {"sleep": lambda _seconds: None}


def echoed(code: int, subcode: int | None = None, status: int = 400) -> bytes:
    return _bytes(refused(code, subcode, status=status, message=f"bad {TOKEN}", error_user_msg=TOKEN, fbtrace_id=TOKEN))


def _bytes(response: Response) -> bytes:
    return http(response.body, f"{response.status} x", X_FB_Trace_Id=TOKEN)


CREATED = _bytes(said({"id": "18000000000000001"}))
FINISHED = _bytes(said({"id": "18000000000000001", "status": "FINISHED"}))
BROKEN = _bytes(said({"id": "18000000000000001", "status": "ERROR", "error_message": TOKEN}))
UNREADY = _bytes(said({"id": "18000000000000001", "status": "IN_PROGRESS"}))


def me(client: ThreadsClient) -> object:
    return client.profiles.me()


def post(client: ThreadsClient) -> object:
    return client.post("Hello", **NO_WAIT)


RAISED: dict[type[ThreadsError], tuple[Callable[[ThreadsClient], object], list[bytes | None]]] = {
    threads.ApiError: (me, [echoed(100, status=500)]),
    threads.AuthenticationError: (me, [echoed(190)]),
    threads.AccessTokenExpired: (me, [echoed(190, 463)]),
    threads.PermissionDenied: (me, [echoed(10, status=500)]),
    threads.RateLimited: (me, [echoed(4)]),
    threads.NotFound: (me, [echoed(100, 33)]),
    threads.Restricted: (me, [echoed(368)]),
    threads.BadAnswer: (me, [http(f"<html>{TOKEN}</html>".encode())]),
    threads.NoAnswer: (me, [None]),
    threads.InvalidParameter: (lambda client: client.media.get(f"../{'x' * 80}{TOKEN}"), [None]),
    threads.ContainerFailed: (post, [CREATED, BROKEN]),
    threads.ContainerNotReady: (post, [CREATED, UNREADY]),
    threads.PublishOutcomeUnknown: (post, [CREATED, FINISHED, echoed(10, status=500)]),
}


def _told(error: BaseException) -> str:
    parts = [f"{error}{error!r}", "".join(traceback.format_exception(error))]
    link: BaseException | None = error
    while link is not None:
        parts.append(repr(vars(link)))
        link = link.__cause__ or link.__context__
    return "".join(parts)


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_no_error_tells_the_token(kind: type[ThreadsError], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call, answers = RAISED[kind]
    with loopback(*answers) as server, pytest.raises(kind) as caught:
        call(ThreadsClient(RequestsTransport(Credentials(TOKEN), server.url)))
    assert type(caught.value) is kind
    assert TOKEN not in _told(caught.value) + caplog.text
    assert all(request.count(TOKEN.encode()) == 1 for request in server.received), "in its header, once"


def test_a_refused_connection_does_not_tell_it_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(threads.NotSent) as caught:
        me(ThreadsClient(RequestsTransport(Credentials(TOKEN), url)))
    assert TOKEN not in _told(caught.value)


def test_every_kind_of_error_a_call_can_raise_was_raised() -> None:
    kinds = {value for value in vars(threads).values() if isinstance(value, type) and issubclass(value, ThreadsError)}
    elsewhere = {threads.ThreadsError, threads.NotSent, threads.AuthorizationRefused, threads.BadSignature}
    assert kinds - elsewhere == set(RAISED)


def test_no_object_of_the_client_shows_the_token() -> None:
    credentials = Credentials(TOKEN)
    transport = RequestsTransport(credentials, "http://127.0.0.1:9")
    client = ThreadsClient(transport)
    shown = f"{credentials}{transport}{client}{vars(transport)}{vars(client)}{vars(transport)['_session'].headers}"
    assert TOKEN not in shown
    assert TOKEN in json.loads(credentials.to_json())["access_token"]
