"""Who may speak to what listens on loopback: a browser brings pages of strangers, and they can send requests there.

Two ways in are closed. A stranger's name that leads to loopback (DNS rebinding) makes his page one of the sandbox's own
to the browser: the `Host` header still has that name. And a form or script of another page can send without reading:
browsers say so in `Origin` and `Sec-Fetch-Site`, which no page can set. What is no browser sends neither. Pure.
"""

import ipaddress
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

_CONTROLS = "/_sandbox/"
_CONSENT = "/oauth/authorize/"


def strange_host(host: str | None, allowed: Collection[str] = ()) -> str | None:
    """Why a `Host` header is refused, in a sentence; None for a name of loopback or one that is `allowed`."""
    if host is None or _is_ours(name := _name(f"//{host}"), allowed):  # every browser sends one
        return None
    return f'"{name}" is no name of this sandbox: it answers to 127.0.0.1, localhost and the hosts it was told to allow'


def strange_page(method: str, path: str, headers: Mapping[str, str]) -> str | None:
    """Why a call to the controls or the consent window is refused, in a sentence; None where it is not.

    Apps send the browser to the window, so a link of anybody's may lead there; its buttons work from nowhere else.
    """
    path = f"/{path.strip('/')}/"
    if not path.startswith((_CONTROLS, _CONSENT)) or _is_own(headers):
        return None
    if path == _CONSENT and method in ("GET", "HEAD") and headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
        return None
    return "A page of another origin sent this; the sandbox's controls and consent take it from its own pages only"


def strange_origin(origin: str | None, allowed: Collection[str] = ()) -> bool:
    """Whether an `Origin` header names a page that is not of this machine."""
    return origin is not None and not _is_ours(_name(origin), allowed)


def _is_own(headers: Mapping[str, str]) -> bool:
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site in ("same-origin", "none"):  # none: a person typed the address
        return True
    return site != "cross-site" and (origin is None or origin == f"http://{headers.get('Host')}")


def _name(address: str) -> str:
    """The host of an address, without port and brackets; "" where it cannot be read."""
    try:
        return (urlsplit(address).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _is_ours(name: str, allowed: Collection[str]) -> bool:
    if name == "localhost" or name.endswith(".localhost") or name in allowed:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
