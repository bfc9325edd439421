"""The kinds of post, and the checks that follow from a row: the only place that names them all."""

from collections.abc import Iterable, Iterator, Mapping

from publisher.content.findings import Finding
from publisher.content.kinds import carousel, chain, image, repost, text, video
from publisher.content.kinds.rules import TEXT_ONLY, KindRules
from publisher.content.post import Kind
from publisher.content.view import View

KINDS: Mapping[Kind, KindRules] = {
    module.RULES.kind: module.RULES for module in (text, image, video, carousel, chain, repost)
}


# Of each kind, the keys that can be wrong; most posts have none of them.
_TOUCHY = {kind: frozenset(rules.forbids) | {clash.second for clash in rules.clashes} for kind, rules in KINDS.items()}
_DEMANDED = {kind: frozenset(rules.demands) for kind, rules in KINDS.items()}


def kind_of(view: View) -> Kind:
    """The kind of one part, by its keys alone: whether single media are a video is known only after a look."""
    if view.has("repost"):
        return Kind.REPOST
    media = view.data.get("media")
    if not isinstance(media, list) or not media:
        return Kind.TEXT
    return Kind.CAROUSEL if len(media) > 1 else Kind.IMAGE


def kind_findings(view: View) -> Iterable[Finding]:
    """What the kind of this part has against its keys."""
    kind = kind_of(view)
    if _TOUCHY[kind].isdisjoint(view.data) and _DEMANDED[kind] <= view.data.keys():
        return ()
    return _against(view, KINDS[kind])


def _against(view: View, rules: KindRules) -> Iterator[Finding]:
    yield from _demanded(view, rules)
    yield from _forbidden(view, rules)
    for clash in rules.clashes:
        if view.has(clash.first) and view.has(clash.second):
            message = f"{clash.first} and {clash.second} do not go together"
            code = "E260" if clash.certain else "W262"
            # A ghost has no other parts into which one of the two could go.
            fix = f"delete {clash.second}, or {clash.first}" if clash.first == "ghost" else ""
            yield view.found(code, view.key_place(clash.second), message, why=clash.why, fix=fix)


def chain_findings(view: View) -> Iterator[Finding]:
    """What a chain has against the keys of the file as a whole."""
    if view.has("thread") and not view.has("repost"):
        yield from _forbidden(view, KINDS[Kind.CHAIN])


def _demanded(view: View, rules: KindRules) -> Iterator[Finding]:
    for key in rules.demands if view.data else ():  # of nothing at all the schema has said so
        if key not in view.data and not _misspelled(view, key):
            others = [other for other in ("link", "poll", "gif", "attached_text", "quote", "thread") if view.has(other)]
            what = f"{key} is missing" + (f" beside {others[0]}" if others else ": there is nothing to post")
            # Of what is said beside it some goes with a text alone; then media would not do.
            alone = any(map(view.has, (*TEXT_ONLY, "spoilers")))
            yield view.found("E202", view.own_place, what, fix="add text: with words" if alone else "")


def _misspelled(view: View, key: str) -> bool:
    """Whether the key that is demanded, or one that would do as well, is there under a name that the schema refuses."""
    from publisher.content.schema import load_schema
    from publisher.content.slips import suggest

    schema = load_schema("post")
    known = tuple((schema if not view.pointer else schema["definitions"]["part"])["properties"])
    unknown = [name for name in view.data if name not in known][:_MOST_LOOKED_AT]
    return any(suggest(name, known, "post") in (key, "media", "repost") for name in unknown)


_MOST_LOOKED_AT = 50  # unknown keys of one mapping; each takes a millisecond


def _forbidden(view: View, rules: KindRules) -> Iterator[Finding]:
    for key, why in rules.forbids.items():
        if view.has(key):
            place, message = view.key_place(key), f"{rules.name} cannot have {key}"
            yield view.found("E260", place, message, why=why, fix=_way_out(view, rules.kind, key))


def _way_out(view: View, kind: Kind, key: str) -> str:
    """What can be done about a forbidden key that can go into no other part; nothing where it can."""
    if kind is Kind.REPOST:
        return f"delete {key}" + (", or write quote in the place of repost" if key == "text" else "")
    if key != "ghost":
        return ""
    return "delete ghost" + (", or thread" if kind is Kind.CHAIN else ", or media" if view.has("text") else "")
