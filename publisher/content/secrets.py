"""What looks like a key or a token: it must never be posted, and is in the history already. Pure."""

import re
from functools import cache
from typing import Any

# Looked for first: a search for eight patterns in every text would cost more than all other rules together.
_BEGINNINGS = (
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "xox",
    "THAA",
    "THQ",
    "TH|",  # of an app: TH|<app id>|<token or secret>
    "eyJ",
    "-----BEGIN",  # and not what follows it: words may be parted by the end of a line
)


# Whole beginnings are looked for in what is left without the letters that texts are made of: a tenth of the file, in
# which each must still be found. What stood apart may meet there, and then the text itself is asked.
_KEPT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZghxy_|-\n"
_DROPPED = bytes(byte for byte in range(256) if byte not in _KEPT)


def may_hold_secret(text: str) -> bool:
    """A cheap question that is never wrong when it says no."""
    if _traces().search(text.encode("utf-8", "surrogatepass").translate(None, _DROPPED)) is None:
        return False
    return any(beginning in text for beginning in _BEGINNINGS)


@cache
def _traces() -> Any:
    """What is left of the beginnings."""
    left = dict.fromkeys(beginning.encode().translate(None, _DROPPED) for beginning in _BEGINNINGS)
    return re.compile(b"|".join(map(re.escape, left)))


def holds_secret(text: str) -> bool:
    return may_hold_secret(text) and _secrets().search(text) is not None


def without_keys(text: str) -> str:
    """The text with `***` for all that looks like a key or a token."""
    return _secrets().sub("***", text) if may_hold_secret(text) else text


@cache
def _secrets() -> Any:
    """How credentials begin, so that they can be found: those of AWS, GitHub, Slack, Threads; PEM; JWT."""
    return re.compile(
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}|\bgithub_pat_\w{30,}|\bxox[abprs]-[\w-]{20,}"
        r"|\bTH(?:AA|Q[A-Z])[\w-]{40,}|\bTH\|\d{6,}\|[\w-]{20,}"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\."
    )
