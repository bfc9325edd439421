"""Whatever is answered, the client raises nothing but its own errors. `FUZZ_EXAMPLES=3000`: over 100,000 answers."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.threads_api import Auth, Credentials, Response, ThreadsClient, ThreadsError, retrying
from publisher.threads_api.webhooks import read_event
from tests.threads_api.replay import Canned, fixture, names
from tests.threads_api.test_calls import CALLS
from tests.threads_api.tokens import APP, LONG

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))

_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
_headers = st.dictionaries(
    st.sampled_from(["retry-after", "x-app-usage", "date", "x-fb-trace-id"]), st.text(max_size=30), max_size=4
)
_status = st.sampled_from([200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503])
_errors = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("message", "code", "error_subcode", "is_transient", "error_user_msg", "fbtrace_id"), _json),
)


@st.composite
def _bent(draw: st.DrawFn) -> Any:
    """A fixture's answer with members replaced by anything."""
    body = json.loads(json.dumps(fixture(draw(st.sampled_from(names())))["answer"]["body"]))
    for _ in range(draw(st.integers(1, 3))):
        place = body
        while isinstance(place, dict | list) and place:
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[key], dict | list) or draw(st.booleans()):
                place[key] = draw(_json)
                break
            place = place[key]
    return body


_bodies = st.binary(max_size=200) | st.builds(
    lambda value: json.dumps(value).encode(), _json | _bent() | st.builds(lambda error: {"error": error}, _errors)
)
_answers = st.builds(Response, _status, _bodies, _headers)


def _only_its_own_errors(call: Callable[[], Any]) -> None:
    try:
        repr(call()).encode()
    except ThreadsError as error:
        f"{error}{vars(error)}".encode()


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(answers=st.lists(_answers, min_size=1, max_size=3))
def test_any_answer_to_any_call_gives_a_value_or_one_of_the_clients_errors(name: str, answers: list[Response]) -> None:
    make, _ = CALLS[name]

    def call() -> Any:
        try:
            return make(ThreadsClient(retrying(Canned(list(answers)), lambda _: None, 2)))
        except (AttributeError, TypeError):
            if name != "insights.demographics":  # whose test asks None for its values
                raise

    _only_its_own_errors(call)


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(answer=_answers)
def test_any_answer_to_a_token_call_gives_a_value_or_one_of_the_clients_errors(answer: Response) -> None:
    long = Credentials(LONG)
    for call in (
        lambda threads: threads.exchange_code("x"),
        lambda threads: threads.exchange_long_lived(long),
        lambda threads: threads.refresh(long),
        lambda threads: threads.app_token(),
        lambda threads: threads.debug_token(long),
    ):
        _only_its_own_errors(lambda call=call: call(Auth(Canned([answer]), APP)))  # type: ignore[misc]


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(body=_bodies)
def test_any_webhook_gives_an_event_or_one_of_the_clients_errors(body: bytes) -> None:
    _only_its_own_errors(lambda: read_event(body))


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(text=st.text(max_size=60) | st.builds(json.dumps, _json))
def test_any_text_as_credentials_gives_credentials_or_one_of_the_clients_errors(text: str) -> None:
    _only_its_own_errors(lambda: Credentials.from_json(text))
