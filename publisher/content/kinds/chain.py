"""A post and its own replies. Each part is a post of its own kind; these rules are those of the whole file."""

from publisher.content.kinds.rules import KindRules
from publisher.content.post import Kind

RULES = KindRules(
    Kind.CHAIN,
    "a chain",
    demands=("thread",),
    forbids={
        "ghost": "a ghost post disappears after a day and would leave its replies without a beginning",
        "repost": "a repost stands alone",
    },
)
