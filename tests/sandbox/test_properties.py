"""Whatever is asked, the world answers in Meta's shapes, and what it refuses leaves nothing behind.

`FUZZ_EXAMPLES=3000`: over 100,000 calls.
"""

import json
import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.sandbox.endpoints import ROUTES
from publisher.sandbox.faults import CALLS, FAULTS
from publisher.threads_api.messages import Request, Response
from tests.sandbox.worlds import Caller

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))

_NAMES = sorted({name for route in ROUTES.values() for name in route.params})
_SENSE = {  # what makes sense for a parameter; ANY stands for an id that the world gave
    "media_type": ["TEXT", "TEXT", "TEXT", "IMAGE", "VIDEO", "CAROUSEL"],
    "text": ["Hello", "Hi @acme #tea", "https://acme.dev"],
    "image_url": ["https://m.test/a.jpg", "https://m.test/none.jpg"],
    "video_url": ["https://m.test/a.mp4"],
    "children": ["ANY,ANY"],
    "poll_attachment": ['{"option_a":"1","option_b":"2"}', "{}", '{"option_a":"\\ud800","option_b":"2"}'],
    "text_entities": ['[{"entity_type":"SPOILER","offset":0,"length":1}]', "[7]"],
    "text_attachment": ['{"plaintext":"more"}', "[]", '{"plaintext":"\\ud800"}'],
    "gif_attachment": ['{"gif_id":"a","provider":"GIPHY"}'],
    "creation_id": ["ANY"],
    "reply_to_id": ["ANY"],
    "quote_post_id": ["ANY"],
    "fields": ["id", "id,status", "id,text,poll_attachment{option_a},children{id}", "quota_usage,config"],
    "metric": ["views", "likes,replies", "follower_demographics"],
    "grant_type": ["authorization_code", "client_credentials", "th_refresh_token", "th_exchange_token"],
    "limit": ["1", "100"],
    "breakdown": ["age"],
    "username": ["acme"],
    "location_id": ["213000001"],
    "reply_control": ["everyone"],
    "allowlisted_country_codes": ["DE,FR"],
    **{key: ["1795910400", "now", "0001-01-01", "9999-12-31"] for key in ("since", "until")},
    **{key: ["1.5"] for key in ("latitude", "longitude")},
    **{key: ["true", "false"] for key in ("hide", "approve", "reverse")},
}
_NONSENSE = st.one_of(st.text(max_size=40), st.text(st.characters(), max_size=8), st.just("ANY"))  # surrogates too


def _value(name: str) -> st.SearchStrategy[str]:
    known = _SENSE.get(name, ["x", "true"])
    return st.integers(0, 9).flatmap(lambda dice: st.sampled_from(known) if dice else _NONSENSE)


def _routed(route: Any) -> st.SearchStrategy[Any]:
    """A call of a route with some of its parameters, those that it cannot do without more often than not."""
    names = [name for name in route.params if name in ("media_type", "text", "creation_id", "metric", "q", "hide")]
    sure = st.fixed_dictionaries({name: _value(name) for name in names} if route.params else {})
    others = st.sampled_from(route.params or _NAMES).flatmap(lambda name: st.tuples(st.just(name), _value(name)))
    odd = st.tuples(st.text(st.characters(), max_size=8), st.text(max_size=8))  # names that nobody documents
    more = st.lists(st.one_of(others, others, others, odd), max_size=3).map(dict)
    params = st.tuples(sure, more).map(lambda both: both[0] | both[1])
    return st.tuples(st.just(route.method), st.just(route.path), params)


_ODD = st.tuples(
    st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD"]),
    st.text(max_size=30).map(lambda text: "/" + text),
    st.dictionaries(st.sampled_from(_NAMES), _NONSENSE, max_size=4),
)
_ROUTED = st.sampled_from(list(ROUTES.values())).flatmap(_routed)
_OFTEN = st.sampled_from([route for route in ROUTES.values() if route.path.startswith("/{user}/threads")])
_CALLS = st.tuples(
    st.one_of(_ROUTED, _ROUTED, _OFTEN.flatmap(_routed), _ODD),
    st.integers(min_value=0, max_value=9),  # which of the ids so far
)


class Crowd:
    """One caller that makes any call, and checks each answer."""

    def __init__(self) -> None:
        self.caller = Caller()
        self.ids = [self.caller.text("One"), self.caller.post("Two"), self.caller.account.id]

    def make(self, call: tuple[tuple[str, str, dict[str, str]], int]) -> None:
        (method, path, params), number = call
        chosen, next_one = (self.ids[(number + step) % len(self.ids)] for step in (0, 1))
        params = {key: value.replace("ANY", chosen, 1).replace("ANY", next_one) for key, value in params.items()}
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


@settings(max_examples=6 * EXAMPLES, deadline=None)
@given(st.lists(_CALLS, min_size=1, max_size=12))
def test_any_calls_are_answered_and_refused_ones_change_nothing(calls: list[Any]) -> None:
    crowd = Crowd()
    for call in calls:
        crowd.make(call)


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(st.lists(_CALLS, min_size=1, max_size=6))
def test_a_strict_world_is_no_less_steady(calls: list[Any]) -> None:
    crowd = Crowd()
    crowd.caller.world.settings.strict = True
    for call in calls:
        crowd.make(call)


@settings(max_examples=6 * EXAMPLES, deadline=None)
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
    for (method, path, params), _ in calls:
        path = path.replace("{user}", "me").replace("{id}", caller.account.id)
        outcome = caller.faulty.answer(Request(method, path, params), caller.token)
        assert outcome.response is None or outcome.response.status >= 200
        caller.wait(seconds=1)
