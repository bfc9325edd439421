"""Where the addresses in a text really lead: hosts that are read as another one. Pure.

Mixed scripts inside one label are told by `hidden`; here is what stays within one script, or within ASCII.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from publisher.content.hidden import Hidden

# Letters that a reader takes for a Latin one (Unicode's confusables, those of common fonts). A label of nothing else is
# a Latin word to the eye, and another host.
_LATIN_TWINS = frozenset("асԁеҽһіїјӏкмоорԛѕтԝхуүѵѡгпьъзбɡ" + "ανορτυχικ" + "օսոցհզյ")
# Signs that look like the slash after a host, and are a part of it.
_SLASHES = "\u2044\u2215\u29f8\u2571\uff0f"


def strange_hosts(text: str) -> Iterator[Hidden]:
    """The first address of a text whose host is not what it seems, as W243; none for most texts.

    >>> [thing.message for thing in strange_hosts("https://paypal.com@acme.dev/")]
    ['the address leads to acme.dev; what stands before the @ is a user name']
    """
    if not may_mislead(text):
        return
    for match in _authorities().finditer(text):
        if (message := _problem(match[1])) is not None:
            yield Hidden("W243", message, match[1], text.count(match[1], 0, match.start()))
            return


def may_mislead(source: str) -> bool:
    """A cheap question that is never wrong when it says no."""
    at = source.find("://")
    while at >= 0:
        if _strange_authority().match(source, at + 3) is not None:
            return True
        at = source.find("://", at + 3)
    if "w." not in source and "W." not in source:
        return False
    # Each run is looked at once, whatever it repeats: looked at from every `www.` in it, 64 KiB take half a minute.
    return any(_strange_authority().match(run[1]) is not None for run in _www_runs().finditer(source))


def _problem(authority: str) -> str | None:
    if authority.isascii() and "@" not in authority and "xn--" not in authority:
        return None  # as nearly all are
    user, at, host = authority.rpartition("@")
    if at:
        return f"the address leads to {_ascii(host)}; what stands before the @ is a user name" if user else None
    if any(sign in host for sign in _SLASHES):
        return f"a sign in the host {host!a} looks like a slash and is none"
    name = host.partition(":")[0].lower()
    for label in name.split("."):
        shown = _unicode(label)
        if not shown.isascii() and set(shown) <= _LATIN_TWINS:
            return f"the host {_ascii(name)} is written in letters that look like Latin ones: {shown!a}"
    return None


def _unicode(label: str) -> str:
    """A label as browsers show it: "xn--bcher-kva" is "bücher"."""
    if not label.startswith("xn--"):
        return unicodedata.normalize("NFC", label)
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _ascii(host: str) -> str:
    """A host as it is looked up, so that nothing in it looks like something else."""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in host.split(".")
    )


@cache
def _authorities() -> Any:
    return re.compile(r"(?:https?://|(?<![\w@/.])(?=www\.))([^\s/?#<>\"“”]+)", re.IGNORECASE)


# A host with a letter beyond ASCII, or written in the way that spells one; or a user name before it.
_STRANGE = r"[^\s/?#]*?(?:[^\x00-\x7f]|@|xn--)"


@cache
def _strange_authority() -> Any:
    return re.compile(_STRANGE, re.IGNORECASE)


@cache
def _www_runs() -> Any:
    return re.compile(r"www\.([^\s/?#]+)", re.IGNORECASE)
