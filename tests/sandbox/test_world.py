"""The sandbox answers as Threads is known to; each test names the rule."""

import json

import pytest

from tests.sandbox.worlds import Caller


@pytest.fixture
def acme() -> Caller:
    return Caller()


def test_a_container_and_its_post_have_different_ids(acme: Caller) -> None:
    container = acme.text("Hello")
    post = acme.publish(container)
    assert container != post
    assert all(len(name) == 17 and name.startswith("18") for name in (container, post))
    assert acme.get(f"/{container}", fields="id,status") == {"id": container, "status": "PUBLISHED"}
    assert acme.get(f"/{post}", fields="text,media_type") == {"id": post, "text": "Hello", "media_type": "TEXT_POST"}


def test_a_container_tells_nothing_of_its_post(acme: Caller) -> None:
    container = acme.text("Hello")
    acme.publish(container)
    assert acme.refused("GET", f"/{container}", fields="permalink")[:2] == (500, 100)
    post = acme.get("/me/threads")["data"][0]["id"]
    assert acme.refused("GET", f"/{post}", fields="status")[3] == "Tried accessing nonexisting field (status)"


@pytest.mark.parametrize(("mode", "status", "posts"), [("error", 400, 1), ("same", 200, 1), ("duplicate", 200, 2)])
def test_what_a_second_publish_does_is_a_setting(acme: Caller, mode: str, status: int, posts: int) -> None:
    acme.world.settings.second_publish = mode
    container = acme.text("Hello")
    acme.publish(container)
    assert acme.call("POST", "/me/threads_publish", creation_id=container)[0] == status
    assert len(acme.get("/me/threads")["data"]) == posts


def test_a_video_takes_its_time(acme: Caller) -> None:
    container = acme.create(media_type="VIDEO", video_url="https://m.test/a.mp4")
    assert acme.get(f"/{container}", fields="status")["status"] == "IN_PROGRESS"
    assert acme.refused("POST", "/me/threads_publish", creation_id=container)[:3] == (400, 24, 4279009)
    acme.wait(seconds=2)
    assert acme.get(f"/{container}", fields="status")["status"] == "FINISHED"
    acme.publish(container)


@pytest.mark.parametrize(
    ("url", "reason"), [("none", "FAILED_DOWNLOADING_VIDEO"), ("words", "FAILED_PROCESSING_VIDEO")]
)
def test_a_bad_video_shows_in_the_container(acme: Caller, url: str, reason: str) -> None:
    container = acme.create(media_type="VIDEO", video_url=f"https://m.test/{url}.mp4")
    acme.wait(seconds=2)
    status = acme.get(f"/{container}", fields="status,error_message")
    assert (status["status"], status["error_message"]) == ("ERROR", reason)


@pytest.mark.parametrize("name", ["none", "words", "tall"])
def test_a_bad_picture_shows_at_once(acme: Caller, name: str) -> None:
    refused = acme.refused("POST", "/me/threads", media_type="IMAGE", image_url=f"https://m.test/{name}.jpg")
    assert refused[:3] == (400, 1, 2207052)


def test_a_container_expires_after_a_day(acme: Caller) -> None:
    container = acme.text("Hello")
    acme.wait(hours=24)
    assert acme.get(f"/{container}", fields="status")["status"] == "EXPIRED"
    assert acme.refused("POST", "/me/threads_publish", creation_id=container)[:3] == (400, 24, 4279009)


def test_a_carousel_needs_ready_children_and_shows_them_under_new_ids(acme: Caller) -> None:
    child = {"is_carousel_item": "true"}
    made = [
        acme.create(media_type="IMAGE", image_url="https://m.test/a.jpg", alt_text="one", **child),
        acme.create(media_type="VIDEO", video_url="https://m.test/a.mp4", **child),
    ]
    refused = acme.refused("POST", "/me/threads", media_type="CAROUSEL", children=",".join(made))
    assert refused[:3] == (400, 100, 4279004)
    acme.wait(seconds=2)
    post = acme.publish(acme.create(media_type="CAROUSEL", children=",".join(made), text="Two"))
    read = acme.get(f"/{post}", fields="media_type,children{id,media_type,alt_text}")
    assert read["media_type"] == "CAROUSEL_ALBUM"
    shown = read["children"]["data"]
    assert [item["media_type"] for item in shown] == ["IMAGE", "VIDEO"]
    assert shown[0]["alt_text"] == "one"
    assert not {item["id"] for item in shown} & set(made)


@pytest.mark.parametrize("count", [1, 21])
def test_a_carousel_has_two_to_twenty_children(acme: Caller, count: int) -> None:
    made = [
        acme.create(media_type="IMAGE", image_url="https://m.test/a.jpg", is_carousel_item="true") for _ in range(count)
    ]
    assert acme.refused("POST", "/me/threads", media_type="CAROUSEL", children=",".join(made))[:2] == (500, 100)


def test_a_child_is_no_post(acme: Caller) -> None:
    child = acme.create(media_type="IMAGE", image_url="https://m.test/a.jpg", is_carousel_item="true")
    assert acme.refused("POST", "/me/threads_publish", creation_id=child)[1] == 100


def test_replies_are_listed_apart_and_know_parent_and_root(acme: Caller) -> None:
    root = acme.publish(acme.text("One"))
    second = acme.publish(acme.text("Two", reply_to_id=root))
    third = acme.publish(acme.text("Three", reply_to_id=second))
    assert [post["id"] for post in acme.get("/me/threads")["data"]] == [root]
    assert [post["id"] for post in acme.get("/me/replies")["data"]] == [third, second]
    read = acme.get(f"/{third}", fields="is_reply,replied_to,root_post")
    assert read == {"id": third, "is_reply": True, "replied_to": {"id": second}, "root_post": {"id": root}}
    assert [post["id"] for post in acme.get(f"/{root}/replies")["data"]] == [second]
    assert [post["id"] for post in acme.get(f"/{root}/conversation")["data"]] == [third, second]


def test_a_reply_to_what_is_not_there_is_refused(acme: Caller) -> None:
    assert acme.refused("POST", "/me/threads", media_type="TEXT", text="x", reply_to_id="18" + "0" * 15)[:3] == (
        400,
        24,
        4279009,
    )
    container = acme.text("x")
    assert acme.refused("POST", "/me/threads", media_type="TEXT", text="x", reply_to_id=container)[2] == 4279009


def test_a_quote_names_what_it_quotes(acme: Caller) -> None:
    one = acme.publish(acme.text("One"))
    two = acme.publish(acme.text("Look", quote_post_id=one))
    read = acme.get(f"/{two}", fields="is_quote_post,quoted_post")
    assert read == {"id": two, "is_quote_post": True, "quoted_post": {"id": one}}


def test_a_deleted_post_is_gone(acme: Caller) -> None:
    post = acme.publish(acme.text("One"))
    assert acme.call("DELETE", f"/{post}") == (200, {"success": True, "deleted_id": post})
    assert acme.refused("GET", f"/{post}")[:3] == (400, 100, 33)
    assert acme.get("/me/threads") == {"data": []}
    assert acme.refused("DELETE", f"/{post}")[:3] == (400, 100, 33)


def test_two_hundred_and_fifty_posts_in_a_moving_day(acme: Caller) -> None:
    for number in range(250):
        acme.publish(acme.text(str(number)))
    last = acme.text("one too many")
    assert acme.refused("POST", "/me/threads_publish", creation_id=last)[1] == 4
    usage = acme.get("/me/threads_publishing_limit", fields="quota_usage,config")
    assert usage == {"data": [{"quota_usage": 250, "config": {"quota_total": 250, "quota_duration": 86400}}]}
    acme.wait(hours=24)
    acme.publish(acme.text("a new day"))


def test_lists_are_paged_by_cursors_newest_first(acme: Caller) -> None:
    made = [acme.publish(acme.text(str(number))) for number in range(7)]
    first = acme.get("/me/threads", limit="3")
    assert [post["id"] for post in first["data"]] == made[:-4:-1]
    second = acme.get("/me/threads", limit="3", after=first["paging"]["cursors"]["after"])
    back = acme.get("/me/threads", limit="3", before=second["paging"]["cursors"]["before"])
    assert back["data"] == first["data"]
    assert acme.refused("GET", "/me/threads", after="nonsense")[1] == 100
    assert acme.refused("GET", "/me/threads", limit="-1")[1] == 100


def test_lists_lag_only_when_told_so(acme: Caller) -> None:
    acme.world.settings.list_lag = 120
    post = acme.publish(acme.text("One"))
    assert acme.get("/me/threads")["data"] == []
    assert acme.get(f"/{post}")["id"] == post
    acme.wait(seconds=120)
    assert len(acme.get("/me/threads")["data"]) == 1


def test_absent_values_are_left_out(acme: Caller) -> None:
    post = acme.publish(acme.create(media_type="IMAGE", image_url="https://m.test/a.jpg"))
    read = acme.get(f"/{post}", fields="text,alt_text,topic_tag,replied_to,media_url")
    assert set(read) == {"id", "media_url"}


@pytest.mark.parametrize("token", [None, "", "THSOMEBODYELSE"])
def test_a_token_it_did_not_issue_is_refused(acme: Caller, token: str | None) -> None:
    from publisher.threads_api.messages import Request

    response = acme.world.answer(Request("GET", "/me"), token)
    assert json.loads(response.body)["error"]["code"] == 190
