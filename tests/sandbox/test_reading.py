"""Posts read back: attachments, ghosts, places, insights, embedding, and the lists they are in."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from publisher.sandbox.endpoints.insights import MEDIA_METRICS
from publisher.sandbox.values import Spent
from tests.sandbox.worlds import Caller


@pytest.fixture
def acme() -> Caller:
    return Caller()


def test_a_poll_is_read_with_votes_that_grow_until_it_closes(acme: Caller) -> None:
    post = acme.post("Tea?", poll_attachment='{"option_a":"Yes","option_b":"No","option_c":"Coffee"}')
    fields = "media_type,poll_attachment{option_a,option_b,option_c,option_d,total_votes,option_a_votes_percentage}"
    fresh = acme.get(f"/{post}", fields=fields)
    assert fresh["media_type"] == "TEXT_POST"
    assert fresh["poll_attachment"] == {
        "option_a": "Yes",
        "option_b": "No",
        "option_c": "Coffee",
        "total_votes": 0,
        "option_a_votes_percentage": 0.0,
    }
    acme.wait(hours=24)
    closed = acme.get(f"/{post}", fields="poll_attachment")["poll_attachment"]
    assert closed["expiration_timestamp"] == "2026-12-02T09:00:00+0000"
    shares = [closed[f"option_{letter}_votes_percentage"] for letter in "abc"]
    assert sum(shares) == pytest.approx(1, abs=0.001)
    acme.wait(hours=24)
    assert acme.get(f"/{post}", fields="poll_attachment")["poll_attachment"] == closed


def test_attachments_are_read_as_they_were_sent(acme: Caller) -> None:
    attached = {
        "plaintext": "A long story",
        "link_attachment_url": "https://acme.dev/story",
        "text_with_styling_info": [{"offset": 2, "length": 4, "styling_info": ["bold", "highlight"]}],
    }
    story = acme.post("Read on", text_attachment=json.dumps(attached))
    assert acme.get(f"/{story}", fields="text_attachment")["text_attachment"] == attached
    gif = acme.post("Ha", gif_attachment='{"gif_id":"l0HlBO7eyXzSZkJri","provider":"GIPHY"}')
    read = acme.get(f"/{gif}", fields="media_type,gif_url")
    assert (read["media_type"], "l0HlBO7eyXzSZkJri" in read["gif_url"]) == ("TEXT_POST", True)
    secret = acme.post("It was the gardener", text_entities='[{"entity_type":"spoiler","offset":"11","length":"8"}]')
    assert acme.get(f"/{secret}", fields="text_entities")["text_entities"] == {
        "data": [{"entity_type": "SPOILER", "offset": 11, "length": 8}]
    }
    veiled = acme.publish(
        acme.create(media_type="IMAGE", image_url="https://m.test/a.jpg", is_spoiler_media="true", alt_text="A lake")
    )
    read = acme.get(f"/{veiled}", fields="is_spoiler_media,alt_text")
    assert read == {"id": veiled, "is_spoiler_media": True, "alt_text": "A lake"}


def test_a_ghost_post_lives_for_a_day(acme: Caller) -> None:
    post = acme.post("Boo", is_ghost_post="true")
    read = acme.get(f"/{post}", fields="ghost_post_status,ghost_post_expiration_timestamp")
    assert read["ghost_post_status"] == "ACTIVE"
    assert read["ghost_post_expiration_timestamp"] == "2026-12-02T09:00:00+0000"
    assert acme.ids("/me/ghost_posts") == acme.ids("/me/threads") == [post]
    acme.wait(hours=24)
    assert acme.get(f"/{post}", fields="ghost_post_status")["ghost_post_status"] == "ARCHIVED"
    assert (acme.ids("/me/ghost_posts"), acme.ids("/me/threads")) == ([post], [])


def test_whether_living_ghosts_are_among_the_threads_is_a_setting(acme: Caller) -> None:
    acme.world.settings.ghosts_listed = False
    post = acme.post("Boo", is_ghost_post="true")
    assert (acme.ids("/me/ghost_posts"), acme.ids("/me/threads")) == ([post], [])


def test_a_text_can_publish_itself(acme: Caller) -> None:
    post = acme.text("At once", auto_publish_text="true")
    assert acme.get(f"/{post}", fields="text") == {"id": post, "text": "At once"}


def test_a_repost_is_a_facade_of_another_post(acme: Caller) -> None:
    original = acme.post("Hello")
    status, answer = acme.call("POST", f"/{original}/repost")
    assert status == 200
    read = acme.get(f"/{answer['id']}", fields="media_type,reposted_post{id,text}")
    assert read["media_type"] == "REPOST_FACADE"
    assert read["reposted_post"] == {"id": original, "text": "Hello"}
    assert acme.ids("/me/threads") == [answer["id"], original]
    assert acme.refused("POST", f"/{'18' + '0' * 15}/repost")[1:3] == (100, 33)


def test_a_place_is_found_by_words_or_nearness_and_read_by_its_id(acme: Caller) -> None:
    (found,) = acme.get("/location_search", q="berlin", fields="id,name,city")["data"]
    assert isinstance(found["id"], int), "a number here, a string elsewhere"
    assert acme.get(f"/{found['id']}", fields="name,country")["country"] == "Germany"
    near = acme.get("/location_search", latitude="48.8", longitude="2.3", fields="city")["data"]
    assert near[0]["city"] == "Paris"
    post = acme.post("Here", location_id=str(found["id"]))
    read = acme.get(f"/{post}", fields="location_id,location{id,name}")
    assert read["location"] == {"id": str(found["id"]), "name": found["name"]}
    for wrong in ({}, {"latitude": "1"}, {"latitude": "nan", "longitude": "2"}, {"latitude": "91", "longitude": "2"}):
        assert acme.refused("GET", "/location_search", **wrong)[1] == 100
    usage = acme.get("/me/threads_publishing_limit", fields="location_search_quota_usage")
    assert usage["data"] == [{"location_search_quota_usage": 2}]


def test_insights_of_a_post_count_what_the_world_knows(acme: Caller) -> None:
    post = acme.post("Hello")
    reply = acme.post("More", reply_to_id=post)
    acme.post("Even more", reply_to_id=reply)
    acme.post("Look", quote_post_id=post)
    acme.call("POST", f"/{post}/repost")
    acme.wait(hours=30)
    found = acme.get(f"/{post}/insights", metric=",".join(MEDIA_METRICS))["data"]
    counts = {item["name"]: item["values"][0]["value"] for item in found}
    assert (counts["replies"], counts["quotes"], counts["reposts"]) == (2, 1, 1)
    assert acme.get(f"/{reply}/insights", metric="replies")["data"][0]["values"] == [{"value": 1}]
    assert found[0]["id"] == f"{post}/insights/views/lifetime"
    assert found == acme.get(f"/{post}/insights", metric=",".join(MEDIA_METRICS))["data"], "the same in every run"
    assert acme.refused("GET", f"/{post}/insights")[1] == 100
    assert acme.refused("GET", f"/{post}/insights", metric="fame")[1] == 100


def test_insights_of_a_repost_are_empty(acme: Caller) -> None:
    _, answer = acme.call("POST", f"/{acme.post('Hello')}/repost")
    assert acme.get(f"/{answer['id']}/insights", metric="views") == {"data": []}


def test_insights_of_the_account_have_a_shape_for_each_metric(acme: Caller) -> None:
    acme.post("Hello", link_attachment="https://acme.dev")
    found = acme.get("/me/threads_insights", metric="views,likes,clicks,followers_count")
    by_name = {item["name"]: item for item in found["data"]}
    assert by_name["views"]["values"][0]["end_time"] == "2026-11-30T08:00:00+0000"
    assert set(by_name["likes"]["total_value"]) == {"value"}
    assert by_name["clicks"]["link_total_values"][0]["link_url"] == "https://acme.dev"
    assert by_name["followers_count"]["total_value"] == {"value": 1280}
    assert by_name["views"]["id"] == f"{acme.account.id}/insights/views/day"
    assert {"previous", "next"} == set(found["paging"])
    span = acme.get("/me/threads_insights", metric="views", since="1795910400", until="1796083200")
    assert len(span["data"][0]["values"]) == 3


@pytest.mark.parametrize("breakdown", ["country", "city", "age", "gender"])
def test_demographics_add_up_to_the_followers(acme: Caller, breakdown: str) -> None:
    (found,) = acme.get("/me/threads_insights", metric="follower_demographics", breakdown=breakdown)["data"]
    (part,) = found["total_value"]["breakdowns"]
    assert part["dimension_keys"] == [breakdown]
    assert sum(result["value"] for result in part["results"]) == 1280


@pytest.mark.parametrize(
    "params",
    [
        {"metric": "follower_demographics"},
        {"metric": "follower_demographics", "breakdown": "shoe size"},
        {"metric": "followers_count", "since": "1795910400"},
        {"metric": "views", "since": "1712991599"},
        {"metric": "views", "since": "1796083200", "until": "1795910400"},
        {"metric": "views", "since": "1999999999"},
        {"metric": ""},
    ],
)
def test_what_insights_do_not_take(acme: Caller, params: dict[str, str]) -> None:
    assert acme.refused("GET", "/me/threads_insights", **params)[1] == 100


def test_few_followers_have_no_demographics(acme: Caller) -> None:
    small = acme.other("small", followers=99)
    refused = small.refused("GET", "/me/threads_insights", metric="follower_demographics", breakdown="age")
    assert refused[1] == 100


def test_a_post_is_embedded_without_a_token(acme: Caller) -> None:
    post = acme.post('<script>alert("1")</script>')
    permalink = acme.get(f"/{post}", fields="permalink")["permalink"]
    acme.token = ""
    found = acme.get("/oembed", url=permalink, maxwidth="400")
    assert (found["type"], found["width"], found["provider_name"]) == ("rich", 400, "Threads")
    assert "<script>" not in found["html"]
    short = "https://www.threads.com/t/" + permalink.rsplit("/", 1)[1]
    assert acme.get("/oembed", url=short)["width"] == 658
    for wrong in ("https://www.threads.com/share/abc", "https://evil.test/@acme/post/DabcdefghiJ", permalink + "x"):
        assert acme.refused("GET", "/oembed", url=wrong)[:3] == (400, 100, 2207047)
    for params in ({}, {"url": permalink, "maxwidth": "319"}, {"url": permalink, "maxwidth": "659"}):
        assert acme.refused("GET", "/oembed", **params)[1] == 100


def test_the_own_profile_shows_the_fields_that_are_asked_for(acme: Caller) -> None:
    assert acme.get("/me") == {"id": acme.account.id}
    read = acme.get(f"/{acme.account.id}", fields="username,is_verified,is_eligible_for_geo_gating")
    assert read == {
        "id": acme.account.id,
        "username": "acme",
        "is_verified": False,
        "is_eligible_for_geo_gating": True,
    }
    assert acme.refused("GET", "/me", fields="password")[3] == "Tried accessing nonexisting field (password)"


def test_every_page_leads_to_the_next_until_the_end(acme: Caller) -> None:
    made = [acme.post(str(number)) for number in range(7)]
    params, seen = {"limit": "3", "fields": "id"}, []
    while True:
        page = acme.get("/me/threads", **params)
        seen += [item["id"] for item in page["data"]]
        if "next" not in page["paging"]:
            break
        following = urlsplit(page["paging"]["next"])
        assert following.path == "/v1.0/me/threads"
        assert "access_token" not in following.query
        params = {key: values[0] for key, values in parse_qs(following.query).items()}
    assert seen == made[::-1]


def test_a_cursor_outlives_the_post_it_stands_at(acme: Caller) -> None:
    made = [acme.post(str(number)) for number in range(4)]
    after = acme.get("/me/threads", limit="2")["paging"]["cursors"]["after"]
    acme.call("DELETE", f"/{made[2]}")
    assert acme.ids("/me/threads", after=after) == [made[1], made[0]]


def test_replies_come_newest_first_unless_told_otherwise(acme: Caller) -> None:
    post = acme.post("Root")
    replies = [acme.post(str(number), reply_to_id=post) for number in range(4)]
    assert acme.ids(f"/{post}/replies") == replies[::-1]
    first = acme.get(f"/{post}/replies", reverse="false", limit="3")
    assert [item["id"] for item in first["data"]] == replies[:3]
    after = first["paging"]["cursors"]["after"]
    assert acme.ids(f"/{post}/replies", reverse="false", after=after) == replies[3:]
    before = acme.get(f"/{post}/replies", reverse="false", after=after)["paging"]["cursors"]["before"]
    assert acme.ids(f"/{post}/replies", reverse="false", before=before, limit="2") == replies[1:3]


@pytest.mark.parametrize(
    "params",
    [
        {"since": "1688540399"},
        {"since": "long ago"},
        {"until": "2026-12-01T09:01:00Z"},
        {"since": "1796000000", "until": "1795000000"},
        {"limit": "-1"},
        {"limit": "٣"},
        {"before": "MTgwMDAwMDAwMDAwMDAwMDE", "after": "MTgwMDAwMDAwMDAwMDAwMDE"},
        {"after": "???"},
        {"fields": "id,password"},
    ],
)
def test_what_lists_do_not_take(acme: Caller, params: dict[str, str]) -> None:
    acme.post("Hello")
    assert acme.refused("GET", "/me/threads", **params)[:2] == (500, 100)


def test_lists_can_be_cut_by_time(acme: Caller) -> None:
    old = acme.post("old")
    acme.wait(hours=1)
    new = acme.post("new")
    between = str(int((acme.now - timedelta(minutes=30)).timestamp()))
    assert acme.ids("/me/threads", since=between) == [new]
    assert acme.ids("/me/threads", until=between) == [old]
    assert acme.ids("/me/threads", since="yesterday", until="now") == [new, old]


def test_deleted_posts_stay_in_lagging_lists_and_nowhere_else(acme: Caller) -> None:
    post = acme.post("Hello")
    acme.wait(seconds=60)
    acme.world.settings.list_lag = 5
    acme.call("DELETE", f"/{post}")
    assert acme.ids("/me/threads") == [post]
    assert acme.refused("GET", f"/{post}")[1:3] == (100, 33)
    acme.wait(seconds=5)
    assert acme.ids("/me/threads") == []


def test_reads_lag_only_when_told_so(acme: Caller) -> None:
    acme.world.settings.read_lag = 5
    post = acme.post("Hello")
    assert acme.refused("GET", f"/{post}")[1:3] == (100, 33)
    refused = acme.refused("POST", "/me/threads", media_type="TEXT", text="More", reply_to_id=post)
    assert refused[:3] == (400, 24, 4279009)
    acme.wait(seconds=5)
    acme.post("More", reply_to_id=post)


def test_titles_can_be_in_another_language(acme: Caller) -> None:
    acme.world.settings.locale = "ko"
    status, document = acme.call("POST", "/me/threads_publish", creation_id="1")
    assert (status, document["error"]["code"], document["error"]["error_subcode"]) == (400, 24, 4279009)
    assert document["error"]["error_user_title"] == "오류가 발생했습니다"


@pytest.mark.parametrize(("code", "subcode"), [(4, None), (613, 4279002)])
def test_what_an_exhausted_quota_answers_is_a_setting(acme: Caller, code: int, subcode: int | None) -> None:
    acme.world.settings.quota_code = code
    posts = [acme.post(str(number)) for number in range(101)]
    for post in posts[:100]:
        acme.call("DELETE", f"/{post}")
    assert acme.refused("DELETE", f"/{posts[100]}")[:3] == (400, code, subcode)
    acme.wait(hours=24)
    assert acme.call("DELETE", f"/{posts[100]}")[0] == 200


def test_sharing_to_instagram_is_told_when_publishing(acme: Caller) -> None:
    container = acme.text("Hello", crossreshare_to_ig="true")
    status, answer = acme.call("POST", "/me/threads_publish", creation_id=container)
    assert (status, answer["crossreshare_to_ig_status"]) == (200, "SUCCESS")


def test_a_post_has_replies_while_one_is_live_and_approved(acme: Caller) -> None:
    ada = acme.other("ada")
    post = acme.post("Questions?", enable_reply_approvals="true")

    def has_replies() -> bool:
        return bool(acme.get(f"/{post}", fields="has_replies")["has_replies"])

    assert not has_replies()
    reply = ada.post("Why?", reply_to_id=post)
    assert not has_replies(), "it waits for approval"
    acme.call("POST", f"/{reply}/manage_pending_reply", approve="true")
    assert has_replies()
    ada.call("DELETE", f"/{reply}")
    assert not has_replies()


def test_the_ends_of_a_span_belong_to_it(acme: Caller) -> None:
    post = acme.post("On the hour")
    acme.wait(hours=1)
    moment = str(int((acme.now - timedelta(hours=1)).timestamp()))
    assert acme.ids("/me/threads", since=moment) == [post]
    assert acme.ids("/me/threads", until=moment) == [post]
    assert acme.ids("/me/threads", since="1688540400") == [post], "the earliest time there is"
    acme.get("/me/threads_insights", metric="views", since="1712991600")


@pytest.mark.parametrize("width", ["320", "658"])
def test_an_embedded_post_is_as_wide_as_asked(acme: Caller, width: str) -> None:
    permalink = acme.get(f"/{acme.post('Hello')}", fields="permalink")["permalink"]
    assert acme.get("/oembed", url=permalink, maxwidth=width)["width"] == int(width)


def test_the_totals_of_every_quota_are_told(acme: Caller) -> None:
    fields = "config,reply_config,delete_config,location_search_config"
    (found,) = acme.get("/me/threads_publishing_limit", fields=fields)["data"]
    totals = {name: config["quota_total"] for name, config in found.items()}
    assert totals == {"config": 250, "reply_config": 1000, "delete_config": 100, "location_search_config": 500}


@pytest.mark.parametrize(
    ("path", "params", "kind", "limit", "hours"),
    [
        ("/keyword_search", {"q": "Hello"}, "searches", 2200, 24),
        ("/location_search", {"q": "Berlin"}, "locations", 500, 24),
        ("/profile_lookup", {"username": "acme"}, "profiles", 1000, 24),
        ("/oembed", {"url": "PERMALINK"}, "oembed", 1000, 1),
    ],
)
def test_calls_that_leave_nothing_behind_are_counted_too(
    acme: Caller, path: str, params: dict[str, str], kind: str, limit: int, hours: int
) -> None:
    post = acme.post("Hello")
    params = {
        key: value.replace("PERMALINK", acme.world.view().permalink(acme.world.data.posts[post]))
        for key, value in params.items()
    }
    user_id = "" if kind == "oembed" else acme.account.id
    acme.world.data.spent += [Spent(kind, user_id, acme.now) for _ in range(limit - 1)]
    acme.get(path, **params)
    assert acme.refused("GET", path, **params)[1] == 4
    acme.wait(hours=hours)
    acme.get(path, **params)


def test_a_cursor_outlives_its_post_in_a_list_of_oldest_first_too(acme: Caller) -> None:
    parent = acme.post("A question")
    first, second = (acme.post(f"Answer {number}", reply_to_id=parent) for number in (1, 2))
    page = acme.get(f"/{parent}/replies", reverse="false", limit="1")
    assert [item["id"] for item in page["data"]] == [first]
    acme.call("DELETE", f"/{first}")
    assert acme.ids(f"/{parent}/replies", reverse="false", after=page["paging"]["cursors"]["after"]) == [second]


def test_a_deleted_carousel_takes_its_children_along(acme: Caller) -> None:
    item = {"media_type": "IMAGE", "image_url": "https://m.test/a.jpg", "is_carousel_item": "true"}
    children = ",".join(acme.create(**item) for _ in range(2))
    post = acme.publish(acme.create(media_type="CAROUSEL", children=children))
    shown = [child["id"] for child in acme.get(f"/{post}", fields="children")["children"]["data"]]
    acme.call("DELETE", f"/{post}")
    assert [acme.refused("GET", f"/{child}")[1:3] for child in shown] == [(100, 33), (100, 33)]
    usage = acme.get("/me/threads_publishing_limit", fields="delete_quota_usage")
    assert usage["data"] == [{"delete_quota_usage": 1}]
