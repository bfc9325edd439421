"""What a post's references stand for, in state or in the same plan, and what one that is not live yet means. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from publisher.content.post import Post, Reference
from publisher.planning.actions import Ref
from publisher.planning.containers import live_id, publish_key
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import half_replaced
from publisher.planning.verdicts import Hold, Judged, Verdict


def still_to_make(post: Post, record: PostRecord | None) -> Iterator[Reference]:
    """The references of the parts that were not attempted yet; what the others point at is with Threads already."""
    known = record.parts if record is not None else ()
    attempted = {index for index, part in enumerate(known, start=1) if part.attempt or part.phase.finished}
    return replace(post, parts=tuple(part for part in post.parts if part.index not in attempted)).references()


def targets_of(
    references: Iterable[Reference],
    judged: Mapping[str, Judged],
    state: State,
    permalinks: Mapping[str, str | None] | None,
    broken: frozenset[str],
    unclear: frozenset[str],
) -> tuple[dict[Reference, Ref | str], Judged | None]:
    """What references stand for; a target that is not there holds the post.

    `judged` are the posts that the files want, `broken` the ids of files that are not valid; `permalinks` as in
    `PlanInput`. `unclear`: see `Names`.
    """
    targets: dict[Reference, Ref | str] = {}
    for reference in references:
        match reference.type:
            case "media_id":
                targets[reference] = reference.value
            case "post" if reference.value in broken:
                return {}, Judged(Verdict.HELD, _waits(reference.value, judged, broken), Hold.OTHER_POST)
            case "post" if reference.value in unclear:
                why = (
                    f"it is not clear which post {reference.value} is: its file says something else than what went out"
                )
                fix = "write the media id of the post that is meant, or give the files their names back"
                return {}, Judged(Verdict.HELD, why, Hold.PERSON, fix=fix)
            case "post":
                known = live_id(state, reference.value)
                if known is not None:
                    targets[reference] = known
                elif reference.value in judged and judged[reference.value].sends:
                    targets[reference] = Ref(publish_key(1), post=reference.value)
                else:
                    hold = Hold.PERSON if _never_live(state, reference.value) else Hold.OTHER_POST
                    return {}, Judged(Verdict.HELD, _waits(reference.value, judged, broken), hold)
            case "permalink":
                found = None if permalinks is None else permalinks.get(reference.value)
                if found is None and permalinks is not None:
                    why = f"{reference.value} was not found; write its media id instead"
                    return {}, Judged(Verdict.HELD, why, Hold.PERSON)
                targets[reference] = found or reference.value
            case _:
                assert_never(reference.type)
    return targets, None


def _never_live(state: State, target: str) -> bool:
    """It is not live, and no run will send it: it was taken down, abandoned, or there before the state."""
    record = state.posts.get(target)
    return record is not None and record.finished and not half_replaced(record)


def _waits(target: str, judged: Mapping[str, Judged], broken: frozenset[str]) -> str:
    """Why a post that points at `target` is held: it may wait for ever, and what it waits for says so."""
    known = judged.get(target)
    if known is not None:
        why = f"; that is {known.verdict.value}{f': {known.reason}' if known.reason else ''}"
    else:
        why = ", whose file is not valid" if target in broken else ""
    return f"waits until {target} is live{why}"
