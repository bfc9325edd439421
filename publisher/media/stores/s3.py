"""Media on S3, or on anything that speaks its dialect.

Keys are content: `prefix` + SHA-256 + extension. What is there is found by asking the store; a write never replaces
anything (`If-None-Match: *`). No ACL is ever sent: most buckets refuse them, and what is public is the bucket's rule.
"""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.errors import NotAllowed, PublisherError, TryAgain
from publisher.media.stores.store import Stored
from publisher.settings import MediaSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_WEEK = timedelta(days=7)
_LARGE = 16 * 1024 * 1024
_CACHE = "public, max-age=31536000, immutable"
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "video/quicktime": ".mov"}


class S3Store:
    """Implements `MediaStore`. `client` is boto3's own; credentials come from its usual chain."""

    def __init__(self, settings: MediaSettings, client: "S3Client") -> None:
        if settings.bucket is None:
            raise PublisherError("media.bucket is not set in publisher.yaml", code="E343", fix="name the bucket there")
        self._settings = settings
        self._bucket = settings.bucket
        self._client = client

    def put(self, file: Path, *, sha256: str, content_type: str) -> Stored:
        key = f"{self._settings.prefix}{sha256}{_EXTENSIONS[content_type]}"
        try:
            uploaded = False
            if not self._has(key, file.stat().st_size):
                uploaded = self._write(key, file, content_type)
            return Stored(key, self._url(key), uploaded)
        except PublisherError:
            raise
        except Exception as error:
            raise explained(error, self._bucket) from None

    def _has(self, key: str, size: int) -> bool:
        from botocore.exceptions import ClientError

        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # Without s3:ListBucket a missing key answers 403: then the write decides.
            if _status(error) in (403, 404) and _code(error) in ("403", "404", "NoSuchKey", "NotFound", "Forbidden"):
                return False
            raise
        return found["ContentLength"] == size

    def _write(self, key: str, file: Path, content_type: str) -> bool:
        from botocore.exceptions import ClientError

        headers: Any = {
            "ContentType": content_type,
            "CacheControl": _CACHE,
            "ContentDisposition": f'inline; filename="{key.rsplit("/", 1)[-1]}"',
        }
        if file.stat().st_size >= _LARGE:
            self._client.upload_file(str(file), self._bucket, key, ExtraArgs=headers)
            return True
        try:
            with file.open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*", **headers)
        except ClientError as error:
            if _status(error) == 412:
                return False  # somebody was quicker with the same bytes
            raise
        return True

    def _url(self, key: str) -> str:
        if self._settings.public_base_url is not None:
            return f"{self._settings.public_base_url.rstrip('/')}/{key}"
        seconds = min(self._settings.presign or timedelta(hours=24), _WEEK).total_seconds()
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=int(seconds)
        )


def s3_client(settings: MediaSettings) -> "S3Client":
    """boto3's client for the settings, with its own chain of credentials. Imports boto3."""
    import boto3
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        max_pool_connections=16,
        connect_timeout=10,
        read_timeout=60,
        retries={"total_max_attempts": 3, "mode": "standard"},
        # Other dialects of S3 do not know the newer checksums.
        request_checksum_calculation="when_required" if settings.endpoint_url else "when_supported",
        response_checksum_validation="when_required",
    )
    try:
        return boto3.client("s3", region_name=settings.region, endpoint_url=settings.endpoint_url, config=config)
    except Exception as error:
        raise explained(error, settings.bucket or "") from None


def explained(error: Exception, bucket: str) -> PublisherError:
    """One clear sentence for whatever boto3 raises; never a key, a signature or a signed URL."""
    from botocore import exceptions as boto

    name = type(error).__name__
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return NotAllowed(
            "no AWS credentials were found for the media bucket",
            code="E344",
            fix="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or use the role of your runner",
        )
    if isinstance(error, boto.ClientError):
        return _refused(_code(error), _status(error), bucket)
    if isinstance(error, boto.EndpointConnectionError | boto.ConnectionError | boto.HTTPClientError):
        return TryAgain(
            f"the media store cannot be reached ({name})",
            code="E345",
            why="its name cannot be resolved, or nothing answers there",
            fix="check media.endpoint_url and media.region in publisher.yaml, then run again",
        )
    if isinstance(error, boto.NoRegionError | boto.InvalidRegionError):
        return PublisherError("media.region is missing or wrong", code="E343", fix="set it in publisher.yaml")
    if isinstance(error, ValueError):
        return PublisherError("media.endpoint_url is no usable address", code="E343", fix="write it as https://host")
    return PublisherError(f"the media store failed in an unknown way ({name})", code="E345", fix="run again")


_REFUSALS: dict[str, tuple[type[PublisherError], str, str]] = {
    "NoSuchBucket": (NotAllowed, "there is no bucket {bucket}", "make it, or mend media.bucket in publisher.yaml"),
    "InvalidAccessKeyId": (NotAllowed, "the store does not know this access key", "set AWS_ACCESS_KEY_ID anew"),
    "SignatureDoesNotMatch": (
        NotAllowed,
        "the secret key does not fit the access key",
        "set AWS_SECRET_ACCESS_KEY anew",
    ),
    "RequestTimeTooSkewed": (NotAllowed, "this machine's clock is wrong", "set the clock, then run again"),
    "ExpiredToken": (NotAllowed, "the AWS session has expired", "log in again, then run again"),
    "AccessDenied": (
        NotAllowed,
        "bucket {bucket} does not allow it",
        "allow s3:GetObject and s3:PutObject on the bucket's prefix",
    ),
}


def _refused(code: str, status: int, bucket: str) -> PublisherError:
    if code in ("403", "Forbidden", "AllAccessDisabled"):
        code = "AccessDenied"
    if code in ("404", "NotFound"):
        code = "NoSuchBucket"
    if code in _REFUSALS:
        kind, message, fix = _REFUSALS[code]
        return kind(f"media store: {message.format(bucket=bucket)}", code="E346", fix=fix)
    if status >= 500 or code in ("SlowDown", "RequestTimeout"):
        return TryAgain(f"the media store failed for now ({code}, HTTP {status})", code="E345", fix="run again")
    return PublisherError(
        f"the media store refused it ({code}, HTTP {status})", code="E346", fix="check media: settings"
    )


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
