"""Two terminals and an empty folder: the sandbox served in one, everything an author types in the other.

Every command is a process of its own and knows of the sandbox only what its JSON line says.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.canary import hear
from tests.flow.desk import jpeg, png

FAST = {f"PUBLISHER_PUBLISHING_{key}": value for key, value in (("POLL", "50ms"), ("SETTLE", "300ms"))}
ALT = {"cat.png": "A dark grey square", "dog.jpg": "A blue square", "owl.png": "A light grey square"}
POSTS = {
    "01-text": "text: |-\n  Hello from git — 12:30, NO, 1.10\n\n  👋🏽 and a second paragraph\n",
    "02-picture": f"text: A picture\nmedia: [{{file: cat.png, alt: {ALT['cat.png']}}}]\n",
    "03-carousel": "text: Three\nmedia:\n"
    + "".join(f"  - {{file: {name}, alt: {ALT[name]}}}\n" for name in ("owl.png", "dog.jpg", "cat.png")),
    "04-chain": "text: One\nthread:\n"
    f"  - text: Two\n    media: [{{file: dog.jpg, alt: {ALT['dog.jpg']}}}]\n"
    "  - text: Three of three\n",
    "05-quote": "text: As we said\nquote: 01-text.yaml\n",
}


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "publisher", *arguments]


@dataclass
class Author:
    """A folder, what was exported from the sandbox's line, and the command."""

    folder: Path
    line: dict[str, str]

    @property
    def access_token(self) -> str:
        """By this name it is looked for, after the test, in all that was said and written."""
        return self.line["access_token"]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        exports = {
            "THREADS_API_BASE_URL": self.line["threads_api"],
            "THREADS_ACCESS_TOKEN": self.line["access_token"],
            "PUBLISHER_MEDIA_ENDPOINT_URL": self.line["s3_endpoint"],
            "PUBLISHER_MEDIA_BUCKET": self.line["bucket"],
            "PUBLISHER_MEDIA_PUBLIC_BASE_URL": f"{self.line['s3_endpoint']}/{self.line['bucket']}",
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox-secret-key",
            "AWS_REGION": "us-east-1",
        }
        bare = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        ended = subprocess.run(
            _command(*arguments),
            cwd=self.folder,
            env={**bare, **FAST, **exports},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        hear(ended.stdout, ended.stderr)
        return ended

    def ask(self, what: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = requests.get(f"{self.line['threads_api']}/_sandbox/{what}", timeout=10).json()
        return answer

    def posted(self) -> list[str]:
        return [call["path"] for call in self.ask("requests") if call["method"] == "POST"]


@pytest.fixture
def author(tmp_path: Path) -> Iterator[Author]:
    """`publisher init` in an empty folder, `publisher sandbox serve` beside it, five posts written."""
    folder = tmp_path / "acme"
    folder.mkdir()
    with subprocess.Popen(
        _command("sandbox", "serve"),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        try:
            author = Author(folder, json.loads(served.stdout.readline()))
            begun = author.run("init", "--account-name", "acme", "--timezone", "Europe/Berlin")
            assert begun.returncode == 0, begun.stderr
            (folder / "posts" / "hello.yaml").unlink()
            for name, data in zip(ALT, (png(10), jpeg(20), png(200)), strict=True):
                (folder / "posts" / name).write_bytes(data)
            for name, text in POSTS.items():
                (folder / "posts" / f"{name}.yaml").write_text(text, "utf-8")
            yield author
        finally:
            served.send_signal(signal.SIGINT)
        assert served.wait(timeout=20) == 0, "an interrupt is how it is meant to end"


def _live_as_written(author: Author) -> dict[str, dict[str, Any]]:
    """What is live, by text; each text, alternative text, order and reference as it was written."""
    live = {item["text"]: item for item in author.ask("posts")}
    hello = "Hello from git — 12:30, NO, 1.10\n\n👋🏽 and a second paragraph"
    assert sorted(live) == sorted([hello, "A picture", "Three", "One", "Two", "Three of three", "As we said"])
    assert live["A picture"]["alt_text"] == ALT["cat.png"]
    children = live["Three"]["children"]["data"]
    assert [child["alt_text"] for child in children] == [ALT[name] for name in ("owl.png", "dog.jpg", "cat.png")]
    assert live["Two"]["alt_text"] == ALT["dog.jpg"]
    assert live["Two"]["reply_to_id"] == live["One"]["id"]
    assert live["Three of three"]["reply_to_id"] == live["Two"]["id"]
    assert live["As we said"]["quoted_post"]["id"] == live[hello]["id"]
    return live


@pytest.mark.slow
def test_an_author_goes_from_an_empty_folder_to_five_live_posts_and_a_second_run_sends_nothing(author: Author) -> None:
    checked = author.run("validate")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert author.run("plan", "--detailed-exitcode").returncode == 10
    assert author.posted() == [], "so far nothing was sent"
    published = author.run("publish", "--yes", "--format", "json")
    assert published.returncode == 0, published.stderr
    live = _live_as_written(author)
    assert len(author.ask("posts")) == len(live) == 7
    said = {post["id"]: post for post in json.loads(published.stdout)["posts"]}
    assert said["04-chain"]["media_ids"] == [live[text]["id"] for text in ("One", "Two", "Three of three")]
    status = author.run("status")
    assert status.returncode == 0
    assert all(f"posts/{name}.yaml" in status.stdout for name in POSTS)
    before = author.posted()
    again = author.run("publish", "--yes")
    assert again.returncode == 0, again.stderr
    assert author.posted() == before, "no POST"
    assert len(author.ask("posts")) == 7
