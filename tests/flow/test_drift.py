"""What the account did behind the record's back, told by `status --remote`; nothing is changed by looking."""

import requests

from tests.flow.desk import Desk


def test_a_post_taken_down_elsewhere_and_one_that_no_record_knows_are_told(desk: Desk) -> None:
    desk.begin()
    desk.post("launch", "text: Acme 2.0 is out\n")
    desk.post("stays", "text: Hello\n")
    assert desk.publish().code == 0
    desk.control("clock", {"advance": "1h"})
    assert "ok" in desk("status", "--remote").out
    launch = next(item["id"] for item in desk.live() if item["text"] == "Acme 2.0 is out")
    bearer = {"Authorization": f"Bearer {desk.sandbox.access_token}"}
    assert requests.delete(f"{desk.sandbox.threads_api}/v1.0/{launch}", headers=bearer, timeout=10).ok
    words = {"media_type": "TEXT", "text": "From the app", "auto_publish_text": "true"}
    assert requests.post(f"{desk.sandbox.threads_api}/v1.0/me/threads", words, headers=bearer, timeout=10).ok
    before = desk.writes()
    called = desk("status", "--remote", "--format", "json")
    assert called.code == 0
    assert [(item["what"], item["post"]) for item in called.document["drift"]] == [
        ("gone", "launch"),
        ("unrecorded", None),
    ]
    assert "was taken down elsewhere" in desk("status", "--remote").out
    assert desk.writes() == before
