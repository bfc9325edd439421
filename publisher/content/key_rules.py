"""Keys that most posts do not have: what each of them demands beyond its form, which the schema judges."""

from collections.abc import Iterator

from publisher.content.findings import Finding
from publisher.content.view import View


def key_findings(view: View) -> Iterator[Finding]:
    """What the rarer keys of one part have against their values."""
    if _RARE.isdisjoint(view.data):
        return
    yield from _poll(view)


_RARE = frozenset({"poll"})


def _poll(view: View) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, option in view.texts("poll"):
        same = option.strip().casefold()
        if same in seen:
            message = f'the poll offers "{option.strip()[:25]}" twice'
            yield view.found("W237", view.item_place("poll", number), message)
        seen.add(same)
