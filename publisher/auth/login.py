"""A person's way to a token: the window, the code that comes back, the token of an hour, the one of sixty days."""

from collections.abc import Callable
from dataclasses import replace

from publisher.auth.callback import Callback
from publisher.auth.standing import LOGIN
from publisher.auth.threads import Threads, in_our_words
from publisher.errors import NotAllowed, TryAgain
from publisher.report.escape import one_line
from publisher.settings import AccountSettings
from publisher.threads_api import ApiError, Configuration, Credentials, RateLimited
from publisher.threads_api.redaction import redacted

# What publishing, looking at what is live, and the commands that take down need.
USUAL_SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_replies",
    "threads_read_replies",
    "threads_manage_insights",
    "threads_delete",
)


def by_window(threads: Threads, app: Configuration, callback: Callback, show: Callable[[str], None]) -> Credentials:
    """A token of sixty days, by a person's consent.

    The app's scopes hold `threads_basic`; `show` is given the window's address and brings the person there. Raises
    `NotAllowed` for whatever is refused: E606 no access, E607 a code that was used or whose hour is over, E612 nobody
    came back.
    """
    auth = threads.auth(app)
    url, state = auth.authorization_url()
    while redacted(state) != state:  # one in two hundred looks like a token, and would be printed as stars
        url, state = auth.authorization_url()
    callback.begin(state)
    show(url)
    code = callback.code()
    refused = ""
    with in_our_words("exchanging the code"):
        try:
            short = auth.exchange_code(code)
        except ApiError as error:
            if error.transient or isinstance(error, RateLimited):
                raise
            refused = one_line(str(error))
    if refused:
        raise NotAllowed(
            f"Threads did not take the code: {refused}",
            code="E607",
            why="a code is good once, for one hour, for the app and the redirect URI that it was asked with",
            fix=f"{LOGIN}; check THREADS_API_SECRET if it stays",
        )
    with in_our_words("exchanging the token of an hour for one of sixty days", code="E607"):
        return auth.exchange_long_lived(short)


def tried_out(threads: Threads, credentials: Credentials) -> Credentials:
    """A new token, with all that Threads tells of it. Raises `NotAllowed` where Threads refuses it.

    Where Threads cannot be asked just now, a token whose user the exchange has named is kept all the same: the person
    would have to consent again. Raises `TryAgain` where even that is not known.
    """
    try:
        return threads.completed(credentials)
    except TryAgain:
        if credentials.user_id is None:
            raise
    return replace(credentials, extra={**credentials.extra, "endpoint": threads.endpoint})


def check_user(account: AccountSettings, credentials: Credentials, former: Credentials | None) -> None:
    """Raises `NotAllowed` E603 where the token is not of the user that the account is, or was until now."""
    expected, whence = account.user_id, "publisher.yaml says"
    if expected is None and former is not None:
        expected, whence = former.user_id, "the token stored until now is of"
    if expected is None or expected == credentials.user_id:
        return
    raise NotAllowed(
        f"the token is of user {credentials.user_id}{_name(credentials)}; "
        f"for the account {account.name} {whence} user {expected}{_name(former) if account.user_id is None else ''}",
        code="E603",
        why="it would post to the wrong profile; nothing was stored",
        fix="log in as that user, in a window where nobody else is"
        if account.user_id is not None
        else f"log in as that user; or publisher auth logout --account {account.name} first, if the user is to change",
    )


def _name(credentials: Credentials | None) -> str:
    username = credentials.extra.get("username") if credentials is not None else None
    return f" (@{one_line(username)})" if isinstance(username, str) else ""
