"""Can Threads fetch it? An anonymous GET, as Threads makes one, before the first container is made."""

from typing import Protocol
from urllib.parse import urlsplit

from publisher.errors import PublisherError, TryAgain
from publisher.media.silence import silence_requests

_CONNECT_S, _READ_S = 10, 30
_ENOUGH = 64 * 1024  # bytes that are read of the body
_PASSING = (408, 425, 429)  # with every 5xx: says nothing about the next time


class Check(Protocol):
    def __call__(self, url: str, content_type: str, size: int) -> None: ...


def check_fetchable(url: str, content_type: str, size: int) -> None:
    """Raises E341 when the URL does not give `size` bytes of `content_type` to somebody without credentials.

    `TryAgain` E342 when the host cannot be reached or is out of order for now. Messages name the host only: a signed
    URL is a secret.
    """
    import requests

    silence_requests()
    host = urlsplit(url).hostname or "the host"
    with requests.Session() as session:
        session.trust_env = False
        session.headers["User-Agent"] = "facebookexternalhit/1.1"
        session.headers["Accept-Encoding"] = "identity"  # a compressed answer would have another length
        try:
            with session.get(url, timeout=(_CONNECT_S, _READ_S), allow_redirects=False, stream=True) as answer:
                got = next(answer.iter_content(_ENOUGH), b"")
        except requests.RequestException as error:
            raise TryAgain(
                f"{host} cannot be reached to check what was uploaded ({type(error).__name__})",
                code="E342",
                fix="check media.public_base_url, then run again",
            ) from None
    if answer.status_code in _PASSING or answer.status_code >= 500:
        raise TryAgain(
            f"{host} does not give what was uploaded for now (HTTP {answer.status_code})",
            code="E342",
            why="Threads downloads every picture and video itself",
            fix="run again",
        )
    if 300 <= answer.status_code < 400:
        raise _not_fetchable(host, f"it redirects (HTTP {answer.status_code})", "make the address answer by itself")
    if answer.status_code != 200:
        hint = "allow anonymous GET on media.prefix, or use  media: {presign: 24h}"
        raise _not_fetchable(host, f"it answers HTTP {answer.status_code}", hint)
    kind = answer.headers.get("Content-Type", "").split(";")[0].strip()
    if kind != content_type:
        raise _not_fetchable(host, f"it says {kind or 'nothing'} where {content_type} was stored", "mend the host")
    length = answer.headers.get("Content-Length")
    if (length is not None and length != str(size)) or not got:
        raise _not_fetchable(host, f"it gives {length or 'no'} bytes where {size} were stored", "mend the host")


def _not_fetchable(host: str, what: str, fix: str) -> PublisherError:
    return PublisherError(
        f"Threads could not fetch the media from {host}: {what}",
        code="E341",
        why="Threads downloads every picture and video itself, without credentials",
        fix=fix,
    )
