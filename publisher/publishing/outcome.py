"""What counts as what for the publish call (protocol.md, 4.4). Pure.

Only a 200 with an id is success; only bytes that were never sent are failure; "not found" before any doubt means not
yet. All the rest is unknown, whatever it says: rate limits, 5xx and permission errors were all seen on posts that
were live.
"""

from enum import Enum

from publisher.threads_api.errors import NotFound, NotSent


class Outcome(Enum):
    NOT_SENT = "not sent"
    NOT_YET = "not found yet"
    AMBIGUOUS = "ambiguous"


def classify(error: Exception, *, certain: bool) -> Outcome:
    """The class of a publish call that raised. `certain`: no earlier attempt on this container was ambiguous."""
    if isinstance(error, NotSent):
        return Outcome.NOT_SENT
    if isinstance(error, NotFound) and error.subcode == 4279009 and certain:
        return Outcome.NOT_YET
    return Outcome.AMBIGUOUS
