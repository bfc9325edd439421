"""The examples, a post of every kind and with every key, through the whole path: what the file says is what is planned,
what the feed shows and what a client reads back, byte for byte."""

import hashlib
import shutil
from typing import Any

import pytest
import requests

from publisher.resources import resource
from publisher.threads_api import ALL_FIELDS, Credentials, ThreadsClient
from tests.flow.desk import Desk
from tests.flow.told import Told, by_client, by_feed, by_file, by_plan, shown

EXAMPLES = sorted((resource("example-posts") / "posts").glob("*.yaml"))
MEDIA = {
    hashlib.sha256(data).hexdigest(): shown(data)
    for data in (file.read_bytes() for file in EXAMPLES[0].parent.glob("media/*"))
}
# Threads tells nobody of these: they are looked for in what was sent.
SENT = {"reply_approvals": "enable_reply_approvals", "share_to_instagram": "crossreshare_to_ig"}


def _fetch(url: str) -> bytes:
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return answer.content


def _chained(told: list[Told], post_id: str) -> list[Told]:
    """Parts of a chain answer the part before them, which no file and no plan spells out."""
    before = ["", post_id, *(f"{post_id}#{number}" for number in range(2, len(told)))]
    return [part | ({"reply_to": before[number]} if number else {}) for number, part in enumerate(told)]


def test_file_plan_feed_and_read_back_say_the_same(desk: Desk) -> None:
    shutil.copytree(resource("example-posts"), desk.folder, dirs_exist_ok=True)
    assert desk("validate", "--strict", "--format", "json").document["findings"] == []
    assert desk("state", "init").code == 0
    planned = {post["path"]: post for post in desk("plan", "--format", "json").document["posts"]}
    done = desk.publish()
    assert done.code == 0, done.err
    outcomes = {post["path"]: post for post in done.document["posts"]}
    live = {post["id"]: post for post in desk.live()}
    names = _names(done.document["posts"])
    compared = 0
    with ThreadsClient.connect(Credentials(desk.sandbox.access_token), base_url=desk.sandbox.threads_api) as client:
        for file in EXAMPLES:
            path = f"posts/{file.name}"
            post_id, ids = planned[path]["id"], outcomes[path]["media_ids"]
            written = _chained(by_file(file), post_id)
            assert _chained([by_plan(part, MEDIA) for part in planned[path]["parts"]], post_id) == written, path
            assert len(ids) == (len(written) if outcomes[path]["outcome"] == "published" else 0)
            for media_id, part in zip(ids, written, strict=False):
                assert by_feed(live[media_id], _fetch, names) == part, path
                assert by_client(client.media.get(media_id, fields=ALL_FIELDS), _fetch, names) == part, path
                compared += 1
    assert compared == len(live)


def _names(posts: list[dict[str, Any]]) -> dict[str, str]:
    """Media id -> the id of its post; of a later part, with its number."""
    return {
        media_id: post["id"] if number == 0 else f"{post['id']}#{number + 1}"
        for post in posts
        for number, media_id in enumerate(post["media_ids"])
    }


@pytest.mark.parametrize("key", SENT)
def test_a_key_of_the_examples_that_cannot_be_read_back_was_sent(key: str, desk: Desk) -> None:
    shutil.copytree(resource("example-posts"), desk.folder, dirs_exist_ok=True)
    assert desk("state", "init").code == 0
    assert desk.publish("posts/16-open-day.yaml").code == 0
    (sent,) = desk.sent()
    assert sent[SENT[key]] == "true"
