"""What is live, as JSON: the source of `/_sandbox/posts` and of the feed page."""

from typing import Any

from publisher.sandbox import fields
from publisher.sandbox.faults import FaultyWorld

_WANTED = ",".join(name for name in fields.READERS if name != "children")
_WANTED += ",children{id,media_type,media_url,alt_text}"


def published_json(faulty: FaultyWorld) -> list[dict[str, Any]]:
    """The published feed, oldest first: every field that has a value, and how each post came about."""
    faulty.catch_up()
    with faulty.world.lock:
        view = faulty.world.view()
        return [
            {**fields.read(post, _WANTED, view), "reply_to_id": post.reply_to, "container_id": post.container_id}
            for post in faulty.world.published()
        ]
