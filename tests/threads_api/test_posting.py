"""`post()`: what goes live, how long it waits, and how it says that it does not know. On the sandbox's world."""

from pathlib import Path

import pytest

from publisher.threads_api import (
    ApiError,
    Attachment,
    ContainerFailed,
    ContainerNotReady,
    InvalidParameter,
    NotSent,
    Pace,
    Poll,
    PublishOutcomeUnknown,
    Request,
)
from tests.threads_api.worlds import FILM, PICTURE, Desk, on_the_shelf

SURE_FAULTS = ("reset", "reset_after", "500", "500_after", "503", "10_after", "429", "429_after", "garbage_after")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_text_goes_live_after_the_wait_that_meta_advises(desk: Desk) -> None:
    result = desk.post("Hello")
    assert desk.live() == ["Hello"]
    assert desk.read(result).media_type == "TEXT_POST"
    assert desk.slept == 30


def test_a_picture_goes_live_with_its_description(desk: Desk) -> None:
    media = desk.read(desk.post("Look", PICTURE), "media_type,alt_text")
    assert (media.media_type, media.alt_text) == ("IMAGE", "A chart")


def test_a_film_is_waited_for(desk: Desk) -> None:
    desk.world.settings.video_ready = 200
    assert desk.read(desk.post("Watch", FILM)).media_type == "VIDEO"
    assert desk.slept == 30 + 3 * 60


def test_several_media_become_a_carousel_in_order(desk: Desk) -> None:
    media = desk.read(desk.post("Three", PICTURE, FILM, PICTURE))
    assert media.media_type == "CAROUSEL_ALBUM"
    assert [child.media_type for child in media.carousel] == ["IMAGE", "VIDEO", "IMAGE"]


def test_options_reach_the_post(desk: Desk) -> None:
    first = desk.post("First")
    reply = desk.post("Tea?", reply_to_id=first.media_id, poll_attachment=Poll(("Yes", "No")))
    media = desk.read(reply, "replied_to,poll_attachment{option_a,option_b}")
    assert media.replied_to == first.media_id
    assert media.poll_attachment is not None
    assert [option.text for option in media.poll_attachment.options] == ["Yes", "No"]


def test_a_local_file_is_uploaded_on_the_way(desk: Desk) -> None:
    result = desk.post("Mine", Attachment(path=Path("holiday/a.jpg")), upload=on_the_shelf)
    assert desk.read(result).media_type == "IMAGE"


@pytest.mark.parametrize("url", ["https://h/a.MP4?sig=1", "https://h/a.mov"])
def test_a_film_is_known_by_its_name_unless_said(url: str) -> None:
    assert Attachment(url).is_video
    assert not Attachment(url, video=False).is_video
    assert not Attachment("https://h/clip?name=a.mp4").is_video


def test_nothing_is_uploaded_for_a_post_that_is_refused(desk: Desk) -> None:
    def upload(path: Path) -> str:
        raise AssertionError(f"{path} travelled")

    local = Attachment(path=Path("a.jpg"), alt_text="x" * 1001)
    for media in ([local], [local, local], [Attachment(path=Path("a.jpg"))]):
        with pytest.raises(InvalidParameter):
            desk.post("x", *media, upload=upload, link_attachment="https://h/")


def test_the_children_of_a_carousel_are_waited_for_together(desk: Desk) -> None:
    desk.post("Many", *[PICTURE] * 20)
    assert desk.slept == 30 + 30


def test_what_cannot_be_posted_is_refused_before_anything_is_sent(desk: Desk) -> None:
    for refused in (
        lambda: desk.post(""),
        lambda: desk.post("x", *[PICTURE] * 21),
        lambda: desk.post("x", PICTURE, PICTURE, link_attachment="https://h/"),
        lambda: desk.post("x", Attachment(path=Path("a.jpg"))),
        lambda: Attachment(),
        lambda: Attachment("https://h/a.jpg", path=Path("a.jpg")),
    ):
        with pytest.raises(InvalidParameter):
            refused()
    assert desk.faulty.log == []


def test_a_container_that_fails_says_why_and_nothing_is_live(desk: Desk) -> None:
    with pytest.raises(ContainerFailed) as caught:
        desk.post("Watch", Attachment("https://m.test/words.mp4"))
    assert (caught.value.status, bool(caught.value.error_message)) == ("ERROR", True)
    assert caught.value.creation_id in str(caught.value)
    assert desk.live() == []


def test_patience_ends_and_leaves_the_container_to_try_again(desk: Desk) -> None:
    desk.world.settings.video_ready = 3600
    with pytest.raises(ContainerNotReady) as caught:
        desk.post("Watch", FILM)
    assert 1700 < desk.slept <= 1800
    desk.sleep(3600)
    assert desk.client.publishing.publish(caught.value.creation_id).media_id


def test_a_publish_that_never_left_is_said_to_be_so(desk: Desk) -> None:
    desk.arm("publish", "refuse")
    with pytest.raises(NotSent):
        desk.post("Hello")
    assert desk.live() == []


@pytest.mark.parametrize("fault", SURE_FAULTS)
def test_a_publish_whose_answer_is_no_answer_is_unknown_and_not_repeated(desk: Desk, fault: str) -> None:
    desk.arm("publish", fault)
    with pytest.raises(PublishOutcomeUnknown) as caught:
        desk.post("Hello")
    assert desk.calls("POST", "/threads_publish") == 1
    live = fault.endswith("_after")
    assert desk.live() == (["Hello"] if live else [])
    status = desk.client.publishing.status(caught.value.creation_id).status
    assert status == ("PUBLISHED" if live else "FINISHED")


def test_a_slow_publish_is_waited_for(desk: Desk) -> None:
    desk.arm("publish", "slow", seconds=222)
    assert desk.post("Hello").media_id
    assert desk.live() == ["Hello"]


def test_threads_own_lag_is_waited_out_with_the_same_container(desk: Desk) -> None:
    desk.world.settings.publish_lag = 45
    desk.post("Hello")
    assert desk.live() == ["Hello"]
    assert desk.calls("POST", "/me/threads") == 1
    assert desk.calls("POST", "/threads_publish") == 2


def test_a_lag_that_does_not_end_is_unknown_in_the_end(desk: Desk) -> None:
    desk.world.settings.publish_lag = 9999
    with pytest.raises(PublishOutcomeUnknown):
        desk.post("Hello")
    assert desk.calls("POST", "/threads_publish") == 3
    assert desk.live() == []


def test_not_found_after_which_the_container_says_something_else_is_not_repeated(desk: Desk) -> None:
    desk.faulty.arm([{"call": "publish", "fault": "not_found"}, {"call": "status", "fault": "500", "nth": 2}])
    with pytest.raises(PublishOutcomeUnknown):
        desk.post("Hello")
    assert desk.calls("POST", "/threads_publish") == 1


def test_an_error_before_the_publish_is_just_an_error(desk: Desk) -> None:
    desk.arm("create", "token_expired")
    with pytest.raises(ApiError):
        desk.post("Hello")
    assert desk.live() == []


def test_a_signed_link_is_not_printed() -> None:
    signed = "https://b.s3.amazonaws.com/a.jpg?X-Amz-Signature=canary"
    request = Request("POST", "/me/threads", {"image_url": signed, "text": "Hello"})
    assert "canary" not in f"{Attachment(signed)}{request}"
    assert "Hello" in repr(request)


def test_the_pace_can_be_set(desk: Desk) -> None:
    desk.world.settings.video_ready = 7
    desk.post("Watch", FILM, pace=Pace(first_s=1, every_s=2))
    assert desk.slept == 1 + 2 + 2 + 2
