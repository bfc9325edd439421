"""One contract over every store and its fake; and each way in which S3 says no, in one clear sentence."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from publisher.content.look import MediaFacts
from publisher.errors import InvalidContent, NotAllowed, PublisherError, TryAgain
from publisher.media.fetchable import check_fetchable
from publisher.media.probe import Probe
from publisher.media.shelf import MediaShelf
from publisher.media.stores.s3 import S3Store, s3_client
from publisher.media.stores.store import MediaStore
from publisher.planning.actions import UploadMedia
from publisher.repository import Repository
from publisher.sandbox.s3 import BUCKET, S3
from publisher.settings import MediaSettings
from tests.media.fakes import MemoryStore, encoded, picture


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    server = S3(None)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(s3: S3, monkeypatch: pytest.MonkeyPatch) -> MediaSettings:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "CANARY-SECRET-KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return MediaSettings(
        bucket=BUCKET,
        region="us-east-1",
        endpoint_url=s3.endpoint,
        public_base_url=f"{s3.endpoint}/{BUCKET}",
    )


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


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"bucket": "nowhere-at-all"}, NotAllowed, "there is no bucket nowhere-at-all"),
        ({"endpoint_url": "http://127.0.0.1:9"}, TryAgain, "cannot be reached"),
        ({"endpoint_url": "http://store.invalid"}, TryAgain, "cannot be reached"),
        ({"endpoint_url": "no address"}, PublisherError, "no usable address"),
    ],
)
def test_each_way_to_fail_is_one_clear_sentence(
    settings: MediaSettings, tmp_path: Path, change: dict[str, str], kind: type[PublisherError], says: str
) -> None:
    broken = replace(settings, **change)  # type: ignore[arg-type]
    file, sha256 = a_file(tmp_path)
    with pytest.raises(kind, match=says) as raised:
        S3Store(broken, s3_client(broken)).put(file, sha256=sha256, content_type="image/jpeg")
    assert raised.value.code.startswith("E34")
    assert raised.value.fix
    assert "CANARY" not in str(raised.value)


@pytest.mark.parametrize(
    ("code", "status", "exit_code", "says"),
    [
        ("AccessDenied", 403, 6, "does not allow it"),
        ("InvalidAccessKeyId", 403, 6, "does not know this access key"),
        ("SignatureDoesNotMatch", 403, 6, "secret key"),
        ("RequestTimeTooSkewed", 403, 6, "clock"),
        ("ExpiredToken", 400, 6, "expired"),
        ("SlowDown", 503, 5, "for now"),
        ("InternalError", 500, 5, "for now"),
    ],
)
def test_each_refusal_of_s3_has_its_exit_code(
    settings: MediaSettings, tmp_path: Path, code: str, status: int, exit_code: int, says: str
) -> None:
    from botocore.exceptions import ClientError

    client = s3_client(settings)

    def refuse(**_: Any) -> None:
        raise ClientError(
            {"Error": {"Code": code, "Message": "CANARY"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
            "PutObject",
        )

    client.meta.events.register("before-call.s3.PutObject", refuse)
    file, sha256 = a_file(tmp_path)
    with pytest.raises(PublisherError, match=says) as raised:
        S3Store(settings, client).put(file, sha256=sha256, content_type="image/jpeg")
    assert raised.value.exit_code == exit_code
    assert "CANARY" not in str(raised.value)


def test_without_credentials_the_variables_are_named(
    settings: MediaSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    boto3.DEFAULT_SESSION = None
    file, sha256 = a_file(tmp_path)
    with pytest.raises(NotAllowed, match="no AWS credentials") as raised:
        S3Store(settings, s3_client(settings)).put(file, sha256=sha256, content_type="image/jpeg")
    assert "AWS_ACCESS_KEY_ID" in raised.value.fix


# --- the check, and the shelf -----------------------------------------------------------------------------------


def test_a_url_that_threads_cannot_fetch_is_told_by_host_and_answer(settings: MediaSettings) -> None:
    with pytest.raises(PublisherError, match=r"127\.0\.0\.1: it answers HTTP 40[34]") as raised:
        check_fetchable(f"{settings.public_base_url}/missing.jpg?X-Amz-Signature=CANARY", "image/jpeg", 3)
    assert "CANARY" not in str(raised.value)
    with pytest.raises(TryAgain, match="cannot be reached"):
        check_fetchable("http://127.0.0.1:9/x.jpg", "image/jpeg", 3)


@pytest.mark.parametrize(("content_type", "size"), [("image/png", None), ("image/jpeg", 1)])
def test_another_type_or_length_than_was_stored_is_refused(
    settings: MediaSettings, tmp_path: Path, content_type: str, size: int | None
) -> None:
    file, sha256 = a_file(tmp_path)
    stored = S3Store(settings, s3_client(settings)).put(file, sha256=sha256, content_type="image/jpeg")
    with pytest.raises(PublisherError, match="where"):
        check_fetchable(stored.url, content_type, size or file.stat().st_size)


def shelf(tmp_path: Path, check: Callable[[str, str, int], None]) -> tuple[MediaShelf, UploadMedia, MemoryStore]:
    (tmp_path / "cat.jpg").write_bytes(encoded(picture(), private=True))
    repository, store = Repository(tmp_path), MemoryStore()
    probe = Probe(repository)
    facts = probe("cat.jpg")
    assert isinstance(facts, MediaFacts)
    action = UploadMedia("part-1/media-1", "cat.jpg", facts.sha256, "image")
    return MediaShelf(repository, probe, store, check, tmp_path / "work"), action, store


def test_a_file_becomes_a_url_that_was_tried_once(tmp_path: Path) -> None:
    tried: list[str] = []
    ready, action, store = shelf(tmp_path, lambda url, kind, size: tried.append(url))
    assert ready.url_for(action) == ready.url_for(action)
    assert len(tried) == len(store.objects) == 1


def test_other_bytes_than_were_planned_are_never_stored(tmp_path: Path) -> None:
    ready, action, store = shelf(tmp_path, lambda url, kind, size: None)
    with pytest.raises(InvalidContent, match="changed since"):
        ready.url_for(replace(action, sha256="0" * 64))
    assert not store.objects
