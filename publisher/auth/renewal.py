"""Sixty more days for a token that is still good."""

from publisher.auth.standing import check_refreshable
from publisher.auth.threads import NO_APP, Threads, in_our_words
from publisher.errors import NotAllowed, TryAgain
from publisher.threads_api import Credentials


def refreshed(threads: Threads, credentials: Credentials, remedy: str) -> Credentials:
    """The token that takes this one's place, tried out. `remedy`: how one that is not good any more is replaced.

    Raises `NotAllowed` E602 for a token that Threads refuses, E609 for one that it does not refresh. Then the old one
    is what it was.
    """
    try:
        known = threads.completed(credentials, remedy)
    except NotAllowed:
        if credentials.expired(threads.now()):
            check_refreshable(credentials, threads.now())  # says better than Threads what is the matter
        raise
    check_refreshable(known, threads.now())  # by Threads' clock, and what it says of the token's age
    with in_our_words("refreshing the token", remedy):
        new = threads.auth(NO_APP).refresh(known)
    try:
        me = threads.who(new, remedy)
    except TryAgain:
        return new  # Threads gave it and cannot be asked now; the old one has no promise any more
    if me.id != known.user_id:
        raise NotAllowed(f"the refreshed token is of another user, {me.id}", code="E603", fix=remedy)
    return new
