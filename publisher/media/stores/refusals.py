"""Whatever boto3 raises, as one clear sentence of ours; never a key, a signature or a signed URL."""

from typing import Any
from urllib.parse import urlsplit

from publisher.errors import InvalidContent, NotAllowed, PublisherError, TryAgain

_MEND = "mend media: in publisher.yaml"
_REFUSALS: dict[str, tuple[str, str]] = {
    "NoSuchBucket": ("there is no bucket {bucket}", "make it, or mend media.bucket in publisher.yaml"),
    "InvalidAccessKeyId": ("the store does not know this access key", "set AWS_ACCESS_KEY_ID anew"),
    "SignatureDoesNotMatch": ("the secret key does not fit the access key", "set AWS_SECRET_ACCESS_KEY anew"),
    "RequestTimeTooSkewed": ("this machine's clock is wrong", "set the clock, then run again"),
    "ExpiredToken": ("the AWS session has expired", "log in again, then run again"),
    "InvalidToken": ("the AWS session token is not valid", "log in again, or unset AWS_SESSION_TOKEN"),
    "PermanentRedirect": ("bucket {bucket} lies in another region", "set media.region to the bucket's"),
    "AccessDenied": (
        "bucket {bucket} does not allow it",
        "allow s3:GetObject and s3:PutObject on the bucket's prefix",
    ),
}
_ALIASES = {
    "403": "AccessDenied",
    "Forbidden": "AccessDenied",
    "AllAccessDisabled": "AccessDenied",
    "AccountProblem": "AccessDenied",
    "404": "NoSuchBucket",
    "NotFound": "NoSuchBucket",
    "TokenRefreshRequired": "ExpiredToken",
    "RequestExpired": "RequestTimeTooSkewed",
    "301": "PermanentRedirect",
    "AuthorizationHeaderMalformed": "PermanentRedirect",
    "IllegalLocationConstraintException": "PermanentRedirect",
    "InvalidSecurity": "SignatureDoesNotMatch",
}
_PASSING = ("SlowDown", "RequestTimeout", "Throttling", "TooManyRequests", "ConditionalRequestConflict", "429")


def code_of(error: Any) -> str:
    """The code of a `ClientError`: "NoSuchBucket"; for an answer without a body its status: "403"."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: Any) -> int:
    """The HTTP status of a `ClientError`."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def failures() -> tuple[type[Exception], ...]:
    """What boto3 raises when a call fails; anything else is a bug and shows its traceback."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError, Boto3Error, ValueError, OSError)


def explained(error: Exception, bucket: str, endpoint: str | None) -> PublisherError:
    """What `error` means for whoever runs this, and the one thing to do about it. Codes E343 to E346."""
    from boto3.exceptions import S3UploadFailedError
    from botocore import exceptions as boto

    cause = error.__context__ if isinstance(error, S3UploadFailedError) else None
    if isinstance(cause, Exception):
        return explained(cause, bucket, endpoint)
    if isinstance(error, boto.ClientError):
        return _refused(code_of(error), status_of(error), bucket)
    if isinstance(error, boto.HTTPClientError) and "header value" in str(error):  # which the message shows
        what, fix = "an AWS key holds a line break or a character of no key", "set AWS_ACCESS_KEY_ID anew"
        return NotAllowed(what, code="E344", why="it cannot be sent", fix=fix)
    if _is_about_credentials(error):
        return NotAllowed(
            f"no usable AWS credentials were found for the media bucket ({type(error).__name__})",
            code="E344",
            why="nothing can be uploaded without them",
            fix="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or use the role of your runner",
        )
    if isinstance(error, boto.ConnectionError | boto.HTTPClientError):
        return _unreachable(error, endpoint)
    if isinstance(error, boto.NoRegionError | boto.InvalidRegionError):
        return InvalidContent("media.region is missing or wrong", code="E343", fix="set it in publisher.yaml")
    if isinstance(error, boto.ParamValidationError):
        return InvalidContent(f'"{bucket}" cannot be the name of a bucket', code="E343", fix=_MEND)
    if isinstance(error, ValueError):
        return InvalidContent("media.endpoint_url is no usable address", code="E343", fix="write it as https://host")
    if isinstance(error, OSError):
        return TryAgain(
            f"the upload broke off ({error.strerror or type(error).__name__})", code="E345", fix="run again"
        )
    return PublisherError(f"the media store failed in an unknown way ({type(error).__name__})", code="E345", fix=_MEND)


def _is_about_credentials(error: Exception) -> bool:
    from botocore import exceptions as boto

    kinds = (
        boto.NoCredentialsError,
        boto.PartialCredentialsError,
        boto.CredentialRetrievalError,
        boto.ProfileNotFound,
        boto.SSOError,
        boto.TokenRetrievalError,
    )
    return isinstance(error, kinds)


def _unreachable(error: Exception, endpoint: str | None) -> PublisherError:
    from botocore.exceptions import SSLError

    try:
        host = urlsplit(endpoint or "").hostname or "S3"
    except ValueError:
        host = "S3"
    said = str(error).lower()
    if isinstance(error, SSLError):
        what, why = "cannot be trusted", "its certificate is not valid for that name, or something stands in between"
    elif _unresolved(error):
        what, why = "cannot be found", "its name does not resolve"
    elif "timeout" in said or "timed out" in said:
        what, why = "does not answer in time", "the network or the store is too slow"
    else:
        what, why = "cannot be reached", "nothing answers there"
    return TryAgain(
        f"the media store {host} {what}",
        code="E345",
        why=why,
        fix="check media.endpoint_url and media.region in publisher.yaml, then run again",
    )


def _unresolved(error: Exception) -> bool:
    """botocore keeps what urllib3 said beside its message."""
    return "NameResolution" in type(getattr(error, "kwargs", {}).get("error")).__name__


def _refused(code: str, status: int, bucket: str) -> PublisherError:
    name = _ALIASES.get(code, code)
    if name in _REFUSALS:
        message, fix = _REFUSALS[name]
        return NotAllowed(f"media store: {message.format(bucket=bucket)}", code="E346", fix=fix)
    if status >= 500 or code in _PASSING:
        return TryAgain(f"the media store failed for now ({code}, HTTP {status})", code="E345", fix="run again")
    return PublisherError(f"the media store refused it ({code}, HTTP {status})", code="E346", fix=_MEND)
