"""Whatever is asked, the world answers in Meta's shapes, and what it refuses leaves nothing behind."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.sandbox.endpoints import ROUTES
from publisher.sandbox.faults import CALLS, FAULTS
from publisher.threads_api.messages import Request, Response
from tests.sandbox.worlds import Caller

_NAMES = sorted({name for route in ROUTES.values() for name in route.params})
_VALUES = st.one_of(
    st.sampled_from(
        [
            *("TEXT", "IMAGE", "VIDEO", "CAROUSEL", "true", "false", "Hello", "https://m.test/a.jpg", "everyone"),
            *("https://m.test/a.mp4", "https://m.test/none", "id,text,children{id}", "metric", "views", "acme", "5"),
            *('{"option_a":"1","option_b":"2"}', '[{"entity_type":"SPOILER","offset":0,"length":1}]', "NEWEST", "US"),
            *("authorization_code", "client_credentials", "th_refresh_token", "[]", "{}", "[{}]", "213000001", "1"),
        ]
    ),
    st.text(max_size=40),
    st.text(st.characters(), max_size=8),  # surrogates and controls too
)
_PATHS = st.one_of(
    st.sampled_from(sorted({path for _, path in ROUTES})),
    st.text(max_size=30).map(lambda text: "/" + text),
)
_CALLS = st.tuples(
    st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD"]),
    _PATHS,
    st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=6),
    st.integers(min_value=0, max_value=9),  # which of the ids so far
    st.booleans(),  # newest as the value of parameters
)


class Crowd:
    """One caller that makes any call, and checks each answer."""

    def __init__(self) -> None:
        self.caller = Caller()
        self.ids = [self.caller.text("One"), self.caller.post("Two"), self.caller.account.id]

    def make(self, call: tuple[str, str, dict[str, str], int, bool]) -> None:
        method, path, params, number, newest = call
        chosen = self.ids[-1 if newest else number % len(self.ids)]
        params = {key: chosen if value == "NEWEST" else value for key, value in params.items()}
        for name in ("creation_id", "reply_to_id", "quote_post_id"):
            if newest and name in params:
                params[name] = chosen
        request = Request(method, path.replace("{user}", "me").replace("{id}", chosen), params)
        before = self.caller.snapshot()
        response = self.caller.world.answer(request, self.caller.token)
        self.check(response)
        if response.status != 200:
            assert self.caller.snapshot() == before, "a refused call changes nothing"
        elif isinstance(made := json.loads(response.body), dict) and method == "POST" and "id" in made:
            self.ids.append(str(made["id"]))

    def check(self, response: Response) -> None:
        if response.status == 500 and not response.body:
            return  # how some missing scopes show
        document = json.loads(response.body.decode("utf-8"))
        if response.status == 200:
            return
        if "error_message" in document:
            assert set(document) == {"error_type", "code", "error_message"}
            return
        assert {"message", "type", "code", "fbtrace_id"} <= set(document["error"])


@settings(max_examples=300, deadline=None)
@given(st.lists(_CALLS, min_size=1, max_size=12))
def test_any_calls_are_answered_and_refused_ones_change_nothing(calls: list[Any]) -> None:
    crowd = Crowd()
    for call in calls:
        crowd.make(call)


@settings(max_examples=100, deadline=None)
@given(st.lists(_CALLS, min_size=1, max_size=6))
def test_a_strict_world_is_no_less_steady(calls: list[Any]) -> None:
    crowd = Crowd()
    crowd.caller.world.settings.strict = True
    for call in calls:
        crowd.make(call)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({"call": st.sampled_from(CALLS), "fault": st.sampled_from(FAULTS)}, optional={}),
        max_size=3,
    ),
    st.lists(_CALLS, min_size=1, max_size=6),
)
def test_faults_end_in_an_answer_or_in_none_but_never_in_an_exception(faults: list[Any], calls: list[Any]) -> None:
    caller = Caller()
    caller.faulty.arm([{**fault, "seconds": 1} for fault in faults])
    for method, path, params, _, _ in calls:
        path = path.replace("{user}", "me").replace("{id}", caller.account.id)
        outcome = caller.faulty.answer(Request(method, path, params), caller.token)
        assert outcome.response is None or outcome.response.status >= 200
        caller.wait(seconds=1)
