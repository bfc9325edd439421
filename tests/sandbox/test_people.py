"""Several people in one world: who may answer, who must approve, what is hidden, and what each may read."""

import pytest

from publisher.sandbox.endpoints.tokens import SCOPES
from tests.sandbox.worlds import Caller


@pytest.fixture
def acme() -> Caller:
    return Caller()


@pytest.fixture
def ada(acme: Caller) -> Caller:
    return acme.other("ada")


def test_a_stranger_may_answer_with_the_scope_of_search_or_mentions(acme: Caller) -> None:
    post = acme.post("Hello")
    neither = set(SCOPES) - {"threads_keyword_search", "threads_manage_mentions"}
    silent = acme.other("ben", scopes=sorted(neither))
    assert silent.refused("POST", "/me/threads", media_type="TEXT", text="Hi", reply_to_id=post)[:2] == (500, 10)
    assert silent.refused("POST", f"/{post}/repost")[:2] == (500, 10)
    for scope in ("threads_keyword_search", "threads_manage_mentions"):
        acme.other(scope[8:14], scopes=sorted({*neither, scope})).post("Hi", reply_to_id=post)
    assert len(acme.ids(f"/{post}/replies")) == 2


@pytest.mark.parametrize(
    ("audience", "words", "open_to_ada"),
    [
        ("everyone", "Hello", True),
        ("parent_post_author_only", "Hello @ada", False),
        ("mentioned_only", "Hello", False),
        ("mentioned_only", "Hello @Ada!", True),
    ],
)
def test_an_audience_is_kept(acme: Caller, ada: Caller, audience: str, words: str, open_to_ada: bool) -> None:
    post = acme.post(words, reply_control=audience)
    status, _ = ada.call("POST", "/me/threads", media_type="TEXT", text="Hi", reply_to_id=post)
    assert (status == 200) is open_to_ada
    assert acme.get(f"/{post}", fields="reply_audience")["reply_audience"] == audience.upper()
    acme.post("My own answer", reply_to_id=post)


def test_a_reply_that_must_be_approved_waits_where_only_its_post_shows_it(acme: Caller, ada: Caller) -> None:
    post = acme.post("Questions?", enable_reply_approvals="true")
    own = acme.post("The first one", reply_to_id=post)
    reply = ada.post("Why?", reply_to_id=post)
    assert acme.ids(f"/{post}/replies") == [own]
    assert ada.ids("/me/replies") == [reply]
    pending = acme.get(f"/{post}/pending_replies", fields="reply_approval_status")["data"]
    assert pending == [{"id": reply, "reply_approval_status": "pending"}]
    assert ada.refused("POST", f"/{reply}/manage_pending_reply", approve="true")[1:3] == (100, 33)
    assert ada.refused("GET", f"/{post}/pending_replies")[1:3] == (100, 33)

    assert acme.call("POST", f"/{reply}/manage_pending_reply", approve="false") == (200, {"success": True})
    assert acme.ids(f"/{post}/pending_replies", approval_status="pending") == []
    assert acme.ids(f"/{post}/pending_replies", approval_status="ignored") == [reply]
    acme.call("POST", f"/{reply}/manage_pending_reply", approve="true")
    assert acme.ids(f"/{post}/pending_replies") == []
    assert acme.ids(f"/{post}/replies") == [reply, own]
    assert acme.refused("POST", f"/{reply}/manage_pending_reply", approve="true")[1:3] == (100, 33)
    assert acme.refused("GET", f"/{post}/pending_replies", approval_status="Pending")[1] == 100


def test_a_reply_on_ones_own_post_can_be_hidden_and_shown(acme: Caller, ada: Caller) -> None:
    post = acme.post("Hello")
    reply = ada.post("Hi", reply_to_id=post)
    below = acme.post("Hi there", reply_to_id=reply)
    assert acme.call("POST", f"/{reply}/manage_reply", hide="true") == (200, {"success": True})
    assert acme.get(f"/{reply}", fields="hide_status")["hide_status"] == "HIDDEN"
    acme.call("POST", f"/{reply}/manage_reply", hide="false")
    assert acme.get(f"/{reply}", fields="hide_status")["hide_status"] == "UNHUSHED"
    assert acme.refused("POST", f"/{below}/manage_reply", hide="true")[1:3] == (100, 33), "top-level replies only"
    assert ada.refused("POST", f"/{reply}/manage_reply", hide="true")[1:3] == (100, 33), "on one's own posts only"
    assert acme.refused("POST", f"/{reply}/manage_reply", hide="perhaps")[1] == 100


def test_what_concerns_nobody_here_cannot_be_read(acme: Caller, ada: Caller) -> None:
    hers = ada.post("A day at the lake")
    about = ada.post("Thanks, @acme!")
    assert acme.refused("GET", f"/{hers}")[:3] == (400, 100, 33)
    read = acme.get(f"/{about}", fields="owner,username,reply_audience")
    assert read == {"id": about, "username": "ada"}, "the owner and the audience are for the author"
    assert acme.refused("DELETE", f"/{about}")[:3] == (400, 100, 33)
    assert acme.refused("GET", f"/{ada.account.id}/threads")[1:3] == (100, 33)
    assert acme.refused("GET", f"/{ada.account.id}")[1:3] == (100, 33)


def test_a_container_is_its_makers(acme: Caller, ada: Caller) -> None:
    container = ada.text("Mine")
    assert acme.refused("GET", f"/{container}")[:3] == (400, 100, 33)
    assert acme.refused("POST", "/me/threads_publish", creation_id=container)[:3] == (400, 24, 4279009)


def test_mentions_are_listed_for_whom_they_name(acme: Caller, ada: Caller) -> None:
    named = ada.post("Have a look at @acme")
    ada.post("Have a look at acme@example.org")
    acme.post("I am @acme")
    assert acme.ids("/me/mentions") == [named]
    assert ada.ids("/me/mentions") == []


def test_search_finds_words_and_tags_of_everybody(acme: Caller, ada: Caller) -> None:
    lake = ada.post("A Day at the lake", topic_tag="Swimming")
    acme.wait(seconds=1)
    picture = acme.publish(acme.create(media_type="IMAGE", image_url="https://m.test/a.jpg", text="A lake"))
    assert set(acme.ids("/keyword_search", q="LAKE")) == {lake, picture}
    assert acme.ids("/keyword_search", q="lake", search_type="RECENT") == [picture, lake]
    assert acme.ids("/keyword_search", q="lake day") == [lake]
    assert acme.ids("/keyword_search", q="swimming", search_mode="TAG") == [lake]
    assert acme.ids("/keyword_search", q="lake", media_type="IMAGE") == [picture]
    assert acme.ids("/keyword_search", q="lake", author_username="ada") == [lake]
    assert acme.ids("/keyword_search", q="lake", limit="1", search_type="RECENT") == [picture]
    assert acme.ids("/keyword_search", q="river") == []
    for wrong in ({}, {"q": "x", "search_type": "BEST"}, {"q": "x", "fields": "owner"}):
        assert acme.refused("GET", "/keyword_search", **wrong)[1] == 100
    searched = acme.get("/me", fields="recently_searched_keywords")["recently_searched_keywords"]
    assert {"query": "swimming", "timestamp": 1796115601000} in searched


def test_the_apps_tier_is_a_setting(acme: Caller, ada: Caller) -> None:
    ada.post("A lake, @acme")
    mine = acme.post("My lake")
    acme.world.settings.access = "reduced"
    assert acme.ids("/keyword_search", q="lake") == [mine]
    assert acme.refused("GET", "/profile_lookup", username="ada")[1:3] == (100, 33)
    assert acme.get("/location_search", q="Berlin", fields="city")["data"][0]["city"] == "Menlo Park"
    acme.world.settings.access = "refused"
    for path, params in (
        ("/keyword_search", {"q": "lake"}),
        ("/me/mentions", {}),
        ("/profile_posts", {"username": "ada"}),
        ("/profile_lookup", {"username": "ada"}),
    ):
        assert acme.refused("GET", path, **params)[:3] == (400, 10, 4279067)


def test_a_public_profile_shows_counts_and_posts(acme: Caller, ada: Caller) -> None:
    post = ada.post("A lake")
    ada.post("More of it", reply_to_id=post)
    acme.post("Look", quote_post_id=post)
    acme.call("POST", f"/{post}/repost")
    profile = acme.get("/profile_lookup", username="ada")
    assert (profile["username"], profile["follower_count"]) == ("ada", 1280)
    assert (profile["quotes_count"], profile["reposts_count"], profile["replies_count"]) == (1, 1, 0)
    posts = acme.get("/profile_posts", username="ada", fields="text")["data"]
    assert posts == [{"id": post, "text": "A lake"}]
    assert acme.refused("GET", "/profile_posts", username="ada", fields="owner")[1] == 100
    assert acme.refused("GET", "/profile_posts", username="nobody")[1:3] == (100, 33)
    assert acme.refused("GET", "/profile_lookup")[1] == 100


def test_a_profile_needs_a_hundred_followers_to_be_found(acme: Caller) -> None:
    acme.other("small", followers=99)
    acme.other("large", followers=100)
    assert acme.refused("GET", "/profile_lookup", username="small")[1:3] == (100, 33)
    assert acme.get("/profile_lookup", username="large")["username"] == "large"
