"""Two to twenty pictures and videos, in the order of the file; the text belongs to the whole."""

from publisher.content.kinds.rules import TEXT_ONLY, KindRules
from publisher.content.post import Kind

RULES = KindRules(Kind.CAROUSEL, "a carousel", demands=("media",), forbids=TEXT_ONLY)
