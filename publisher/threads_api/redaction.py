"""Keeping secrets out of what is printed, logged or kept: the last look before words leave the client. Pure.

A token reaches Threads in a header and an app secret in a form, but an answer may repeat what was sent, and Meta's
token calls take theirs as parameters. Whoever keeps a text from outside passes it through here first.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

HIDDEN = "***"
SECRET_PARAMETERS = ("access_token", "client_secret", "input_token", "code")
_ANY = "surrogatepass"  # a secret may hold half of a surrogate pair, which JSON can spell
_SHORTEST = 4  # a shorter value is no secret, and blanking it would tear up ordinary words
# Not THREADS_…: Meta's error names and the names of our variables begin so.
_TOKEN = re.compile(r"TH(?!READS_)[A-Z]{0,2}[\\\w|.\-%]{20,}")
# An authorization code is long; "error code=24" is no secret.
_IN_QUERY = re.compile(r"(?<![\w-])((?:access_token|client_secret|input_token)=|code=(?=[^&\s]{16}))[^&\s\"'<>]+")
# Of a signed link to a medium: who has these can fetch what is behind it. Meta's errors repeat such links.
_SIGNED = re.compile(r"(?i)((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId)=)[^&\s\"'<>]+")
_IN_JSON = re.compile(r"(\\?\"(?:access_token|client_secret|input_token)\\?\"\s*:\s*\\?\")[^\"\\]+")


def redacted(text: str) -> str:
    """The text without anything that looks like a token, a secret or a signature."""
    text = _IN_QUERY.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, text))
    return _SIGNED.sub(rf"\1{HIDDEN}", _IN_JSON.sub(rf"\1{HIDDEN}", text))


def without(body: bytes, secrets: Iterable[str]) -> bytes:
    """The bytes without these very secrets, plain or as a URL or JSON spells them."""
    for secret in secrets:
        for spelling in _spellings(secret):
            body = body.replace(spelling.encode("utf-8", _ANY), HIDDEN.encode())
    return body


def _spellings(secret: str) -> Iterator[str]:
    if len(secret) >= _SHORTEST:
        in_urls = (quote(secret, safe="", errors=_ANY), quote_plus(secret, errors=_ANY))
        yield from dict.fromkeys((secret, *in_urls, json.dumps(secret)[1:-1]))


class SecretParams(dict[str, str]):
    """Parameters of a token call. Printing them shows their names only."""

    def __repr__(self) -> str:
        return f"SecretParams({', '.join(self)})"

    __str__ = __repr__


def secrets_among(params: Mapping[str, str]) -> tuple[str, ...]:
    """The values that must not come back in an error: `client_secret`, `code` and the like."""
    return tuple(params[name] for name in SECRET_PARAMETERS if params.get(name))


class _QuietLog(logging.Filter):
    """Takes secrets out of a record before anybody formats it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            said = record.getMessage()
        except (TypeError, ValueError):
            return True  # a record that cannot be formatted says nothing
        if (kept := redacted(said)) != said:
            record.msg, record.args = kept, ()
        return True


def quiet_log(name: str) -> None:
    """From now on nothing that looks like a secret passes through the logger `name`. Twice is once."""
    logger = logging.getLogger(name)
    if not any(isinstance(item, _QuietLog) for item in logger.filters):
        logger.addFilter(_QuietLog())
