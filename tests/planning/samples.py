"""Small posts, records and plans for tests; every value can be overridden."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.content.post import MediaItem, Part, Post, Reference
from publisher.planning.plan import Plan, PlanInput, PlannedPost, make_plan
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.settings import AccountSettings

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ACCOUNT = AccountSettings("acme")
EMPTY = State(lineage="l1", account="acme", endpoint="https://graph.threads.net", serial=1, write_id="w")


def picture(name: str = "cat.jpg", **changes: Any) -> MediaItem:
    item = MediaItem("image", f"posts/{name}", None, f"A {name}", sha256=f"{hash(name) & 0xFFFF:064x}")
    return replace(item, **changes)


def post(post_id: str = "launch", text: str | None = "Acme 2.0 is out", **changes: Any) -> Post:
    """A text post, or with `media=`, `quote=`, … of one part; `thread=("two", "three")` makes a chain."""
    thread = changes.pop("thread", ())
    of_part = {key: changes.pop(key) for key in list(changes) if key in Part.__dataclass_fields__}
    first = Part(index=1, text=text, **of_part)
    rest = tuple(
        replace(item, index=number) if isinstance(item, Part) else Part(index=number, text=item)
        for number, item in enumerate(thread, start=2)
    )
    return Post(id=post_id, path=f"posts/{post_id}.yaml", account="acme", parts=(first, *rest), **changes)


def quote_of(post_id: str) -> Reference:
    return Reference("post", post_id)


def record(of: Post, *phases: Phase, at: datetime = NOW - timedelta(hours=1)) -> PostRecord:
    """The record of a post whose parts are in `phases`; PUBLISHED everywhere when none are given."""
    named = phases or (Phase.PUBLISHED,) * len(of.parts)
    parts = tuple(
        _part(part, phase, number, at) for number, (part, phase) in enumerate(zip(of.parts, named, strict=True))
    )
    return PostRecord(path=of.path, kind=of.kind.value, fingerprint=of.fingerprint, parts=parts)


def _part(part: Part, phase: Phase, number: int, at: datetime) -> PartRecord:
    facts: dict[str, Any] = {}
    if phase in (Phase.PUBLISHED, Phase.INTENT, Phase.UNBOUND):
        facts = {"container": f"1700000000000010{number}", "container_at": at, "attempt": 1, "attempt_at": at}
    if phase is Phase.PUBLISHED:
        facts |= {"media_id": f"1800000000000010{number}", "published_at": at}
    return PartRecord(phase=phase, fingerprint=part.fingerprint, **facts)


def state(**posts: PostRecord) -> State:
    return replace(EMPTY, posts=posts)


def plan(*posts: Post, known: State = EMPTY, **given: Any) -> Plan:
    return make_plan(PlanInput(posts=posts, state=known, now=NOW, account=ACCOUNT, **given))


def only(made: Plan, post_id: str = "launch") -> PlannedPost:
    (found,) = (planned for planned in made.posts if planned.id == post_id)
    return found
