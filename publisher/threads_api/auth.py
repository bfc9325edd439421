"""From a person's consent to a token that lasts (Meta: "Get access tokens", "Long-lived tokens", "Debug").

The window is opened in a browser and comes back with a code; the code becomes a token of one hour, that one of sixty
days, and that is refreshed before it ends. App secret, code and token are the parameters of these calls, because Meta
documents no other way: `SecretParams` keeps them out of what is printed, and the transport out of its log.
Source: https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions
"""

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NoReturn
from urllib.parse import parse_qs, urlencode, urlsplit

from publisher.threads_api.call import document_of
from publisher.threads_api.credentials import Credentials
from publisher.threads_api.errors import AuthorizationRefused, BadAnswer, InvalidParameter
from publisher.threads_api.messages import Request, Response, Transport
from publisher.threads_api.reading import Record, unix_moment
from publisher.threads_api.redaction import SecretParams, redacted, secrets_among, without
from publisher.threads_api.vocabulary import Scope

AUTHORIZE_URL = "https://www.threads.com/oauth/authorize"  # threads.net redirects here, and loses the query on the way
ALL_SCOPES = tuple(Scope)
SHORT_LIFE = timedelta(hours=1)
YOUNGEST_TO_REFRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True, repr=False)
class Configuration:
    """The app: the *Threads* app id and secret of the dashboard, not the Meta app's."""

    app_id: str
    api_secret: str
    redirect_uri: str  # exactly as registered, a trailing slash included
    scopes: tuple[str, ...] = (Scope.BASIC, Scope.CONTENT_PUBLISH)

    def __repr__(self) -> str:
        return f"Configuration(app_id={self.app_id!r}, api_secret='***', redirect_uri={self.redirect_uri!r})"

    def scopes_str(self) -> str:
        return ",".join(self.scopes)

    @classmethod
    def from_env(cls, environ: Mapping[str, str], scopes: Iterable[str] | None = None) -> "Configuration":
        """From THREADS_APP_ID, THREADS_API_SECRET and THREADS_REDIRECT_URI. Raises `InvalidParameter`."""
        names = ("THREADS_APP_ID", "THREADS_API_SECRET", "THREADS_REDIRECT_URI")
        if missing := [name for name in names if not environ.get(name, "").strip()]:
            raise InvalidParameter(f"not set: {', '.join(missing)}")
        app_id, api_secret, redirect_uri = (environ[name].strip() for name in names)
        made = cls(app_id, api_secret, redirect_uri)
        return made if scopes is None else replace(made, scopes=tuple(scopes))


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What Threads knows of a token."""

    is_valid: bool
    type: str | None = None  # "USER"
    application: str | None = None
    user_id: str | None = None
    issued_at: datetime | None = None  # UTC, as the next two
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()

    @classmethod
    def read(cls, answer: Record) -> "TokenInfo":
        data = answer.record("data")
        if data is None:
            answer.refuse("an answer without `data`")
        return cls(
            is_valid=data.flag("is_valid") is True,
            type=data.text("type"),
            application=data.text("application"),
            user_id=data.label("user_id"),
            issued_at=unix_moment(data.number("issued_at")),
            expires_at=unix_moment(data.number("expires_at")),
            data_access_expires_at=unix_moment(data.number("data_access_expires_at")),
            scopes=data.texts("scopes"),
        )


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Auth:
    """Token calls. `transport` needs no credentials and no version: `RequestsTransport(None, version="")`."""

    def __init__(
        self,
        transport: Transport,
        configuration: Configuration,
        *,
        now: Callable[[], datetime] = _utc_now,
        authorize_url: str = AUTHORIZE_URL,
    ) -> None:
        self._transport = transport
        self._app = configuration
        self._now = now
        self._authorize_url = authorize_url

    def __repr__(self) -> str:
        return f"Auth({self._app!r})"

    def authorization_url(self) -> tuple[str, str]:
        """Where to send the person, and the `state` to keep until they are back."""
        if Scope.BASIC not in self._app.scopes:
            raise InvalidParameter(f"the scopes must contain {Scope.BASIC}")
        state = secrets.token_urlsafe(32)
        query = {
            "client_id": self._app.app_id,
            "redirect_uri": self._app.redirect_uri,
            "scope": self._app.scopes_str(),
            "response_type": "code",
            "state": state,
        }
        return f"{self._authorize_url}?{urlencode(query)}", state

    def complete_authorization(self, callback_url: str, state: str, *, long_lived: bool = True) -> Credentials:
        """Credentials for the URL that the window came back with. Raises `AuthorizationRefused`."""
        short = self.exchange_code(code_of(callback_url, state))
        return self.exchange_long_lived(short) if long_lived else short

    def exchange_code(self, code: str) -> Credentials:
        """A token of one hour for a code, which is good for one hour and for one use."""
        answer = self._ask(
            "POST",
            "/oauth/access_token",
            client_id=self._app.app_id,
            client_secret=self._app.api_secret,
            code=_without_fragment(code),
            grant_type="authorization_code",
            redirect_uri=self._app.redirect_uri,
        )
        now = self._now()
        return Credentials(
            access_token=_token(answer),
            user_id=answer.id("user_id"),  # a number on one of Meta's pages, a string on another
            scopes=self._app.scopes,
            short_lived=True,
            expiration=now + SHORT_LIFE,
            issued_at=now,
        )

    def exchange_long_lived(self, credentials: Credentials) -> Credentials:
        """A token of sixty days for one of an hour that has not ended. Only on a server: it takes the app secret."""
        if credentials.expired(self._now()):
            raise InvalidParameter("this token's hour is over: let the person authorize again")
        answer = self._ask(
            "GET",
            "/access_token",
            grant_type="th_exchange_token",
            client_secret=self._app.api_secret,
            access_token=credentials.access_token,
        )
        return self._renewed(credentials, answer)

    def refresh(self, credentials: Credentials) -> Credentials:
        """Sixty more days; keep what this returns, the former token has no promise any more.

        Raises `InvalidParameter` for a token that is short-lived, over, or younger than 24 hours. Neither scopes
        nor a permission that was taken back come with it.
        """
        now = self._now()
        if credentials.short_lived:
            raise InvalidParameter("a short-lived token cannot be refreshed: exchange it for a long-lived one")
        if credentials.expired(now):
            raise InvalidParameter("this token's time is over: let the person authorize again")
        if credentials.issued_at is not None and now - credentials.issued_at < YOUNGEST_TO_REFRESH:
            raise InvalidParameter("a token can be refreshed once it is 24 hours old")
        answer = self._ask(
            "GET", "/refresh_access_token", grant_type="th_refresh_token", access_token=credentials.access_token
        )
        return self._renewed(credentials, answer)

    def app_token(self) -> Credentials:
        """The app's own token, for `debug_token` where a user's is refused (apps in development mode)."""
        answer = self._ask(
            "GET",
            "/oauth/access_token",
            client_id=self._app.app_id,
            client_secret=self._app.api_secret,
            grant_type="client_credentials",
        )
        return Credentials(_token(answer))

    def debug_token(self, credentials: Credentials, *, caller: Credentials | None = None) -> TokenInfo:
        """What Threads knows of a token: scopes, age, end. `caller`: a token of the same app, itself when absent."""
        answer = self._ask(
            "GET",
            "/debug_token",
            input_token=credentials.access_token,
            access_token=(caller or credentials).access_token,
        )
        return TokenInfo.read(answer)

    def _renewed(self, credentials: Credentials, answer: Record) -> Credentials:
        now, lifetime = self._now(), answer.number("expires_in")
        if lifetime is None or not 0 < lifetime < 1e9:
            _refuse(answer, "an answer without `expires_in`")
        return replace(
            credentials,
            access_token=_token(answer),
            short_lived=False,
            expiration=now + timedelta(seconds=lifetime),
            issued_at=now,
        )

    def _ask(self, method: str, path: str, **params: str) -> Record:
        response = self._transport.send(Request(method, path, SecretParams(params)))
        if not 200 <= response.status < 300:
            # An error keeps Meta's words, and those may repeat what was sent.
            hidden = (*secrets_among(params), self._app.api_secret)
            return document_of(replace(response, body=without(response.body, hidden)))
        try:
            return document_of(response)
        except BadAnswer:
            pass
        # Whatever it is, it may hold a new token: nothing of it is kept.
        raise BadAnswer("an answer that is no JSON object", Response(response.status, b""))


def code_of(callback_url: str, state: str) -> str:
    """The code in the URL that the window came back with. Raises `AuthorizationRefused`. Pure."""
    try:
        query = parse_qs(urlsplit(callback_url).query)
    except ValueError:
        raise AuthorizationRefused("what came back is no address") from None
    # The state first: an answer to somebody else's question is not even read.
    # A terminal hands over bytes that are no text as halves of surrogate pairs.
    if not hmac.compare_digest(_first(query, "state").encode("utf-8", "surrogatepass"), state.encode()):
        raise AuthorizationRefused("the answer's `state` is not the one this authorization began with")
    if error := _first(query, "error") or _first(query, "error_reason"):
        said = _first(query, "error_description")
        raise AuthorizationRefused(redacted(f"{error}: {said}" if said else error)[:300])
    code = _without_fragment(_first(query, "code"))
    if not code:
        raise AuthorizationRefused("the answer holds no `code`")
    return code


def _first(query: Mapping[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _without_fragment(code: str) -> str:
    """Meta appends `#_` to the URL; what was copied by hand may still have it."""
    return code.strip().removesuffix("#_")


def _token(answer: Record) -> str:
    token = answer.text("access_token")
    if not token:
        _refuse(answer, "an answer without `access_token`")
    return token


def _refuse(answer: Record, why: str) -> NoReturn:
    """As `Record.refuse`, but the answer may hold a new token, so nothing of it is kept."""
    raise BadAnswer(why, Response(answer.response.status, b"", MappingProxyType({})))
