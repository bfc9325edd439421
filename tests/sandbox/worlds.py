"""A world with one account, and a short way to call it."""

import base64
import json
from copy import copy
from dataclasses import asdict
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
    """Calls a world as one of its accounts, and moves its clock."""

    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
        self.world = World(lambda: self.now, lambda url: _FILES.get(url, Fetched(404)))
        self.account = self.world.add_account("acme", "THTOKEN0123456789")
        self.token = self.account.token
        self.faulty = FaultyWorld(self.world)

    def other(self, username: str, **facts: Any) -> "Caller":
        """Another person in the same world and time; `scopes` and other facts of the account by keyword."""
        person = copy(self)
        person.account = self.world.add_account(username, f"THTOKEN{username:>12}".replace(" ", "0"), **facts)
        person.token = person.account.token
        return person

    def snapshot(self) -> Any:
        """Everything the world holds, to be compared."""
        return asdict(self.world.data)

    def wait(self, **length: float) -> None:
        self.now += timedelta(**length)

    def call(self, method: str, path: str, **params: str) -> tuple[int, Any]:
        response = self.world.answer(Request(method, path, params), self.token)
        return response.status, json.loads(response.body or b"null")

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

    def post(self, words: str, **params: str) -> str:
        """A text, published; its media id."""
        return self.publish(self.text(words, **params))

    def ids(self, path: str, **params: str) -> list[str]:
        """Of one page of a list."""
        return [item["id"] for item in self.get(path, **params)["data"]]

    def publish(self, container: str) -> str:
        status, document = self.call("POST", "/me/threads_publish", creation_id=container)
        assert status == 200, document
        return str(document["id"])

    def refused(self, method: str, path: str, **params: str) -> tuple[int, int | None, int | None, str]:
        """HTTP status, code, subcode and message of a refusal."""
        before = self.snapshot()
        status, document = self.call(method, path, **params)
        assert status >= 400, document
        assert self.snapshot() == before, "a refused call changes nothing"
        if document is None:
            return status, None, None, ""
        error = document["error"]
        return status, error["code"], error.get("error_subcode"), error["message"]
