"""One video, with a text or without."""

from publisher.content.kinds.rules import TEXT_ONLY, KindRules
from publisher.content.post import Kind

RULES = KindRules(Kind.VIDEO, "a video post", demands=("media",), forbids=TEXT_ONLY)
