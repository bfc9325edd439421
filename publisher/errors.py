"""What we raise on purpose, as one small tree. The class decides the exit code; anything else is a bug.

Every error says what was seen (`message`), why it matters (`why`, may be empty) and the one thing to do about it
(`fix`). `code` is the catalogue's ("E801" style codes are explained by `publisher explain`).

    PublisherError 1            something failed for good
    ├── InvalidContent 3        posts or configuration; nothing was sent
    ├── NeedsPerson 4           an outcome is unknown, an id unbound, a post parked
    ├── TryAgain 5              temporary; everything is recorded
    ├── NotAllowed 6            token or permission
    ├── LostRace 7              locked, overtaken, or a stale checkout
    └── Refused 8               for safety: state missing, foreign, rewound, unreadable; a threshold; the plan changed
"""

from typing import ClassVar


class PublisherError(Exception):
    """Base of what we raise on purpose."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, code: str = "", why: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.why = why
        self.fix = fix


class InvalidContent(PublisherError):
    """Posts or publisher.yaml are not valid; the findings say where."""

    exit_code = 3


class NeedsPerson(PublisherError):
    """A person must decide; the fix names the command that records the decision."""

    exit_code = 4


class TryAgain(PublisherError):
    """Temporary. What was reached is recorded; the same command continues."""

    exit_code = 5


class NotAllowed(PublisherError):
    """The token, the account or the bucket's permissions do not allow it."""

    exit_code = 6


class LostRace(PublisherError):
    """Somebody else holds the lock, has written meanwhile, or this checkout is not the tip."""

    exit_code = 7


class Refused(PublisherError):
    """Refused for safety; nothing was sent and nothing overwritten."""

    exit_code = 8


EXIT_INTERRUPTED = 130
EXIT_CHANGES_PENDING = 10

# When several things went wrong in one run, the first of these is the exit code (design: section 6).
_PRECEDENCE = (EXIT_INTERRUPTED, 8, 7, 6, 3, 4, 5, 1)


def worst(codes: "set[int] | frozenset[int]") -> int:
    """The exit code of a run that met all of `codes`; 0 when there is none.

    >>> worst({5, 4, 1})
    4
    """
    return next((code for code in _PRECEDENCE if code in codes), 0)
