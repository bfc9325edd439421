"""Media on S3, or on anything that speaks its dialect.

Keys are content: `prefix` + SHA-256 + extension. What is there is found by asking the store; a write never replaces
anything (`If-None-Match: *`). No ACL is ever sent: most buckets refuse them, and what is public is the bucket's rule.
"""

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from publisher.errors import InvalidContent, PublisherError
from publisher.media.prepare import EXTENSIONS
from publisher.media.silence import silence_requests
from publisher.media.stores.refusals import code_of, explained, failures, status_of
from publisher.media.stores.store import Stored
from publisher.settings import MediaSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_WEEK = timedelta(days=7)  # the most that S3 allows
_DAY = timedelta(days=1)
_LARGE = 16 * 1024 * 1024  # bytes; from here on in parts
_CACHE = "public, max-age=31536000, immutable"
_AMAZON = re.compile(r"(^|\.)amazonaws\.com(\.cn)?$")


class S3Store:
    """Implements `MediaStore`. `client` is boto3's own; credentials come from its usual chain."""

    def __init__(self, settings: MediaSettings, client: "S3Client") -> None:
        if settings.bucket is None:
            raise InvalidContent("media.bucket is not set in publisher.yaml", code="E343", fix="name the bucket there")
        self._settings = settings
        self._bucket = settings.bucket
        self._client = client
        silence_requests()
        self._amazon = _AMAZON.search(urlsplit(client.meta.endpoint_url).hostname or "") is not None

    def put(self, file: Path, *, sha256: str, content_type: str) -> Stored:
        key = f"{self._settings.prefix}{sha256}{EXTENSIONS[content_type]}"
        try:
            uploaded = not self._has(key, file.stat().st_size) and self._write(key, file, sha256, content_type)
            return Stored(key, self._url(key), uploaded)
        except failures() as error:
            raise explained(error, self._bucket, self._client.meta.endpoint_url) from None

    def _has(self, key: str, size: int) -> bool:
        from botocore.exceptions import ClientError

        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # A HEAD's answer has no body to say what is wrong, and without s3:ListBucket even a missing key answers
            # 403. The write, which is answered in words, decides.
            if 400 <= status_of(error) < 500:
                return False
            raise
        if found["ContentLength"] != size:
            raise PublisherError(
                f"other bytes lie in bucket {self._bucket} under {key}",
                code="E347",
                why="a key is made of the content, so somebody has put something else there",
                fix="find out who; then delete that object and run again",
            )
        return True

    def _write(self, key: str, file: Path, sha256: str, content_type: str) -> bool:
        """Whether the bytes were sent; not, when somebody else was quicker with the same."""
        headers: dict[str, Any] = {
            "ContentType": content_type,
            "CacheControl": _CACHE,
            "ContentDisposition": f'inline; filename="{key.rsplit("/", 1)[-1]}"',
        }
        if file.stat().st_size >= _LARGE:
            self._client.upload_file(str(file), self._bucket, key, ExtraArgs=headers)
            return True
        if self._amazon:  # which then refuses bytes other than those that were prepared
            headers["ChecksumSHA256"] = base64.b64encode(bytes.fromhex(sha256)).decode()
        return self._put(key, file, {**headers, "IfNoneMatch": "*"})

    def _put(self, key: str, file: Path, headers: dict[str, Any]) -> bool:
        from botocore.exceptions import ClientError

        try:
            with file.open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, **headers)
        except ClientError as error:
            if status_of(error) == 412:
                return False
            if code_of(error) == "NotImplemented" and "IfNoneMatch" in headers:
                # Some dialects know no conditional write; without it the same bytes replace themselves at worst.
                return self._put(key, file, {name: value for name, value in headers.items() if name != "IfNoneMatch"})
            raise
        return True

    def _url(self, key: str) -> str:
        """Public, or signed anew each time: a signature ends with the session that made it (protocol.md, F67)."""
        if self._settings.public_base_url is not None:
            return f"{self._settings.public_base_url.rstrip('/')}/{quote(key)}"
        seconds = min(self._settings.presign or _DAY, _WEEK).total_seconds()
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=int(seconds)
        )


def s3_client(settings: MediaSettings) -> "S3Client":
    """boto3's client for the settings, with its own chain of credentials and endpoints. Imports boto3.

    Raises `InvalidContent` E343 for an endpoint or region that cannot be used, `NotAllowed` E344 for a profile that
    does not exist.
    """
    import boto3
    from botocore.config import Config

    silence_requests()
    options: dict[str, Any] = {
        "signature_version": "s3v4",
        "max_pool_connections": 16,
        "connect_timeout": 10,
        "read_timeout": 60,
        "retries": {"total_max_attempts": 3, "mode": "standard"},
        # Other dialects do not know the newer checksums; what is sent to S3 itself carries its SHA-256.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    if settings.endpoint_url is not None and _is_loopback(settings.endpoint_url):
        options["s3"] = {"addressing_style": "path"}  # bucket.localhost resolves on few machines
    try:
        session = boto3.session.Session()
        client = session.client(
            "s3", region_name=settings.region, endpoint_url=settings.endpoint_url, config=Config(**options)
        )
    except failures() as error:
        raise explained(error, settings.bucket or "", settings.endpoint_url) from None
    endpoint = client.meta.endpoint_url
    if urlsplit(endpoint).scheme != "https" and not _is_loopback(endpoint):
        raise InvalidContent(
            "the media store's endpoint is not https",
            code="E343",
            why="what is sent there could be read and changed on the way",
            fix="write media.endpoint_url (or AWS_ENDPOINT_URL_S3) with https://",
        )
    return client


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host in ("localhost", "::1") or host.endswith(".localhost") or re.match(r"127(\.\d+){3}$", host) is not None
