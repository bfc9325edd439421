"""Another post, shown again as it is."""

from publisher.content.kinds.rules import KindRules
from publisher.content.post import Kind

_ALONE = "a repost stands alone; to add words, use quote"

RULES = KindRules(
    Kind.REPOST,
    "a repost",
    demands=("repost",),
    forbids=dict.fromkeys(
        (
            "text",
            "media",
            "thread",
            "poll",
            "link",
            "gif",
            "quote",
            "reply_to",
            "topic",
            "reply_control",
            "reply_approvals",
            "countries",
            "location",
            "ghost",
            "attached_text",
            "spoilers",
            "share_to_instagram",
        ),
        _ALONE,
    ),
)
