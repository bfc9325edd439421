"""Clients that others wrote, as they were released, against `sandbox serve`: what they post is there for them to read.

They are installed by `make compat`, into a folder of their own; without it these tests are skipped.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from PIL import Image

INSTALLED = Path(sys.prefix) / "compat"
DRIVERS = Path(__file__).parent / "drivers"

pytestmark = pytest.mark.skipif(
    not (INSTALLED / "pythreads").is_dir(), reason="other people's clients are not installed: make compat"
)


@dataclass(frozen=True)
class Served:
    """A sandbox in a process of its own."""

    threads_api: str
    access_token: str
    user_id: str
    picture: str

    def drive(self, driver: str) -> Any:
        """What the driver found, run with the other clients' own libraries."""
        environ = {"PYTHONPATH": str(INSTALLED), "PATH": os.environ["PATH"], "HOME": os.devnull}
        environ |= {"CI": "true", "OAUTHLIB_INSECURE_TRANSPORT": "1"}  # PyThreads asks for a certificate otherwise
        environ |= {"DRIVER_TOKEN": self.access_token, "DRIVER_USER": self.user_id}
        run = subprocess.run(
            [sys.executable, DRIVERS / driver, self.threads_api, self.picture],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert run.returncode == 0, run.stderr.replace(self.access_token, "…")[-2000:]
        return json.loads(run.stdout)

    def feed(self) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = requests.get(f"{self.threads_api}/_sandbox/posts", timeout=5).json()
        return posts

    def shown(self) -> list[tuple[str, str | None]]:
        return [(post["media_type"], post.get("text")) for post in self.feed()]


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    command = [sys.executable, "-m", "publisher", "sandbox", "serve", "--port", "0"]
    folder = tmp_path_factory.mktemp("served")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        yield Served(line["threads_api"], line["access_token"], line["user_id"], _picture(line))
        process.terminate()


def _picture(line: dict[str, str]) -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 640), "red").save(drawn, "JPEG")
    store = boto3.client(
        "s3",
        endpoint_url=line["s3_endpoint"],
        aws_access_key_id="any",
        aws_secret_access_key="any",
        region_name="us-east-1",
    )
    store.put_object(Bucket=line["bucket"], Key="red.jpg", Body=drawn.getvalue(), ContentType="image/jpeg")
    return f"{line['s3_endpoint']}/{line['bucket']}/red.jpg"


def test_pythreads_goes_through_every_method_and_both_flows_of_its_readme(served: Served) -> None:
    seen = served.drive("pythreads_flows.py")
    assert served.shown() == [
        ("TEXT_POST", "Hello from 2024"),
        ("IMAGE", "A picture"),
        ("CAROUSEL_ALBUM", "Two"),
        ("TEXT_POST", "An answer"),
    ]
    ids = [post["id"] for post in served.feed()]
    assert [seen[name] for name in ("publish_container", "picture", "carousel", "reply")] == ids
    assert seen["container_status"]["status"] == "FINISHED"
    assert seen["account"]["username"] == "acme"
    assert seen["thread"] == seen["container"]
    assert seen["thread"]["text"] == "Hello from 2024"
    assert [post["id"] for post in seen["threads"]["data"]] == [ids[2], ids[1]]
    assert [post["id"] for post in seen["next_threads"]["data"]] == [ids[0]]
    assert [post["id"] for post in seen["replies"]["data"]] == [ids[3]]
    assert [post["id"] for post in seen["conversation"]["data"]] == [ids[3]]
    assert seen["manage_reply"] == {"success": True}
    assert seen["publishing_limit"]["data"][0]["quota_usage"] == 3
    assert [metric["name"] for metric in seen["user_insights"]["data"]] == ["views", "likes"]
    assert seen["authorization"] == {"user_id": served.user_id, "short_lived": False}
    assert seen["refresh"] is True


def test_pythreads_asks_for_insights_by_a_parameter_that_meta_does_not_have(served: Served) -> None:
    # Its own fault (P10 in docs/client/pythreads.md): Meta documents `metric`, as the sandbox answers.
    # https://developers.facebook.com/docs/threads/insights
    assert served.drive("pythreads_flows.py")["insights"]["error"]["message"] == "The parameter metric is required"


def test_threadspipepy_posts_text_picture_and_carousel_and_reads_them_back(served: Served) -> None:
    seen = served.drive("threadspipe_flows.py")
    assert served.shown() == [("TEXT_POST", "Hello"), ("IMAGE", "A picture"), ("CAROUSEL_ALBUM", "Two")]
    assert served.feed()[1]["alt_text"] == "Red"
    assert [post["text"] for post in seen["posts"]["data"]] == ["Two", "A picture", "Hello"]
    assert seen["profile"]["username"] == "acme"
    assert seen["quota"]["data"][0]["quota_usage"] == 3
    assert [metric["name"] for metric in seen["insights"]["data"]] == ["likes", "views"]


def test_agoras_posts_text_picture_and_carousel_reposts_and_deletes(served: Served) -> None:
    seen = served.drive("agoras_flows.py")
    text, picture, carousel = seen["posted"]
    assert [(post["id"], post["media_type"]) for post in served.feed()] == [
        (text, "TEXT_POST"),
        (carousel, "CAROUSEL_ALBUM"),
        (seen["repost"]["id"], "REPOST_FACADE"),
    ]
    assert seen["deleted"]["id"] == picture
    # It has no call that reads a post; its profile is made up without one. What it posted is read from the feed above.


def test_threads_client_posts_text_picture_and_carousel_reads_them_back_and_deletes(served: Served) -> None:
    seen = served.drive("threads_client_flows.py")
    text, picture, carousel = seen["posted"]
    assert [(post["id"], post["text"]) for post in seen["read"]] == [
        (carousel, "Two"),
        (picture, "A picture"),
        (text, "Hello"),
    ]
    assert [post["media_type"] for post in seen["read"]] == ["CAROUSEL_ALBUM", "IMAGE", "TEXT_POST"]
    assert seen["deleted"] is True
    assert [(post["id"], post["text"]) for post in served.feed()] == [
        (text, "Hello"),
        (carousel, "Two"),
        (seen["reply"], "An answer"),
    ]
    assert served.feed()[0]["topic_tag"] == "Tech"
