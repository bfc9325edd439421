"""The calls that `auth` makes, to one Threads, with that server's clock; its errors in our words and exit codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urlsplit

from publisher.auth.standing import LOGIN
from publisher.errors import InvalidContent, NotAllowed, PublisherError, TryAgain
from publisher.report.escape import one_line
from publisher.threads_api import (
    Auth,
    AuthenticationError,
    Configuration,
    Credentials,
    InvalidParameter,
    PermissionDenied,
    Profile,
    RequestsTransport,
    Restricted,
    ThreadsClient,
    ThreadsError,
    TokenInfo,
)
from publisher.threads_api import errors as api
from publisher.threads_api.auth import AUTHORIZE_URL

NO_APP = Configuration("", "", "")  # `debug_token` and refreshing name no app
OFFICIAL_HOSTS = ("graph.threads.net", "graph.threads.com")


class Threads:
    """One Threads. `app`: None where no call needs it."""

    def __init__(self, base_url: str, app: Configuration | None = None) -> None:
        self.endpoint = base_url.rstrip("/")
        self.app = app

    @cached_property
    def _transport(self) -> RequestsTransport:
        """For the token calls; made when the first is made. Raises `InvalidContent` E508."""
        try:
            return RequestsTransport(None, self.endpoint, version="")
        except InvalidParameter as error:
            said = str(error)
        message = f"THREADS_API_BASE_URL cannot be used: {said}"
        raise InvalidContent(message, code="E508", fix="unset it for Threads itself")

    @property
    def official(self) -> bool:
        """Meta's own; anything else is a sandbox, whose window is where its API is."""
        return urlsplit(self.endpoint).hostname in OFFICIAL_HOSTS

    def now(self) -> datetime:
        """The server's time, by its last answer: ages of tokens are counted there."""
        return datetime.now(UTC) + self._transport.server_time_offset

    def auth(self, app: Configuration) -> Auth:
        window = AUTHORIZE_URL if self.official else f"{self.endpoint}/oauth/authorize"
        return Auth(self._transport, app, now=self.now, authorize_url=window)

    def who(self, credentials: Credentials, remedy: str = LOGIN) -> Profile:
        """Whose token it is. Raises `NotAllowed` for one that Threads refuses, `TryAgain` when it cannot be asked.

        `remedy`: how a token that is not good any more is replaced.
        """
        calls = self._transport
        with in_our_words("asking whose token it is", remedy):
            transport = RequestsTransport(credentials, self.endpoint)
            try:
                return ThreadsClient(transport).profiles.me(fields=("id", "username"))
            finally:
                calls.server_time_offset = transport.server_time_offset
                transport.close()

    def facts(self, credentials: Credentials) -> TokenInfo | None:
        """What Threads knows of the token; None where it does not say.

        An app in development mode may only ask with its own token (docs/threads.md, Tokens), so that is tried as well.
        """
        auth = self.auth(self.app or NO_APP)
        try:
            return auth.debug_token(credentials)
        except ThreadsError:
            pass
        if self.app is None:
            return None
        try:
            return auth.debug_token(credentials, caller=auth.app_token())
        except ThreadsError:
            return None

    def completed(self, credentials: Credentials, remedy: str = LOGIN) -> Credentials:
        """The credentials with all that Threads tells of them, and the Threads that they are good for."""
        me = self.who(credentials, remedy)
        known = self.facts(credentials)
        facts: dict[str, object] = {"endpoint": self.endpoint, "username": me.username}
        complete = replace(credentials, user_id=me.id, extra={**credentials.extra, **facts})
        if known is None:
            return complete
        return replace(
            complete,
            scopes=known.scopes or credentials.scopes,
            issued_at=known.issued_at or credentials.issued_at,
            expiration=known.expires_at or credentials.expiration,
        )


@contextmanager
def in_our_words(doing: str, remedy: str = LOGIN, code: str = "E602") -> Iterator[None]:
    """Turns the client's errors into ours; `doing` reads "asking whose token it is".

    `code`: of a refusal that Threads does not explain by the token's end, its scopes or the account.
    """
    try:
        yield
    except ThreadsError as error:
        ours = _ours(error, doing, remedy, code)
    else:
        return
    # Raised out here, so that it has no context: what a call was made with stays out of a traceback.
    raise ours


def _ours(error: ThreadsError, doing: str, remedy: str, code: str) -> PublisherError:
    said = one_line(f"{doing}: {error}")  # a line of its own could be a command to a runner
    match error:
        case api.NotSent() | api.NoAnswer() | api.BadAnswer():
            return TryAgain(said, code="E706", fix="run again")
        case api.RateLimited():
            return TryAgain(said, code="E708", fix="run again later")
        case AuthenticationError():
            return NotAllowed(said, code="E602", why="it expired or was revoked", fix=remedy)
        case PermissionDenied():
            return NotAllowed(said, code="E604", fix=f"{LOGIN} --scopes with the scope that this needs")
        case Restricted():
            return NotAllowed(said, code="E709", fix="look into the Threads app what Meta asks of the account")
        case api.ApiError() if error.transient:
            return TryAgain(said, code="E706", fix="run again")
        case _:
            return NotAllowed(said, code=code, fix=remedy)
