"""HTML for people: templates that escape all they are given, their stylesheets, and the policy a page is served under.

A page carries its styles within, known to its policy by their hash, so that it keeps both when it is saved to disk.
No page has a script, and no policy lets one in.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_SANDBOX = Path(__file__).parent


def render(template: str, *, sheet: str, forms: bool = False, **facts: object) -> str:
    """The page of `templates/<template>.html`, dressed by `static/base.css` and `static/<sheet>.css`.

    `forms`: it has a form, and the form may lead anywhere.
    """
    wanted = _templates().get_template(f"{template}.html")
    return wanted.render(css=_css(sheet), policy=policy(sheet, forms=forms), **facts)


def headers(sheet: str, *, forms: bool = False) -> dict[str, str]:
    """What a page is sent with. A frame around it is forbidden here: within the page browsers would not hear of it."""
    return {
        "Content-Security-Policy": f"{policy(sheet, forms=forms)}; frame-ancestors 'none'",
        # With no-referrer a browser hides a form's origin as well, by which the sandbox knows its own.
        "Referrer-Policy": "same-origin" if forms else "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


@cache
def policy(sheet: str, *, forms: bool = False) -> str:
    """Nothing but the page's own styles, and pictures and videos of the sandbox itself."""
    digest = base64.b64encode(hashlib.sha256(_css(sheet).encode()).digest()).decode()
    # Browsers apply form-action to the redirect after a form too, which leads to an app that nobody knows before.
    sending = "" if forms else "; form-action 'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; media-src 'self'; "
        f"base-uri 'none'{sending}"
    )


def hue(username: str) -> int:
    """The colour of an account's initial: 0-359, the same everywhere."""
    return int.from_bytes(hashlib.sha256(username.encode()).digest()[:2]) % 360


@cache
def _css(sheet: str) -> str:
    return "".join((_SANDBOX / "static" / f"{name}.css").read_text("utf-8") for name in ("base", sheet))


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_SANDBOX / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["hue"] = hue
    return environment
