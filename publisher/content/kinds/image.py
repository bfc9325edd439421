"""One picture, with a text or without."""

from publisher.content.kinds.rules import TEXT_ONLY, KindRules
from publisher.content.post import Kind

RULES = KindRules(Kind.IMAGE, "a picture post", demands=("media",), forbids=TEXT_ONLY)
