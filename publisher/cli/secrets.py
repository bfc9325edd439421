"""The last look at everything that is printed: no token or key leaves, whoever put it there."""

import re
from collections.abc import Iterator, Mapping

from publisher.content.secrets import without_keys

_OF_THREADS = "THREADS_ACCESS_TOKEN"  # or, of one account among several, that and its name
_NAMES = (_OF_THREADS, "THREADS_API_SECRET", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GITHUB_TOKEN", "GH_TOKEN")
_SHORTEST = 8  # a shorter value is no secret, and blanking it would tear up ordinary words
_SIGNATURE = r"(?i)((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId)=)[^&\s\"']+"


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """`text` with every secret of the environment, and all that looks like a token or a signature, as `***`."""
    for secret in _secrets(environ):
        text = text.replace(secret, "***")
    text = without_keys(text)  # of a file that is no YAML, the fix repeats a line
    if not may_hold_token(text):
        return text
    from publisher.threads_api.errors import redacted  # the client takes longer to load than a file to be checked

    return re.sub(_SIGNATURE, r"\1***", redacted(text))


def may_hold_token(text: str) -> bool:
    """A cheap question that is never wrong when it says no: tokens begin with TH, all else follows a name or a "="."""
    return any(mark in text for mark in ("TH", "=", "_token", "_secret"))


def _secrets(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        named = name in _NAMES or name.startswith(f"{_OF_THREADS}_")
        if named and not name.endswith("_FILE") and len(value.strip()) >= _SHORTEST:
            yield value.strip()
