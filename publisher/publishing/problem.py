"""What went wrong with a call, in our words and with what to do; one table over the client's errors. Pure."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from publisher.errors import NeedsPerson, NotAllowed, PublisherError, TryAgain
from publisher.threads_api import errors as api


class Reaction(Enum):
    """What the loop may do about it."""

    RETRY = "retry"  # bounded, then come back in a later run
    REFUSED = "refused"  # this post failed for good; the others go on
    STOP = "stop"  # nothing more is sent in this run


@dataclass(frozen=True, slots=True)
class Problem:
    """As `publish --format json` shows it under "error"."""

    code: str
    message: str
    fix: str = ""
    exit_code: int = 1
    api_code: int | None = None
    api_subcode: int | None = None
    trace_id: str | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "fix": self.fix,
            "api_code": self.api_code,
            "api_subcode": self.api_subcode,
            "trace_id": self.trace_id,
        }

    @classmethod
    def of(cls, error: PublisherError) -> "Problem":
        return cls(error.code, error.message, error.fix, error.exit_code, why=error.why)

    def as_error(self) -> PublisherError:
        """The problem as an exception, for one that stops the whole run."""
        kind = {4: NeedsPerson, 5: TryAgain, 6: NotAllowed}.get(self.exit_code, PublisherError)
        return kind(self.message, code=self.code, why=self.why, fix=self.fix)


def read_error(error: api.ThreadsError, doing: str) -> tuple[Reaction, Problem]:
    """How to take an error of any call but the publish call itself; `doing` reads "creating the container"."""
    match error:
        case api.NotSent() | api.NoAnswer():
            return Reaction.RETRY, Problem("E706", f"{doing}: {error}", "run again", 5)
        case api.BadAnswer():
            fix = "run again; if it stays, check that the token has the scope this call needs"
            return Reaction.RETRY, Problem("E706", f"{doing}: {error}", fix, 5)
        case api.AuthenticationError():
            fix = "put a fresh token into THREADS_ACCESS_TOKEN, or publisher auth login; then run again"
            return Reaction.STOP, _api_problem("E602", doing, error, fix, 6)
        case api.PermissionDenied():
            fix = "grant the token the scope that this call needs, then run again"
            return Reaction.STOP, _api_problem("E604", doing, error, fix, 6)
        case api.Restricted():
            fix = "look into the Threads app what Meta asks of the account; nothing more is sent in this run"
            return Reaction.STOP, _api_problem("E709", doing, error, fix, 6)
        case api.RateLimited():
            return Reaction.RETRY, _api_problem("E708", doing, error, "run again later", 5)
        case api.ApiError():
            return _refused_or_transient(doing, error)
        case _:
            return Reaction.REFUSED, Problem("E704", f"{doing}: {error}", "change the post file, then run again")


def _refused_or_transient(doing: str, error: api.ApiError) -> tuple[Reaction, Problem]:
    # Parameter errors often come with HTTP 500, so the status class decides nothing (docs/threads.md, Errors).
    if error.transient or (error.code in (1, 2) and error.subcode is None):
        return Reaction.RETRY, _api_problem("E706", doing, error, "run again", 5)
    if error.subcode == 4279047:
        fix = "remove link: from the post, or use a page that Threads can preview"
        return Reaction.REFUSED, _api_problem("E710", doing, error, fix)
    if error.subcode == 2207052:
        fix = "make the media URL answer an anonymous GET, then: publisher publish"
        return Reaction.REFUSED, _api_problem("E711", doing, error, fix)
    return Reaction.REFUSED, _api_problem("E704", doing, error, "change the post file, then run again")


def _api_problem(code: str, doing: str, error: api.ApiError, fix: str, exit_code: int = 1) -> Problem:
    return Problem(code, f"{doing}: {error}", fix, exit_code, error.code, error.subcode, error.trace_id)
