"""The page that the browser shows when the window has answered: it says so, and can do nothing else. Pure."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}"
    "main{max-width:26rem;padding:1.5rem;overflow-wrap:anywhere}h1{margin:0;font-size:1.25rem}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address of this page holds the code
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"><style>{style}</style></head>
<body><main><h1>{title}</h1><p{role}>{words}</p></main></body></html>
"""


def closing_page(problem: str) -> tuple[bytes, Mapping[str, str]]:
    """Body and headers. `problem`: why there is no access, one sentence; empty when the answer was good."""
    title, words, role = (
        ("No access", f"{escape(problem)} You can close this window; the terminal says what to do.", ' role="alert"')
        if problem
        else ("Back to the terminal", "The answer has arrived. You can close this window.", "")
    )
    return _PAGE.format(title=title, words=words, role=role, style=_STYLE).encode("utf-8", "replace"), _HEADERS
