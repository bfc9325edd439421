"""What is told of a post that goes no further in this run, with the command that settles it. Pure."""

from dataclasses import replace

from publisher.publishing.journey import Journey
from publisher.publishing.problem import Problem


def target_name(journey: Journey) -> str:
    """As a person types it: "launch", or "launch#2" for the second part of a chain."""
    return journey.id if len(journey.record.parts) == 1 else f"{journey.id}#{journey.index}"


def unbound(journey: Journey, candidates: tuple[str, ...]) -> Problem:
    name = target_name(journey)
    what = (
        f"{len(candidates)} posts could be it: {', '.join(candidates)}" if candidates else "no post of the lists is it"
    )
    fix = f"publisher reconcile --adopt {name}={candidates[0] if candidates else 'MEDIA_ID'}"
    if not candidates:
        fix += f"   or, if it was taken down since:  publisher reconcile --abandon {journey.id}"
    return Problem("E714", f"{name} is live, but its id is not known: {what}", fix, 4)


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
    name = target_name(journey)
    return Problem(
        "E707",
        f"a post that says the same as {name} is live already, and no record knows it: {', '.join(media_ids)}",
        f"publisher reconcile --adopt {name}={media_ids[0]}"
        "   or, if it is to be said again: allow_repeat: true and a publish_at 5 minutes after that one, or later",
        4,
        why="a lost or rewound state looks just like this",
    )


def said_already(journey: Journey, media_ids: tuple[str, ...]) -> Problem:
    """As `already_live`, of new words whose old ones are live: an id can be adopted only where none is recorded."""
    fix = f"change {journey.record.path}, or take {', '.join(media_ids)} down in the app; then: "
    return replace(already_live(journey, media_ids), fix=f"{fix}publisher replace {journey.id}")
