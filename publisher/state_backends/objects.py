"""S3 calls as the state needs them: conditional, never retried behind our back, and each failure put in our words.

A conditional PUT that the SDK repeats by itself meets its own first attempt and reports a conflict; so the client
makes one attempt, and whoever writes looks at what is there before trying again.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from publisher.errors import InvalidContent, NotAllowed, PublisherError, Refused, TryAgain
from publisher.state_backends.checks import LARGEST

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_T = TypeVar("_T")
READ_TRIES = 5


def s3_client(*, region: str | None = None, endpoint_url: str | None = None) -> "S3Client":
    """A client with AWS's own chain for keys, region and endpoint, and with none of its retries.

    Raises `NotAllowed` for a profile that does not exist.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        signature_version="s3v4",  # conditional writes need it
        retries={"total_max_attempts": 1},
        connect_timeout=10,
        read_timeout=60,
        # We send a checksum of our own; other dialects of S3 stumble over the SDK's.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    try:
        return boto3.session.Session().client("s3", region_name=region, endpoint_url=endpoint_url, config=config)
    except BotoCoreError as error:
        raise _in_our_words(error, "the state bucket") from None


def bucket_and_prefix(path: str) -> tuple[str, str]:
    """What a `state.path` names: "s3://acme-state/threads/" is ("acme-state", "threads").

    Raises `InvalidContent` E440 for what names no bucket.
    """
    scheme, _, rest = path.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise InvalidContent(
            f'"{path}" names no place in S3', code="E440", fix="write state.path as s3://bucket/prefix"
        )
    return bucket, prefix.strip("/")


class Conflict(Exception):
    """412 or 409: the object is not what the condition says, or somebody is writing it this moment."""


class Absent(Exception):
    """There is no such object; the server said so `at` its time."""

    def __init__(self, at: datetime | None) -> None:
        super().__init__()
        self.at = at


@dataclass(frozen=True, slots=True)
class Object:
    """What one answer told of an object."""

    body: bytes
    etag: str
    metadata: Mapping[str, str]
    versioned: bool  # the bucket keeps older versions of it
    at: datetime | None  # the server's time when it answered, UTC


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects under `prefix` in `bucket`. `owner` is the AWS account id it must belong to, when that is known."""

    client: "S3Client"
    bucket: str
    prefix: str  # "threads/acme/" or ""
    owner: str | None = None
    pause: Callable[[], None] = lambda: None

    @property
    def where(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def get(self, key: str) -> tuple[Object | None, datetime | None]:
        """The object, or None when there is none; and the server's time. Tried a few times."""
        try:
            found = self._tried(lambda: self._got(self.client.get_object(**self._named(key))), key)
        except Absent as absent:
            return None, absent.at
        return found, found.at

    def head(self, key: str) -> Object | None:
        """As `get`, without the body."""
        try:
            return self._tried(lambda: self._got(self.client.head_object(**self._named(key))), key)
        except Absent:
            return None

    def any_under(self, folder: str) -> bool:
        """Whether there is any object whose key begins so."""

        def look() -> int:
            where = f"{self.prefix}{folder}"
            return self.client.list_objects_v2(Bucket=self.bucket, Prefix=where, MaxKeys=1, **self._owned())["KeyCount"]

        return self._tried(look, folder) > 0

    def under(self, folder: str) -> Iterator[str]:
        """The keys that begin so, a thousand with each call."""
        more: dict[str, Any] = {"Prefix": f"{self.prefix}{folder}"}
        while more:
            look = partial(self.client.list_objects_v2, Bucket=self.bucket, **more, **self._owned())
            answer = self._tried(look, folder)
            yield from (found["Key"].removeprefix(self.prefix) for found in answer.get("Contents", ()))
            token = answer.get("NextContinuationToken")
            more = {**more, "ContinuationToken": token} if token else {}

    def put(self, key: str, body: bytes, *, replacing: str | None, metadata: Mapping[str, str] | None = None) -> Object:
        """Write an object in the place of the one with ETag `replacing`, or of none. One attempt.

        Raises `Conflict` when something else is there, `TryAgain` when the outcome is not known, `NotAllowed`, and
        `Refused` E449 for an S3 that knows no conditions.
        """
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if replacing is None else {"IfMatch": replacing}
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        try:
            answer = self.client.put_object(
                **self._named(key),
                **condition,
                Body=body,
                ContentType="application/json",
                ChecksumSHA256=digest,
                Metadata=dict(metadata or {}),
            )
        except Exception as error:
            code, status = _code(error)
            # If-Match on an object that is gone is a 404: the caller looks and finds nothing.
            if status in (404, 409, 412) and code != "NoSuchBucket":
                raise Conflict from None
            if status == 501:
                header = "If-None-Match" if replacing is None else "If-Match"
                raise unconditional(f"{self.where}: this S3 has no {header} ({code or status})") from None
            raise _in_our_words(error, self.where) from None
        return Object(body, answer["ETag"], metadata or {}, answer.get("VersionId") is not None, _server_time(answer))

    def delete(self, key: str, *, etag: str) -> None:
        """Remove the object if it is still the one with `etag`; `Conflict` when it is not."""
        try:
            self.client.delete_object(**self._named(key), IfMatch=etag)
        except Exception as error:
            if _code(error)[1] in (404, 409, 412):
                raise Conflict from None
            raise _in_our_words(error, self.where) from None

    # --- one call -----------------------------------------------------------------------------------------------

    def _tried(self, call: Callable[[], _T], key: str) -> _T:
        """What a reading call gives; asked again when it fails for a reason that may pass. Raises `Absent` on 404."""
        attempt = 1
        while True:
            try:
                return call()
            except PublisherError:
                raise
            except Exception as error:
                code, status = _code(error)
                if status == 404 and code != "NoSuchBucket":
                    raise Absent(_server_time(getattr(error, "response", {}))) from None
                failure = _in_our_words(error, f"{self.where}{key}")
                if attempt == READ_TRIES or not isinstance(failure, TryAgain):
                    raise failure from None
            attempt += 1
            self.pause()

    def _got(self, answer: Any) -> Object:
        if answer.get("ContentLength", 0) > LARGEST:
            raise Refused(
                f"{self.where} holds {answer['ContentLength']:,} bytes; a state has at most {LARGEST:,}",
                code="E401",
                why="what is no state cannot say what is published",
                fix="name the right place in state.path",
            )
        body = answer["Body"].read() if "Body" in answer else b""
        versioned = answer.get("VersionId") is not None
        # The names of headers have no case, and a proxy may send them as Write-Id: RFC 9110, 5.1.
        metadata = {name.lower(): value for name, value in answer.get("Metadata", {}).items()}
        return Object(body, answer["ETag"], metadata, versioned, _server_time(answer))

    def _named(self, key: str) -> dict[str, Any]:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}{key}", **self._owned()}

    def _owned(self) -> dict[str, Any]:
        return {"ExpectedBucketOwner": self.owner} if self.owner else {}


def unconditional(seen: str) -> Refused:
    """E449: an S3 whose writes cannot be made to depend on what is there."""
    return Refused(
        seen,
        code="E449",
        why="of two runs at the same time each would take itself for the only one, and post everything",
        fix="use an S3 with conditional writes, as AWS, R2 and MinIO have them; or keep the state on a "
        "branch: state: {backend: branch, path: publisher-state} in publisher.yaml",
    )


def _server_time(answer: Mapping[str, Any]) -> datetime | None:
    text = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _code(error: Exception) -> tuple[str, int]:
    """S3's error code and the HTTP status; ("", 0) for what never got an answer."""
    response: Any = getattr(error, "response", None)
    if not isinstance(response, Mapping):
        return "", 0
    return (
        str(response.get("Error", {}).get("Code", "")),
        int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
    )


_FIXES = {
    "NoSuchBucket": "create the bucket, or correct state.path",
    "AccessDenied": "allow s3:GetObject and s3:PutObject under the prefix, s3:ListBucket for it, and s3:DeleteObject "
    "on lock.json; check that the bucket belongs to the account you expect",
    "RequestTimeTooSkewed": "set this machine's clock: S3 takes requests that are at most 15 minutes off",
    "InvalidAccessKeyId": "use access keys that exist: AWS_PROFILE, AWS_ACCESS_KEY_ID or the role of the job",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY: it does not belong to the access key id",
    "ExpiredToken": "log in again, or let the job assume its role again: the session has ended",
    "PermanentRedirect": "set the region of the bucket: AWS_REGION",
    "AuthorizationHeaderMalformed": "set the region of the bucket: AWS_REGION",
}


def _in_our_words(error: Exception, where: str) -> PublisherError:
    """A failure of the SDK's as one of ours. Its own message is not repeated: it may hold signed requests."""
    from botocore import exceptions as sdk

    code, status = _code(error)
    if code == "NoSuchBucket":
        return Refused(f"{where}: there is no such bucket", code="E440", fix=_FIXES[code])
    if status in (301, 307, 400, 401, 403) and code != "RequestTimeout":
        return NotAllowed(
            f"{where}: S3 refuses the request ({code or status})",
            code="E442",
            fix=_FIXES.get(code, _FIXES["AccessDenied"]),
        )
    credentials = (sdk.NoCredentialsError, sdk.PartialCredentialsError, sdk.CredentialRetrievalError)
    if isinstance(error, (*credentials, sdk.ProfileNotFound, sdk.TokenRetrievalError, sdk.NoRegionError)):
        return NotAllowed(
            f"{where}: no usable credentials for S3 ({type(error).__name__})",
            code="E442",
            fix="give the job a role, or set AWS_PROFILE or AWS_ACCESS_KEY_ID with its secret, and AWS_REGION",
        )
    if isinstance(error, sdk.ParamValidationError):
        return Refused(f"{where} is no place in S3", code="E440", fix="write state.path as s3://bucket/prefix")
    if isinstance(error, (sdk.ClientError, sdk.BotoCoreError, OSError)):
        return TryAgain(
            f"{where} could not be reached ({code or type(error).__name__})",
            code="E441",
            fix="check the network and AWS_ENDPOINT_URL_S3, then run again",
        )
    raise error
