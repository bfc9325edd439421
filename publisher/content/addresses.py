"""Addresses that Threads is asked to fetch: https, and a host that the whole world can reach.

The address is passed on, never opened here; what is refused is what could only mean the inside of somebody's network.
"""

import re
from collections.abc import Sequence

# Names that never lead out of a network or a machine (RFC 2606, 6761, 6762, 7686, 8375, and common habit).
_INSIDE = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
_NOWHERE = ("test", "invalid", "onion", "example")


def public_problem(url: str) -> str | None:
    """Why Threads could not, or should not, fetch `url`; None when nothing speaks against it."""
    from urllib.parse import urlsplit  # most posts name no address

    if any(character.isspace() for character in url):
        return "the address has a space or a line break in it"
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "this is not an address"
    if parts.scheme.lower() != "https":
        return f"the address begins with {parts.scheme}:// and not with https://" if parts.scheme else _NO_SCHEME
    if parts.username is not None or parts.password is not None:
        return "the address carries a user name"
    if not host:
        return "the address has no host"
    if port not in (None, 443):
        return "the address names a port; Threads fetches from the usual one"
    return _host_problem(host)


_NO_SCHEME = "the address does not begin with https://"


def card_problem(url: str) -> str | None:
    """Why nobody out in the world could open `url`; None when nothing speaks against it, or it has not even the form.

    Less is asked than of media, which Threads must be able to fetch: readers may well be led to a port or to a number.
    """
    scheme, _, host = url.partition("://")
    if scheme.lower() not in ("http", "https") or url.split() != [url]:
        return None  # the schema has said so
    for end in "/?#\\":
        host = host.partition(end)[0]
    host = host.rpartition("@")[2].lower()
    if host.startswith("["):
        return _number_problem(host[1:].partition("]")[0])
    host = host.partition(":")[0].removesuffix(".")
    labels = host.split(".")
    if labels[-1].isdecimal():
        return _number_problem(host)
    return f"{host} is not a public host" if host and (not all(labels) or _leads_inside(labels)) else None


def _number_problem(number: str) -> str | None:
    from ipaddress import ip_address  # hardly any link names a number

    try:
        public = ip_address(number).is_global
    except ValueError:
        public = False
    return None if public else f"{number} is not a public host"


def _host_problem(host: str) -> str | None:
    # Numbers in any notation that resolvers accept: 127.0.0.1, 2130706433, 0x7f.1, [::1].
    if ":" in host or re.fullmatch(r"[0-9.]+|(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}", host):
        return "the address names a number instead of a host"
    labels = host.split(".")
    if _leads_inside(labels):
        return f"{host} is not a public host"
    if not all(re.fullmatch(r"[^\W_](?:[\w-]{0,61}[^\W_])?|_\w+", label) for label in labels):
        return f"{host} is not the name of a host"
    return None


def _leads_inside(labels: Sequence[str]) -> bool:
    return len(labels) == 1 or labels[-1] in _INSIDE or labels[-1] in _NOWHERE
