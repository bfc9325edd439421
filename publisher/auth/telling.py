"""How it stands with tokens, for people and for scripts; never a token itself. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from publisher.auth.standing import Standing
from publisher.report.escape import one_line
from publisher.report.json import FORMAT_VERSION
from publisher.report.paint import PLAIN, Paint

_LABEL = 10  # columns of the longest label and a gap


def standing_text(standing: Standing, paint: Paint = PLAIN) -> str:
    """One account: who it is, what it may do, until when, where the token is kept."""
    lines = [paint.bold(one_line(standing.account)) + f"  {_who(standing, paint)}"]
    for label, value in (
        ("token", one_line(standing.source)),
        ("scopes", one_line(", ".join(standing.scopes))),
        ("ends", _end(standing, paint)),
        ("refresh", _refresh(standing)),
    ):
        if value:
            lines.append(f"  {label:<{_LABEL}}{value}")
    return "\n".join(lines)


def standings_document(standings: Sequence[Standing]) -> dict[str, Any]:
    """`auth status --format json`, and with one account what `login` and `refresh` print."""
    return {"format_version": FORMAT_VERSION, "accounts": [_standing_json(standing) for standing in standings]}


def _standing_json(standing: Standing) -> dict[str, Any]:
    error = standing.refused
    return {
        "account": standing.account,
        "valid": error is None,
        "source": standing.source or None,
        "stored": standing.stored,
        "user_id": standing.user_id,
        "username": standing.username,
        "scopes": list(standing.scopes),
        "issued_at": _time(standing.issued_at),
        "expires_at": _time(standing.expires_at),
        "days_left": None if standing.left is None else standing.left // timedelta(days=1),
        "refreshable_at": _time(standing.refreshable_at),
        "error": None if error is None else {"code": error.code, "message": error.message, "fix": error.fix},
    }


def _who(standing: Standing, paint: Paint) -> str:
    if standing.refused is not None:
        return paint.red(f"refused ({standing.refused.code})") if standing.source else paint.red("no token")
    return paint.green(one_line(f"@{standing.username}" if standing.username else "?")) + f"  user {standing.user_id}"


def _end(standing: Standing, paint: Paint) -> str:
    if standing.left is None or standing.expires_at is None:
        return "not known" if standing.source else ""
    days = standing.left // timedelta(days=1)
    left = "1 day" if days == 1 else f"{days} days"
    text = f"{standing.expires_at:%Y-%m-%d %H:%M} UTC, {left} left" if standing.left else "is over"
    return paint.yellow(text) if standing.ends_soon else text


def _refresh(standing: Standing) -> str:
    if not standing.source or standing.refused is not None:
        return ""
    if standing.refreshable_at is None:
        return "once it is 24 hours old"
    if standing.refreshable_at > standing.now:
        return f"from {standing.refreshable_at:%Y-%m-%d %H:%M} UTC on"
    return "possible now"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
