"""Each way in which S3 says no, or nothing at all, is one clear sentence with its exit code and what to do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from publisher.errors import PublisherError
from publisher.media.stores.s3 import S3Store, s3_client
from publisher.settings import MediaSettings

LARGE = 17 * 1024 * 1024


def upload(settings: MediaSettings, file: Path, refuse: dict[str, Any] | None) -> None:
    """Store `file`; with `refuse`, S3 answers that to what writes."""
    client = s3_client(settings)

    def answer(**_: Any) -> None:
        raise ClientError(refuse, "PutObject")  # type: ignore[arg-type]

    for call in ("PutObject", "CreateMultipartUpload") if refuse else ():
        client.meta.events.register(f"before-call.s3.{call}", answer)
    S3Store(settings, client).put(file, sha256="0" * 64, content_type="image/jpeg")


def refusal(
    settings: MediaSettings, tmp_path: Path, *, size: int = 8, refuse: dict[str, Any] | None = None
) -> PublisherError:
    """The error that an upload ends with; nothing of a secret is in it."""
    file = tmp_path / "ready.jpg"
    file.write_bytes(bytes(size))
    with pytest.raises(PublisherError) as raised:
        upload(settings, file, refuse)
    error = raised.value
    assert error.code.startswith("E34")
    assert error.fix
    assert "CANARY" not in f"{error}{error.why}{error.fix}"
    assert error.__suppress_context__ or error.__context__ is None, "a traceback would show what botocore said"
    return error


@pytest.mark.parametrize(
    ("change", "exit_code", "says"),
    [
        ({"bucket": "nowhere-at-all"}, 6, "there is no bucket nowhere-at-all"),
        ({"bucket": "No Bucket!"}, 3, "cannot be the name of a bucket"),
        ({"bucket": None}, 3, "media.bucket is not set"),
        ({"endpoint_url": "http://127.0.0.1:9"}, 5, "127.0.0.1 cannot be reached"),
        ({"endpoint_url": "https://store.invalid"}, 5, "store.invalid cannot be found"),
        ({"endpoint_url": "http://store.invalid"}, 3, "not https"),
        ({"endpoint_url": "no address"}, 3, "no usable address"),
        ({"endpoint_url": "http://[::1"}, 3, "no usable address"),
        ({"endpoint_url": None, "region": "no region"}, 3, "media.region"),
    ],
)
def test_settings_that_do_not_work(
    settings: MediaSettings, tmp_path: Path, change: dict[str, Any], exit_code: int, says: str
) -> None:
    error = refusal(replace(settings, **change), tmp_path)
    assert says in error.message
    assert error.exit_code == exit_code


def test_an_endpoint_of_the_environment_is_honoured_and_held_to_https(
    settings: MediaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://elsewhere.invalid")
    assert "not https" in refusal(replace(settings, endpoint_url=None), tmp_path).message


@pytest.mark.parametrize("size", [8, LARGE])
@pytest.mark.parametrize(
    ("code", "status", "exit_code", "says"),
    [
        ("AccessDenied", 403, 6, "does not allow it"),
        ("InvalidAccessKeyId", 403, 6, "does not know this access key"),
        ("SignatureDoesNotMatch", 403, 6, "secret key"),
        ("RequestTimeTooSkewed", 403, 6, "clock"),
        ("ExpiredToken", 400, 6, "expired"),
        ("PermanentRedirect", 301, 6, "another region"),
        ("ConditionalRequestConflict", 409, 5, "for now"),
        ("SlowDown", 503, 5, "for now"),
        ("InternalError", 500, 5, "for now"),
        ("EntityTooLarge", 400, 1, "refused it (EntityTooLarge, HTTP 400)"),
    ],
)
def test_refusals(
    settings: MediaSettings, tmp_path: Path, code: str, status: int, exit_code: int, says: str, size: int
) -> None:
    answer = {
        "Error": {"Code": code, "Message": "CANARY"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    error = refusal(settings, tmp_path, refuse=answer, size=size)
    assert says in error.message
    assert error.exit_code == exit_code


def test_no_credentials(settings: MediaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    error = refusal(settings, tmp_path)
    assert (error.code, error.exit_code) == ("E344", 6)
    assert "AWS_ACCESS_KEY_ID" in error.fix


def test_a_profile_that_does_not_exist(
    settings: MediaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert refusal(settings, tmp_path).code == "E344"


def test_a_key_with_a_line_break_is_named_not_shown(
    settings: MediaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "CANARY\n")
    error = refusal(settings, tmp_path)
    assert "line break" in error.message
    assert error.exit_code == 6
