"""What the pages for people are sent with, and what stands where there is none. How they look: tests/browser."""

import base64
import hashlib
import io
import re
from collections.abc import Iterator

import boto3
import pytest
import requests
from PIL import Image

from publisher.sandbox.endpoints.tokens import SCOPES
from publisher.sandbox.serve import Sandbox
from publisher.threads_api import Attachment, Credentials, Pace, ThreadsClient

CONSENT = "/oauth/authorize?client_id=1&redirect_uri=http://127.0.0.1:9/&response_type=code&scope=threads_basic"
PAGES = {
    "feed": ("/@acme", 200),
    "missing post": ("/@acme/post/nothing", 404),
    "missing profile": ("/@nobody", 404),
    "consent": (CONSENT, 200),
    "consent refused": ("/oauth/authorize", 400),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def pages(sandbox: Sandbox) -> dict[str, requests.Response]:
    return {name: requests.get(sandbox.threads_api + path, timeout=5) for name, (path, _) in PAGES.items()}


def rules(page: requests.Response) -> dict[str, list[str]]:
    """The directives of the policy a page is sent with."""
    parts = (part.split() for part in page.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("name", PAGES)
def test_a_policy_lets_in_the_pages_own_styles_and_nothing_inline(
    pages: dict[str, requests.Response], name: str
) -> None:
    page = pages[name]
    assert page.status_code == PAGES[name][1]
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    (styles,) = re.findall("<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    found = rules(page)
    assert found["default-src"] == ["'none'"]
    assert found["style-src"] == [f"'sha256-{digest}'"]
    assert found["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=", page.text)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_within_says_what_its_head_says(pages: dict[str, requests.Response], name: str) -> None:
    (within,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', pages[name].text)
    sent = pages[name].headers["Content-Security-Policy"]
    assert within.replace("&#39;", "'") == sent.removesuffix("; frame-ancestors 'none'")


def test_only_the_consent_page_may_send_a_form(pages: dict[str, requests.Response]) -> None:
    assert [name for name, page in pages.items() if "form-action" not in rules(page)] == ["consent", "consent refused"]


def test_a_missing_post_leads_back_to_its_account(pages: dict[str, requests.Response]) -> None:
    assert 'href="/@acme"' in pages["missing post"].text
    assert 'href="/@' not in pages["missing profile"].text


def test_a_name_that_is_no_name_is_only_text(sandbox: Sandbox) -> None:
    page = requests.get(f"{sandbox.threads_api}/@%3Cscript%3Ealert(1)%3C%2Fscript%3E", timeout=5)
    assert "<script" not in page.text


def test_every_scope_is_told_in_words(sandbox: Sandbox) -> None:
    url = f"{sandbox.threads_api}{CONSENT.replace('threads_basic', ','.join(SCOPES))}"
    page = requests.get(url, timeout=5).text
    told = re.findall(r"<span>([^<]+)<code>([a-z_]+)</code></span>", page)
    assert [scope for _, scope in told] == list(SCOPES)
    assert len({words for words, _ in told}) == len(SCOPES)


def test_a_player_gets_the_piece_of_a_video_it_asks_for(sandbox: Sandbox) -> None:
    url = _medium(sandbox)
    whole = requests.get(url, timeout=5)
    piece = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=5)
    assert piece.status_code == 206
    assert piece.content == whole.content[10:20]
    assert piece.headers["Content-Range"] == f"bytes 10-19/{len(whole.content)}"
    assert requests.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=5).status_code == 304
    assert requests.get(url, headers={"Range": "bytes=999999999-"}, timeout=5).status_code == 416


def test_a_medium_is_sent_with_the_time_of_the_sandbox_alone(sandbox: Sandbox) -> None:
    requests.post(f"{sandbox.threads_api}/_sandbox/clock", json={"set": "2031-01-02T03:04:05Z"}, timeout=5)
    answer = requests.get(_medium(sandbox), timeout=5)
    assert answer.headers["Date"].startswith("Thu, 02 Jan 2031")
    assert "," not in answer.headers["Date"].removeprefix("Thu, ")


def _medium(sandbox: Sandbox) -> str:
    """Where the feed has the copy of a picture that was posted."""
    s3 = boto3.client(
        "s3",
        endpoint_url=sandbox.s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    s3.put_object(Bucket=sandbox.bucket, Key="a.jpg", Body=_jpeg(), ContentType="image/jpeg")
    attachment = Attachment(url=f"{sandbox.s3_endpoint}/{sandbox.bucket}/a.jpg")
    with ThreadsClient.connect(Credentials(sandbox.access_token), base_url=sandbox.threads_api) as client:
        posted = client.post("x", [attachment], pace=Pace(first_s=0.0))
        url = client.media.get(posted.media_id).media_url
    assert url is not None
    return url


def _jpeg() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(target, "JPEG")
    return target.getvalue()
