"""One contract over every store and its fake, then what only S3 must do."""

import base64
import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import requests
from botocore.exceptions import ClientError

from publisher.errors import PublisherError
from publisher.media.fetchable import check_fetchable
from publisher.media.stores.s3 import S3Store, s3_client
from publisher.media.stores.store import MediaStore
from publisher.sandbox.s3 import BUCKET
from publisher.settings import MediaSettings
from tests.media.fakes import MemoryStore


@pytest.fixture(params=["memory", "s3"])
def store(request: pytest.FixtureRequest, settings: MediaSettings) -> MediaStore:
    return MemoryStore() if request.param == "memory" else S3Store(settings, s3_client(settings))


def a_file(tmp_path: Path, data: bytes | None = None) -> tuple[Path, str]:
    data = data if data is not None else os.urandom(64)
    file = tmp_path / "ready.jpg"
    file.write_bytes(data)
    return file, hashlib.sha256(data).hexdigest()


# --- the contract -----------------------------------------------------------------------------------------------


def test_the_key_is_the_content(store: MediaStore, tmp_path: Path) -> None:
    file, sha256 = a_file(tmp_path)
    stored = store.put(file, sha256=sha256, content_type="image/jpeg")
    assert stored.key == f"threads/{sha256}.jpg"
    assert stored.url.endswith(stored.key)


def test_the_same_bytes_are_sent_once(store: MediaStore, tmp_path: Path) -> None:
    file, sha256 = a_file(tmp_path)
    first = store.put(file, sha256=sha256, content_type="image/jpeg")
    second = store.put(file, sha256=sha256, content_type="image/jpeg")
    assert (first.uploaded, second.uploaded) == (True, False)
    assert first.url == second.url


# --- S3 itself --------------------------------------------------------------------------------------------------


def test_what_is_stored_can_be_fetched_by_anybody_as_what_it_is(settings: MediaSettings, tmp_path: Path) -> None:
    file, sha256 = a_file(tmp_path)
    stored = S3Store(settings, s3_client(settings)).put(file, sha256=sha256, content_type="image/jpeg")
    answer = requests.get(stored.url, timeout=5)
    assert answer.content == file.read_bytes()
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    check_fetchable(stored.url, "image/jpeg", file.stat().st_size)


def test_no_acl_is_ever_sent(settings: MediaSettings, tmp_path: Path) -> None:
    client = s3_client(settings)
    sent: list[dict[str, Any]] = []
    client.meta.events.register("before-parameter-build.s3", lambda params, **_: sent.append(dict(params)))
    file, sha256 = a_file(tmp_path)
    S3Store(settings, client).put(file, sha256=sha256, content_type="image/png")
    assert sent
    assert not [params for params in sent if "ACL" in params]


def test_a_large_file_goes_in_parts(settings: MediaSettings, tmp_path: Path) -> None:
    file, sha256 = a_file(tmp_path, bytes(17 * 1024 * 1024))
    stored = S3Store(settings, s3_client(settings)).put(file, sha256=sha256, content_type="video/mp4")
    assert int(requests.head(stored.url, timeout=5).headers["Content-Length"]) == file.stat().st_size


def test_a_private_bucket_gives_a_signed_url(settings: MediaSettings, tmp_path: Path) -> None:
    signed = replace(settings, public_base_url=None, presign=timedelta(days=30))
    file, sha256 = a_file(tmp_path)
    stored = S3Store(signed, s3_client(signed)).put(file, sha256=sha256, content_type="image/jpeg")
    assert "X-Amz-Expires=604800" in stored.url, "a week is the most that S3 allows"
    check_fetchable(stored.url, "image/jpeg", file.stat().st_size)


def test_another_object_under_the_key_is_told_and_left_alone(settings: MediaSettings, tmp_path: Path) -> None:
    client = s3_client(settings)
    file, sha256 = a_file(tmp_path)
    client.put_object(Bucket=BUCKET, Key=f"threads/{sha256}.jpg", Body=b"something else")
    with pytest.raises(PublisherError, match="other bytes") as raised:
        S3Store(settings, client).put(file, sha256=sha256, content_type="image/jpeg")
    assert raised.value.code == "E347"
    assert client.get_object(Bucket=BUCKET, Key=f"threads/{sha256}.jpg")["Body"].read() == b"something else"


def test_who_was_quicker_with_the_same_bytes_wins(settings: MediaSettings, tmp_path: Path) -> None:
    client = s3_client(settings)
    file, sha256 = a_file(tmp_path)

    def meanwhile(**_: Any) -> None:
        s3_client(settings).put_object(Bucket=BUCKET, Key=f"threads/{sha256}.jpg", Body=file.read_bytes())

    client.meta.events.register("before-call.s3.PutObject", meanwhile)
    stored = S3Store(settings, client).put(file, sha256=sha256, content_type="image/jpeg")
    assert not stored.uploaded


def test_a_dialect_without_conditional_writes_is_spoken_too(settings: MediaSettings, tmp_path: Path) -> None:
    client = s3_client(settings)

    def unknown(params: dict[str, Any], **_: Any) -> None:
        if "If-None-Match" in params["headers"]:
            raise ClientError(
                {"Error": {"Code": "NotImplemented"}, "ResponseMetadata": {"HTTPStatusCode": 501}},  # type: ignore[typeddict-item]
                "PutObject",
            )

    client.meta.events.register("before-call.s3.PutObject", unknown)
    file, sha256 = a_file(tmp_path)
    stored = S3Store(settings, client).put(file, sha256=sha256, content_type="image/jpeg")
    assert stored.uploaded
    check_fetchable(stored.url, "image/jpeg", file.stat().st_size)


class NoAnswer:
    """What S3 would say, without asking it: nothing is there, and every write is taken."""

    content = b""
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, method: str) -> None:
        self.status_code = 404 if method == "HEAD" else 200


def test_s3_itself_is_told_the_digest_and_other_dialects_are_not(settings: MediaSettings, tmp_path: Path) -> None:
    file, sha256 = a_file(tmp_path)
    client = s3_client(replace(settings, endpoint_url=None))
    told: list[dict[str, Any]] = []
    client.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: told.append(dict(params)))
    answer: Any = lambda request, **_: NoAnswer(request.method)  # noqa: E731
    client.meta.events.register("before-send.s3", answer)
    store = S3Store(settings, client)
    assert store.put(file, sha256=sha256, content_type="image/jpeg").uploaded
    assert told[-1]["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()

    other = s3_client(settings)
    other.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: told.append(dict(params)))
    S3Store(settings, other).put(file, sha256=sha256, content_type="image/jpeg")
    assert "ChecksumSHA256" not in told[-1]
