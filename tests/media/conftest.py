"""A real S3 server on loopback, and settings for its bucket."""

from collections.abc import Iterator

import pytest

from publisher.sandbox.s3 import BUCKET, S3
from publisher.settings import MediaSettings


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
