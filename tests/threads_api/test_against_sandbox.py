"""Every call against the sandbox's world: client and sandbox mirror each other, and the fixtures agree with both."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from publisher.sandbox.serve import Sandbox
from publisher.sandbox.world import ROUTES
from publisher.threads_api import (
    ALL_FIELDS,
    ALL_PROFILE_FIELDS,
    ApiError,
    AuthenticationError,
    Credentials,
    Media,
    NotFound,
    PermissionDenied,
    Poll,
    Request,
    RequestsTransport,
    Response,
    TextAttachment,
    TextEntity,
    ThreadsClient,
    Transport,
)
from publisher.threads_api.auth import Auth
from publisher.threads_api.fields import LOCATION
from tests.threads_api.replay import fixture, names
from tests.threads_api.worlds import APP, FILM, PICTURE, Desk

NO_WAIT: Any = {"sleep": lambda _seconds: None}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def everything(client: ThreadsClient, post: Callable[..., Any], stranger: Callable[[str], Any]) -> None:
    """Each method of each resource once; `stranger` answers a post as somebody else."""
    first = post("The ending", text_entities=[TextEntity(4, 6)], topic_tag="Films").media_id
    carousel = post("Two", PICTURE, FILM).media_id
    client.publishing.limits(locations=True)
    client.publishing.create({"media_type": "TEXT", "text": "Not published"})
    children = [
        client.publishing.create_container(image_url="https://m.test/a.jpg", is_carousel_item=True) for _ in range(2)
    ]
    client.publishing.create_carousel_container(children, text="Not published")
    repost = client.publishing.repost(first)
    post("Boo", is_ghost_post=True)
    post("Long", text_attachment=TextAttachment("Longer"))
    answer = stranger(first)
    pending_post = post("Ask me", enable_reply_approvals=True).media_id
    pending = stranger(pending_post)

    assert client.media.get(carousel, fields=f"{ALL_FIELDS},{LOCATION}").media_type == "CAROUSEL_ALBUM"
    assert {first, carousel, repost} <= {item.id for item in client.media.all_threads(limit=2)}
    assert len(client.media.threads(limit=1)) == 1
    assert [item.ghost_post_status for item in client.media.ghost_posts(fields="ghost_post_status")] == ["ACTIVE"]
    assert len(list(client.media.all_ghost_posts())) == 1
    assert [item.text for item in client.media.mentions()] == [item.text for item in client.media.all_mentions()]

    mine = post("Mine too", reply_to_id=answer).media_id
    assert [item.id for item in client.replies.mine()] == [item.id for item in client.replies.all_mine()] == [mine]
    assert (
        [item.id for item in client.replies.of(first)] == [item.id for item in client.replies.all_of(first)] == [answer]
    )
    assert {item.id for item in client.replies.conversation(first)} == {answer, mine}
    assert [item.id for item in client.replies.all_conversation(first, reverse=False)] == [answer, mine]
    assert [item.id for item in client.replies.pending(pending_post, approval_status="pending")] == [pending]
    assert [item.id for item in client.replies.all_pending(pending_post)] == [pending]
    assert client.replies.hide(answer)
    assert client.media.get(answer, fields="hide_status").hide_status == "HIDDEN"
    assert client.replies.approve(pending)
    assert list(client.replies.pending(pending_post)) == []

    assert client.profiles.me(fields=ALL_PROFILE_FIELDS).username == "acme"
    assert {metric.name for metric in client.insights.media(first)} >= {"views", "likes"}
    assert client.insights.user()
    assert [item.id for item in client.search.keyword("ending")] == [first]
    (place, *_) = client.locations.search("Berlin")
    assert client.locations.get(str(place.id)).name == place.name
    permalink = client.media.get(first, fields="permalink").permalink
    assert client.oembed.get(str(permalink), maxwidth=400).width == 400

    assert client.publishing.delete(first) == first
    with pytest.raises(NotFound):
        client.media.get(first)


def _stranger_of(desk: Desk) -> Callable[[str], str]:
    other = desk.other("somebody")
    return lambda media_id: str(other.post("What? @acme", reply_to_id=media_id).media_id)


def test_every_call_works_on_the_world(desk: Desk) -> None:
    everything(desk.client, desk.post, _stranger_of(desk))


def test_public_profiles_can_be_looked_up(desk: Desk) -> None:
    other = desk.other("somebody")
    other.post("Hello")
    desk.world.data.accounts[other.caller.account.id].followers = 1000
    assert desk.client.profiles.lookup("@somebody").follower_count == 1000
    assert [item.text for item in desk.client.search.profile_posts("somebody")] == ["Hello"]
    assert [item.text for item in desk.client.search.all_profile_posts("somebody")] == ["Hello"]


def test_demographics_are_given_for_a_profile_with_followers(desk: Desk) -> None:
    desk.world.data.accounts[desk.caller.account.id].followers = 1000
    for breakdown in ("country", "city", "age", "gender"):
        metric = desk.client.insights.demographics(breakdown)
        assert metric is not None
        assert all(value.group and value.value >= 0 for value in metric.values)


def test_a_token_goes_its_whole_way(desk: Desk) -> None:
    threads = desk.auth()
    short = threads.exchange_code("any-code-will-do")
    assert short.user_id == desk.caller.account.id
    long = threads.exchange_long_lived(short)
    with pytest.raises(AuthenticationError):
        threads.exchange_long_lived(long)
    desk.later(hours=25)
    fresh = threads.refresh(long)
    info = threads.debug_token(fresh, caller=threads.app_token())
    assert info.is_valid
    assert info.user_id == desk.caller.account.id
    assert info.expires_at == fresh.expiration


def test_a_code_of_the_sandbox_is_good_once(desk: Desk) -> None:
    with pytest.raises(ApiError):
        desk.auth().exchange_code("")


def test_a_token_that_was_not_issued_is_refused(desk: Desk) -> None:
    from publisher.sandbox.transport import WorldTransport

    with pytest.raises(AuthenticationError):
        ThreadsClient(WorldTransport(desk.faulty, "THnot-issued-here")).profiles.me()


def test_a_missing_scope_hides_its_own_quota_only() -> None:
    desk = Desk()
    narrow = Desk(desk.caller.other("narrow", scopes=("threads_basic", "threads_content_publish")))
    limits = narrow.client.publishing.limits(locations=True)
    assert limits.posts is not None
    assert (limits.replies, limits.deletes, limits.locations) == (None, None, None)
    with pytest.raises(PermissionDenied):
        narrow.client.publishing.delete(narrow.post("Mine").media_id)


class Recorder:
    """Notes which routes are called, and what was answered to each fixture's kind of call."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.answers: dict[tuple[str, str], Any] = {}

    def send(self, request: Request) -> Response:
        response = self._inner.send(request)
        if response.status == 200:
            self.answers.setdefault(_shape(request.method, request.path, request.params), response.json())
        return response


def _shape(method: str, path: str, params: Mapping[str, str]) -> tuple[str, str]:
    """Calls that answer the same shape: the quotas are one path, and the fields decide."""
    asked = f"?{params['fields']}" if path.endswith("_limit") else ""
    return method, "/".join("{id}" if step.isdigit() else step for step in path.split("/")) + asked


def test_the_fixtures_have_the_shape_of_what_the_sandbox_answers(desk: Desk) -> None:
    recorder = Recorder(desk.client.publishing._call.transport)
    client = ThreadsClient(recorder)
    everything(
        client,
        lambda text=None, *media, **options: client.post(text, media, sleep=desk.sleep, **options),
        _stranger_of(desk),
    )
    compared = 0
    for name in names():
        recorded = fixture(name)
        shape = _shape(**recorded["request"])
        if recorded["answer"]["status"] == 200 and shape in recorder.answers and shape != ("GET", "/{id}"):
            assert _same_shape(recorded["answer"]["body"], recorder.answers[shape]), name
            compared += 1
    assert compared > 25


def _same_shape(recorded: Any, answered: Any) -> bool:
    """Whether what both have is of the same type, and envelopes agree; optional members may be missing in either."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        shared = recorded.keys() & answered.keys()
        return bool(shared) and all(_same_shape(recorded[key], answered[key]) for key in shared)
    if isinstance(recorded, list) and isinstance(answered, list):
        return not recorded or not answered or _same_shape(recorded[0], answered[0])
    number = isinstance(recorded, int | float) and isinstance(answered, int | float)
    return number or type(recorded) is type(answered)


def test_every_route_of_the_sandbox_is_a_call_of_the_client() -> None:
    called = {tuple(part.split("?")[0] for part in _shape(**fixture(name)["request"])) for name in names()}
    routes = {(method, path.replace("/{user}", "/me")) for method, path in ROUTES}
    assert routes <= called


def test_it_is_the_same_over_http() -> None:
    with (
        Sandbox() as running,
        ThreadsClient.connect(Credentials(running.access_token), base_url=running.threads_api) as client,
    ):
        result = client.post("Over the wire", quote_post_id=client.post("Quoted", **NO_WAIT).media_id, **NO_WAIT)
        media = client.media.get(result.media_id, fields=ALL_FIELDS)
        assert isinstance(media, Media)
        assert (media.text, media.is_quote_post) == ("Over the wire", True)
        assert client.post("Tea?", poll_attachment=Poll(("Yes", "No")), **NO_WAIT).media_id
        threads = Auth(RequestsTransport(None, running.threads_api, ""), APP)
        long = threads.exchange_long_lived(threads.exchange_code("any-code-will-do"))
        assert threads.debug_token(long).user_id == running.user_id
