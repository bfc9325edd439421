"""Webhooks: what Threads tells an app of, in its own envelope, signed (docs/threads.md, Reading).

`deliveries` is pure: it says what is to be sent where. `Sender` sends it aside, so that no call waits for a listener.
"""

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from publisher.sandbox import fields
from publisher.sandbox.text import mentions
from publisher.sandbox.values import Post, Subscription
from publisher.sandbox.world import World

FIELDS = {"replies": "moderate", "delete": "moderate", "mentions": "interaction", "publish": "interaction"}
_VALUES = {
    "publish": "id,media_type,permalink,timestamp,username",
    "replies": (
        "id,username,text,media_type,permalink,replied_to,root_post,shortcode,timestamp,is_verified,profile_picture_url"
    ),
    "mentions": (
        "id,username,text,media_type,permalink,replied_to,root_post,shortcode,timestamp,is_verified,profile_picture_url,"
        "media_product_type,media_url,alt_text,gif_url,has_replies,is_quote_post,is_reply"
    ),
}
_TIMEOUT_S = 10
_NO_PROXY = {"http": "", "https": ""}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST to a listener."""

    url: str
    body: bytes
    signature: str  # of the raw body: "sha256=…"


def deliveries(world: World, happened: str, post: Post) -> Iterator[Delivery]:
    """What is to be sent because `post` was published ("publish") or deleted ("delete")."""
    for field, target in _events(world, happened, post):
        for number, subscription in enumerate(world.data.subscriptions, start=1):
            if field in subscription.fields:
                yield _delivery(world, number, subscription, field, target, post)


def _events(world: World, happened: str, post: Post) -> Iterator[tuple[str, str]]:
    """(field, target id) of everything that an event means."""
    yield happened, post.id
    if happened != "publish":
        return
    root = world.data.posts.get(post.root or "")
    if root is not None and root.user_id != post.user_id:
        yield "replies", post.id
    named = mentions(post.text or "")
    for account in world.data.accounts.values():
        if account.username.lower() in named and account.id != post.user_id:
            yield "mentions", account.id


def _delivery(world: World, number: int, subscription: Subscription, field: str, target: str, post: Post) -> Delivery:
    now = world.clock()
    view = world.view()
    if field == "delete":
        value: dict[str, Any] = {
            "id": post.id,
            "owner": {"owner_id": post.user_id},
            "deleted_at": fields.time_text(now),
            "timestamp": fields.time_text(post.published_at),
            "username": view.account(post).username,
        }
    else:
        value = fields.read(post, _VALUES[field], view)
    if field == "replies":
        owner = world.data.posts[post.root or ""].user_id
        value["root_post"] |= {"owner_id": owner, "username": world.data.accounts[owner].username}
    document = {
        "app_id": subscription.app_id,
        "topic": FIELDS[field],
        "target_id": target,
        "time": int(now.timestamp()),
        "subscription_id": str(234567 + number),
        "has_uid_field": False,
        "values": {"field": field, "value": value},
    }
    # Slashes escaped, as in Meta's samples: whoever checks the signature over parsed JSON is caught here.
    body = json.dumps(document, separators=(",", ":")).replace("/", "\\/").encode()
    signature = hmac.new(subscription.app_secret.encode(), body, hashlib.sha256).hexdigest()
    return Delivery(subscription.url, body, f"sha256={signature}")


def subscribed(world: World, document: Any) -> dict[str, Any]:
    """Subscribe a URL that proves itself by Meta's handshake; `{"url": null}` ends all subscriptions."""
    if document["url"] is None:
        world.data.subscriptions.clear()
        return {"subscriptions": 0}
    url, wanted = str(document["url"]), document.get("fields", list(FIELDS))
    if urlsplit(url).scheme not in ("http", "https") or not isinstance(wanted, list) or not set(wanted) <= set(FIELDS):
        raise ValueError(f"a subscription has a url and fields: {', '.join(FIELDS)}")
    if not _proves_itself(url, str(document.get("verify_token", ""))):
        raise ValueError("the url did not answer the challenge as plain text")
    secret = str(document.get("app_secret", "sandbox"))
    world.data.subscriptions.append(Subscription(url, str(document.get("app_id", world.APP_ID)), secret, wanted))
    return {"subscriptions": len(world.data.subscriptions)}


def _proves_itself(url: str, verify_token: str) -> bool:
    import requests

    challenge = "1158201444"
    asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        answer = requests.get(url, params=asked, timeout=_TIMEOUT_S, allow_redirects=False, proxies=_NO_PROXY)
    except requests.RequestException:
        return False
    return answer.status_code == 200 and answer.text == challenge


class Sender:
    """Sends deliveries one after another, aside; a listener that is not there misses them."""

    def __init__(self, world: World) -> None:
        self._queue: queue.Queue[Delivery | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._world = world

    def start(self) -> None:
        self._world.happened = self._note
        self._thread.start()

    def stop(self) -> None:
        """Send what is waiting, and end."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(_TIMEOUT_S)

    def _note(self, happened: str, post: Post) -> None:
        for item in deliveries(self._world, happened, post):
            self._queue.put(item)

    def _run(self) -> None:
        import requests

        while (item := self._queue.get()) is not None:
            headers = {"Content-Type": "application/json", "X-Hub-Signature-256": item.signature}
            try:
                requests.post(
                    item.url,
                    data=item.body,
                    headers=headers,
                    timeout=_TIMEOUT_S,
                    allow_redirects=False,
                    proxies=_NO_PROXY,
                )
            except requests.RequestException:
                continue
