"""What Threads sends by itself: was it Threads, and what does it say? Pure; the web server is yours.

The envelope is not the Graph API's usual one. Signature and handshake are described for Meta's webhooks in general,
not on the Threads page.
Source: https://developers.facebook.com/docs/threads/webhooks,
https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from publisher.threads_api.errors import BadAnswer, BadSignature
from publisher.threads_api.media import Media
from publisher.threads_api.messages import Response
from publisher.threads_api.reading import Record, unix_moment

SIGNATURE_HEADER = "X-Hub-Signature-256"
_PREFIX = "sha256="


@dataclass(frozen=True, slots=True)
class DeletedPost:
    """Value of the field `delete`."""

    id: str
    owner_id: str | None = None
    username: str | None = None
    deleted_at: datetime | None = None  # UTC
    timestamp: datetime | None = None  # UTC; when it was published
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One event: `value` is a `DeletedPost` for the field `delete`, else the post or reply."""

    topic: str  # "moderate" or "interaction"
    field: str  # "replies", "mentions", "publish", "delete", or one that is new
    value: Media | DeletedPost
    app_id: str | None = None
    target_id: str | None = None
    time: datetime | None = None  # UTC
    subscription_id: str | None = None
    root_owner_id: str | None = None  # `replies`: whose post the conversation began with
    root_username: str | None = None


def challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """What to answer to the GET that sets a subscription up, as plain text; None: it is not ours, answer 403."""
    token = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(token.encode(), verify_token.encode()):
        return None
    return query.get("hub.challenge")


def signature(body: bytes, secret: str) -> str:
    """The value that `X-Hub-Signature-256` has for this very body: "sha256=…"."""
    return _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(body: bytes, header: str | None, secrets: Iterable[str]) -> None:
    """Raises `BadSignature` unless one of the app's secrets signed these bytes, as they came.

    Which of an app's two secrets signs is not documented: give both. Sign the bytes, not the JSON read and written
    again: Meta escapes slashes.
    """
    given = (header or "").strip().encode("utf-8", "replace")
    # Every secret is tried, so that the time it takes says nothing.
    matches = [hmac.compare_digest(signature(body, secret).encode(), given) for secret in secrets if secret]
    if not any(matches):
        raise BadSignature("the webhook's signature does not match any of the app's secrets")


def event_of(body: bytes, header: str | None, secrets: Iterable[str]) -> WebhookEvent:
    """The event, once its signature is good. Raises `BadSignature`, or `BadAnswer` for another shape."""
    verify(body, header, secrets)
    return read_event(body)


def read_event(body: bytes) -> WebhookEvent:
    """The event of a body that has been verified. Raises `BadAnswer`."""
    response = Response(200, body)
    try:
        document = response.json()
    except ValueError:
        raise BadAnswer("a webhook that is no JSON", response) from None
    if not isinstance(document, dict):
        raise BadAnswer("a webhook that is no JSON object", response)
    whole = Record(document, response)
    values = whole.record("values")
    value = values.record("value") if values is not None else None
    root = value.record("root_post") if value is not None else None
    named = values.text("field") if values is not None else None
    if value is None or not named:
        whole.refuse("a webhook without `values`")
    return WebhookEvent(
        topic=whole.text("topic") or "",
        field=named,
        value=_deleted(value) if named == "delete" else Media.read(value),
        app_id=whole.label("app_id"),
        target_id=whole.label("target_id"),
        time=unix_moment(whole.number("time")),
        subscription_id=whole.label("subscription_id"),
        root_owner_id=root.label("owner_id") if root is not None else None,
        root_username=root.text("username") if root is not None else None,
    )


def _deleted(record: Record) -> DeletedPost:
    owner = record.record("owner")
    return DeletedPost(
        id=record.id(),
        owner_id=owner.label("owner_id") if owner is not None else None,
        username=record.text("username"),
        deleted_at=record.moment("deleted_at"),
        timestamp=record.moment("timestamp"),
        extra=record.rest(("id", "owner", "username", "deleted_at", "timestamp")),
    )


def event_json(event: Mapping[str, object]) -> bytes:
    """A payload as Meta spells it, slashes escaped; for tests of a receiver."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/").encode()
