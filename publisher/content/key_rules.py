"""Keys that most posts do not have: what each of them demands beyond its form, which the schema judges."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from publisher.content.addresses import card_problem
from publisher.content.countries import COUNTRIES, MEANT
from publisher.content.findings import Finding
from publisher.content.spoilers import SPOILER_LIMIT, overlapping, ranges, readings_part
from publisher.content.view import View


def key_findings(view: View) -> Iterable[Finding]:
    """What the rarer keys of one part have against their values."""
    if _RARE.keys().isdisjoint(view.data):
        return ()
    return (finding for key, against in _RARE.items() if key in view.data for finding in against(view))


def _poll(view: View) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, option in view.texts("poll"):
        same = option.strip().casefold()
        if same in seen:
            message = f'the poll offers "{option.strip()[:25]}" twice'
            yield view.found("W237", view.item_place("poll", number), message)
        seen.add(same)


def _spoilers(view: View) -> Iterator[Finding]:
    text = view.text("text") or ""
    known = []
    for number, piece in view.texts("spoilers"):
        if piece in text:
            known.append(piece)
        else:
            place = view.item_place("spoilers", number)
            yield view.found("E216", place, f'"{piece[:60]}" does not stand in the text')
    found = ranges(text, known)
    if (clash := overlapping(found)) is not None:
        one, other = clash
        message = f'"{one.piece[:40]}" and "{other.piece[:40]}" overlap in the text'
        number = max(number for number, piece in view.texts("spoilers") if piece in (one.piece, other.piece))
        yield view.found("E217", view.item_place("spoilers", number), message)
    if len(found) > SPOILER_LIMIT:
        message = f"the spoilers stand in {len(found)} places of the text; Threads takes {SPOILER_LIMIT}"
        yield view.found("E218", view.key_place("spoilers"), message)
    if readings_part(text, found):
        message = "the text has characters on which counts of spoilers part"
        yield view.found("W219", view.key_place("spoilers"), message)


def _countries(view: View) -> Iterator[Finding]:
    for number, code in view.texts("countries"):
        # What has not even the form of a code is told by the schema.
        if code not in COUNTRIES and len(code) == 2 and code.isupper():
            meant = MEANT.get(code)
            fix = f"did you mean {meant}?" if meant else ""
            yield view.found("E246", view.item_place("countries", number), f"there is no country {code}", fix=fix)


def link_findings(view: View) -> Iterator[Finding]:
    """What speaks against the address of a card, of a post or of its attached text (`view`)."""
    address = view.text("link")
    if address is not None and (problem := card_problem(address)) is not None:
        why = "Threads makes the card of what it finds there, and readers are to get there too"
        yield view.found("E245", view.place("link"), problem, why=why, fix="use an address that everybody can open")


def _half_hidden(view: View) -> Iterator[Finding]:
    """Threads hides the whole of a carousel or nothing of it (docs/threads.md, Carousels)."""
    items = list(view.below("media"))
    hidden = [item for item in items if item.flag("spoiler")]
    if hidden and len(hidden) < len(items):
        message = f"{len(hidden)} of {len(items)} items are spoilers; Threads hides all of a carousel, or none"
        yield view.found("E317", hidden[0].key_place("spoiler"), message)


_RARE: Mapping[str, Callable[[View], Iterator[Finding]]] = {
    "media": _half_hidden,
    "poll": _poll,
    "spoilers": _spoilers,
    "countries": _countries,
    "link": link_findings,
}
