"""What every run of a hook pays for: checking a good post loads neither the client nor the plan."""

import subprocess
import sys
from pathlib import Path

import pytest

from publisher.cli.secrets import may_hold_token, without_secrets
from publisher.threads_api.redaction import redacted

_CHECK = """
import sys
from publisher.cli import main
try:
    main(["validate", "posts/a.yaml"])
except SystemExit as end:
    print(end.code, *(name for name in {heavy!r} if name in sys.modules))
"""
_HEAVY = (
    "publisher.threads_api",
    "publisher.planning.plan",
    "publisher.media.probe",
    "hashlib",
    "jsonschema",
    "requests",
    "boto3",
    "PIL",
    "rich",
)


def test_a_good_post_is_checked_without_the_client_and_the_plan(tmp_path: Path) -> None:
    (tmp_path / "publisher.yaml").write_text("version: 1\naccount: acme\n", "utf-8")
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.yaml").write_text("text: out\n", "utf-8")
    program = [sys.executable, "-c", _CHECK.format(heavy=_HEAVY)]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["1 post: ok", "0"]


@pytest.mark.parametrize(
    "text",
    [
        "THAA" + "x" * 40,
        "TH" + "x" * 30,
        "access_token=abcdefgh",
        "code=0123456789abcdefgh",
        '{"client_secret": "abc"}',
        r"{\"input_token\": \"abc\"}",
        "https://s3.example.com/a?x-amz-signature=abc",
        "AWSAccessKeyId=abc",
    ],
)
def test_whatever_the_client_would_blank_is_looked_at(text: str) -> None:
    assert redacted(text) != text
    assert may_hold_token(text)


@pytest.mark.parametrize(
    "name",
    [
        "THREADS_ACCESS_TOKEN",
        "THREADS_ACCESS_TOKEN_ACME",
        "THREADS_API_SECRET",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "GITHUB_TOKEN",
        "GH_TOKEN",
    ],
)
def test_the_value_of_a_secret_of_the_environment_is_blanked_without_a_pattern(name: str) -> None:
    assert without_secrets("it is quince-pie.", {name: " quince-pie\n"}) == "it is ***."
    assert without_secrets("it is quince-pie.", {f"{name}_FILE": "quince-pie"}) == "it is quince-pie."
    assert without_secrets("it is quince-pie.", {f"MY_{name}": "quince-pie"}) == "it is quince-pie."
