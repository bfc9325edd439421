"""Calls that show nothing to anyone and may be made again at will: uploads, containers, questions for a status. Pure.

The loop makes several of them at a time, each for another post. Here is what such a call asks for, and what its answer
makes of the journey; nothing is called here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from publisher.errors import PublisherError
from publisher.planning.actions import CreateContainer, Ref
from publisher.planning.records import Phase
from publisher.publishing import steps
from publisher.publishing.journey import Child, Journey, Look
from publisher.publishing.resolve import Status
from publisher.publishing.setback import setback
from publisher.publishing.tools import Answer, Preparing
from publisher.publishing.waiting import Pace
from publisher.threads_api.errors import ThreadsError
from publisher.threads_api.publishing import ContainerStatus

_LASTING = ("VIDEO", "CAROUSEL")  # worth a write: after a crash neither the upload nor the processing is done again


def may_join(step: Preparing, others: Iterable[Preparing]) -> bool:
    """Whether it can be made beside the others. The same bytes are not uploaded twice at the same time."""
    if not isinstance(step, steps.Upload):
        return True
    return all(not isinstance(other, steps.Upload) or other.action.sha256 != step.action.sha256 for other in others)


def container_params(
    journey: Journey, create: CreateContainer, known: Callable[[Journey, Ref | str | None], str | None]
) -> dict[str, str]:
    """The API's parameters, every reference replaced by what it stands for."""
    children = ",".join(child.container for child in journey.work.children) if create.children else None
    optional = {
        "image_url" if create.media_type == "IMAGE" else "video_url": known(journey, create.media),
        "children": children,
        "reply_to_id": known(journey, create.reply_to),
        "quote_post_id": known(journey, create.quote),
    }
    params = {"media_type": create.media_type, **dict(create.params)}
    params.update({key: value for key, value in optional.items() if value is not None})
    return params


def is_child(create: CreateContainer) -> bool:
    return "/child-" in create.key


def is_offer(create: CreateContainer) -> bool:
    return create.key.endswith("/offer")


def answered(
    journey: Journey, step: Preparing, params: Mapping[str, str], answer: Answer, now: datetime, pace: Pace
) -> Journey | steps.Act:
    """What follows from the answer; see `is_lasting`.

    `params`: of the container that was made. Raises a `PublisherError` when nothing more may be sent in this run.
    """
    match step, answer:
        case _, ThreadsError() | PublisherError():
            return setback(journey, step, answer, now, pace)
        case steps.Upload(upload), str(url):
            return journey.with_result(upload.key, url)
        case steps.Create(create), str(container):
            return with_container(journey, create, params, container, now)
        case steps.LookAt(_, child), ContainerStatus():
            return looked(journey, child, answer, now, pace)
        case _:
            raise AssertionError(f"{step} was answered with {type(answer).__name__}")


def news(step: Preparing) -> str | None:
    """What people are told when it went well."""
    match step:
        case steps.Upload():
            return "media ready"
        case steps.Create(create) if not is_child(create) and not is_offer(create):
            return "container made"
        case _:
            return None


def is_lasting(before: Journey, after: Journey) -> bool:
    """Whether the answer made a container that is worth a write."""
    return after.ended is None and after.record is not before.record and after.part.phase is Phase.PREPARED


def with_container(
    journey: Journey, create: CreateContainer, params: Mapping[str, str], container: str, now: datetime
) -> Journey:
    """After `create` was answered with `container`."""
    if is_offer(create):
        return journey.with_result(create.key, container)
    if is_child(create):
        return journey.with_work(children=(*journey.work.children, Child(container, now)), tries=0, asking_since=None)
    made = journey.made(container, now).with_part(reply_to=params.get("reply_to_id"), quote=params.get("quote_post_id"))
    return made.with_part(phase=Phase.PREPARED) if create.media_type in _LASTING else made


def looked(
    journey: Journey, child: int | None, answer: ContainerStatus, now: datetime, pace: Pace
) -> Journey | steps.Act:
    """After the status of its container, or of a child of it, was read: the journey, or the step that follows."""
    status = Status.read(str(answer.status))
    asking = journey.work.asking_since or now
    if child is None:
        since = journey.work.published_since or now if status is Status.PUBLISHED else None
        look = Look(status, now, answer.error_message)
        return journey.with_work(look=look, tries=0, asking_since=asking, published_since=since)
    match status:
        case Status.FINISHED:
            ready = replace(journey.work.children[child], ready=True)
            children = (*journey.work.children[:child], ready, *journey.work.children[child + 1 :])
            return journey.with_work(children=children, tries=0, asking_since=None)
        case Status.EXPIRED | Status.GONE | Status.PUBLISHED:
            return steps.container_vanished(journey, children_only=True)
        case Status.ERROR:
            follows = steps.container_failed(journey, answer.error_message)
            return replace(follows, children_only=True) if isinstance(follows, steps.Rebuild) else follows
        case _:
            waiting = journey.with_work(tries=0, asking_since=asking)
            pause = steps.still_working(waiting, now, pace, "VIDEO")
            if isinstance(pause, steps.Pause):
                return waiting.with_work(not_before=pause.until, look=None, sight=None)
            return pause
