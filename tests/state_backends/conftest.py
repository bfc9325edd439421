"""The sandbox's S3 on loopback, one server for the whole test run, a fresh bucket for each test."""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from publisher.state_backends.objects import s3_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    from publisher.sandbox.s3 import S3

    server = S3(None)
    server.start()
    yield server.endpoint
    server.stop()


@pytest.fixture(scope="session")
def s3(s3_endpoint: str) -> "S3Client":
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        environ.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        client = s3_client(region="us-east-1", endpoint_url=s3_endpoint)
        client.list_buckets()  # the keys are read with the first request
    return client


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    """A versioned bucket, as `publisher` wants it for the state."""
    name = f"state-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name
