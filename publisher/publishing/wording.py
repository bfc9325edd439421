"""What is told of a post that goes no further in this run, with the command that settles it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC

from publisher.publishing.journey import Journey
from publisher.publishing.problem import Problem
from publisher.publishing.rivals import Rival
from publisher.threads_api.media import Media


def target_name(journey: Journey) -> str:
    return journey.record.target(journey.id, journey.index)


def unbound(journey: Journey, candidates: tuple[str, ...]) -> Problem:
    name, sight = target_name(journey), journey.work.sight
    if not candidates:
        what = "no post of the lists is it"
        fix = f"publisher reconcile --adopt {name}=MEDIA_ID"
        fix += f"   or, if it was taken down since:  publisher reconcile --abandon {journey.id}"
    else:
        what = could_be(journey, candidates)
        fix = adopting(name, candidates, sight.rivals if sight is not None else {})
    return Problem("E714", f"{name} is live, but its id is not known: {what}", fix, 4)


def disputed(journey: Journey, candidates: tuple[str, ...]) -> Problem:
    """Each of the `candidates` could be another open part as well."""
    name, others = target_name(journey), journey.work.sight.rivals if journey.work.sight is not None else {}
    what = could_be(journey, candidates)
    if all(others[media_id].in_doubt and not others[media_id].earlier for media_id in candidates):
        return come_back(journey, what)
    what = f"whether {name} is live is not known: {what}"
    return Problem("E714", what, adopting(name, candidates, others), 4)


def could_be(journey: Journey, candidates: tuple[str, ...]) -> str:
    """What there is to choose from; `candidates`: oldest first. A single one could be another part as well."""
    sight = journey.work.sight
    if len(candidates) == 1 and sight is not None:
        return f"one post could be it, or {sight.rivals[candidates[0]].name}: {_seen(journey, candidates)}"
    return f"{len(candidates)} posts could be it, oldest first: {_seen(journey, candidates)}"


def adopting(name: str, found: Sequence[str], rivals: Mapping[str, Rival]) -> str:
    """The command that says which live post it is. `found`: ids, oldest first; `rivals` as in `Sight`."""
    first, other = found[0], rivals.get(found[0])
    own = f"publisher reconcile --adopt {name}={first}"
    if other is None or (len(found) == 1 and not other.disputes):
        return own
    theirs = f"publisher reconcile --adopt {other.name}={first}"
    if not other.earlier:
        return f"{own}   or, if it is {other.name}:  {theirs}"
    if len(found) == 1:
        return f"{theirs}   or, if it is {name}:  {own}"
    return f"publisher reconcile --adopt {name}=MEDIA_ID   or settle {other.name} first, then run again"


def parked(journey: Journey, why: str, *, resumable: bool = False) -> Problem:
    name = target_name(journey)
    fix = f"publisher reconcile --adopt {name}=MEDIA_ID  if it is live, else  publisher reconcile --forget {name}"
    if journey.gone:  # to forget it would send it, and its file was taken away
        fix = f"publisher reconcile --adopt {name}=MEDIA_ID   or   publisher reconcile --abandon {journey.id}"
    if not journey.part.attempt:  # never sent: nothing to adopt, and forgetting it would park it again
        fix = f"publisher reconcile --abandon {journey.id}"
        if resumable:
            fix = f"publisher reconcile --resume {journey.id}   or   {fix}"
    return Problem("E715", f"{name} is parked: {why}", fix, 4)


def come_back(journey: Journey, why: str) -> Problem:
    name = target_name(journey)
    return Problem(
        "E701",
        f"unknown outcome for {name}: {why}",
        "run again, or look now with: publisher reconcile",
        5,
        why="it is not sent again on its own while the first attempt could still act",
    )


def not_live(journey: Journey) -> Problem:
    return Problem("E713", f"{target_name(journey)} is not live", "publisher publish  sends it", 0)


def already_live(journey: Journey, media_ids: tuple[str, ...]) -> Problem:
    """`media_ids`: oldest first. Of a series the oldest belongs to the first file that asks, and so on."""
    name, sight, several = target_name(journey), journey.work.sight, len(media_ids) > 1
    what = f"a post that says the same as {name} is live already, and no record knows it: "
    if several:
        what = f"{len(media_ids)} posts that say the same as {name} are live already, and no record knows them"
        what += "; oldest first: "
    fix = adopting(name, media_ids, sight.rivals if sight is not None else {})
    fix += "   or, if it is to be said again: allow_repeat: true and a publish_at more than 5 minutes after "
    fix += "the newest of them" if several else "that one"
    return Problem("E707", what + _seen(journey, media_ids), fix, 4, why="a lost or rewound state looks just like this")


def said_already(journey: Journey, media_ids: tuple[str, ...]) -> Problem:
    """As `already_live`, of new words whose old ones are live: an id can be adopted only where none is recorded."""
    fix = f"change {journey.record.path}, or take {', '.join(media_ids)} down in the app; then: "
    return replace(already_live(journey, media_ids), fix=f"{fix}publisher replace {journey.id}")


def dated(found: Iterable[Media]) -> str:
    """Each with the time that the list gave: people tell equal words apart by that."""
    return ", ".join(
        f"{media.id} ({media.timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)" if media.timestamp else media.id
        for media in found
    )


def _seen(journey: Journey, media_ids: tuple[str, ...]) -> str:
    found = journey.work.sight.found if journey.work.sight is not None else {}
    return dated(found.get(media_id, Media(media_id)) for media_id in media_ids)
