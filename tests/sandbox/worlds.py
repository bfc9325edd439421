"""A world with one account, and a short way to call it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.sandbox.faults import FaultyWorld
from publisher.sandbox.fetching import Fetched
from publisher.sandbox.world import World
from publisher.threads_api.messages import Request
from tests.media.fakes import encoded, picture

JPEG = encoded(picture(64, 48))
TALL = encoded(picture(20, 400))
MP4 = b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"
_FILES = {
    "https://m.test/a.jpg": Fetched(200, "image/jpeg", JPEG),
    "https://m.test/tall.jpg": Fetched(200, "image/jpeg", TALL),
    "https://m.test/a.mp4": Fetched(200, "video/mp4", MP4),
    "https://m.test/words.jpg": Fetched(200, "image/jpeg", b"<html>"),
    "https://m.test/words.mp4": Fetched(200, "video/mp4", base64.b64encode(b"words")),
}


class Caller:
    """Calls a world as its account, and moves its clock."""

    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
        self.world = World(lambda: self.now, lambda url: _FILES.get(url, Fetched(404)))
        self.token = self.world.add_account("acme", "THTOKEN0123456789").token
        self.faulty = FaultyWorld(self.world)

    def wait(self, **length: float) -> None:
        self.now += timedelta(**length)

    def call(self, method: str, path: str, **params: str) -> tuple[int, Any]:
        response = self.world.answer(Request(method, path, params), self.token)
        return response.status, json.loads(response.body)

    def get(self, path: str, **params: str) -> Any:
        status, document = self.call("GET", path, **params)
        assert status == 200, document
        return document

    def create(self, **params: str) -> str:
        status, document = self.call("POST", "/me/threads", **params)
        assert status == 200, document
        return str(document["id"])

    def text(self, words: str, **params: str) -> str:
        return self.create(media_type="TEXT", text=words, **params)

    def publish(self, container: str) -> str:
        status, document = self.call("POST", "/me/threads_publish", creation_id=container)
        assert status == 200, document
        return str(document["id"])

    def refused(self, method: str, path: str, **params: str) -> tuple[int, int | None, int | None, str]:
        """HTTP status, code, subcode and message of a refusal."""
        status, document = self.call(method, path, **params)
        assert status >= 400, document
        error = document["error"]
        return status, error["code"], error.get("error_subcode"), error["message"]
