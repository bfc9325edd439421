"""A post without media: the kind that may carry a link card, a poll, a GIF, attached text, or be a ghost."""

from publisher.content.kinds.rules import Clash, KindRules
from publisher.content.post import Kind

_GHOST = "a ghost post is text and spoilers, nothing else"
_SILENT = "Meta does not say whether the two go together; other clients treat them as exclusive"

RULES = KindRules(
    Kind.TEXT,
    "a text post",
    demands=("text",),
    clashes=(
        Clash("poll", "attached_text", "Threads does not take a poll and attached text in one post"),
        Clash("poll", "link", "Threads does not take a poll and a link card in one post"),
        *(
            Clash("ghost", key, _GHOST)
            for key in ("reply_to", "quote", "poll", "link", "gif", "topic", "attached_text", "reply_control")
        ),
        *(Clash("ghost", key, _GHOST) for key in ("countries", "location", "share_to_instagram")),
        Clash("ghost", "reply_approvals", "replies to a ghost post cannot be approved"),
        Clash("gif", "poll", _SILENT, certain=False),
        Clash("gif", "link", _SILENT, certain=False),
        Clash("gif", "attached_text", _SILENT, certain=False),
        Clash("quote", "poll", _SILENT, certain=False),
        Clash("quote", "gif", _SILENT, certain=False),
        Clash("quote", "attached_text", _SILENT, certain=False),
    ),
)
