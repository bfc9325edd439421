"""From a part to the actions that make it live: which containers, in which order, with which parameters.

`spelling` says what each of them is told; here is in which order they are made.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from publisher.content.post import MediaItem, Part, Post, Reference
from publisher.planning.actions import Action, CreateContainer, PublishContainer, Ref, Repost, UploadMedia
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.spelling import item_params, part_params
from publisher.planning.state import State

MediaType = Literal["TEXT", "IMAGE", "VIDEO", "CAROUSEL"]


def publish_key(index: int) -> str:
    """The key of the action that makes part `index` live."""
    return f"part-{index}/publish"


def container_key(index: int) -> str:
    return f"part-{index}/container"


def media_type(part: Part) -> MediaType:
    """How Threads is told what the part is. A quote or a poll is still TEXT."""
    if not part.media:
        return "TEXT"
    if len(part.media) > 1:
        return "CAROUSEL"
    return _item_type(part.media[0])


def part_actions(
    part: Part, *, targets: Mapping[Reference, Ref | str], defaults: Mapping[str, Any]
) -> Iterator[Action]:
    """Everything that makes one part live, in order. `targets` says what the part's references stand for."""
    if part.repost is not None:
        yield Repost(publish_key(part.index), targets[part.repost])
        return
    prefix = f"part-{part.index}"
    for number, item in enumerate(part.media, start=1):
        if item.file is not None and item.sha256 is not None:
            yield UploadMedia(f"{prefix}/media-{number}", item.file, item.sha256, item.kind)
    kind = media_type(part)
    children: tuple[Ref, ...] = ()
    if kind == "CAROUSEL":
        for number, item in enumerate(part.media, start=1):
            yield CreateContainer(
                f"{prefix}/child-{number}",
                _item_type(item),
                params=(("is_carousel_item", "true"), *item_params(item)),
                media=_source(prefix, number, item),
            )
        children = tuple(Ref(f"{prefix}/child-{number}") for number in range(1, len(part.media) + 1))
    yield CreateContainer(
        container_key(part.index),
        kind,
        params=part_params(part, defaults),
        media=_source(prefix, 1, part.media[0]) if len(part.media) == 1 else None,
        children=children,
        reply_to=_reply_to(part, targets),
        quote=targets.get(part.quote) if part.quote else None,
    )
    yield PublishContainer(publish_key(part.index), Ref(container_key(part.index)))


def offer(part: Part) -> CreateContainer:
    """A container that is never published: it asks Threads whether it takes the part's text at all.

    For parts of a chain whose length is in doubt, before the first part goes live: creation validates, shows nothing
    and costs no quota.
    """
    return CreateContainer(f"part-{part.index}/offer", "TEXT", params=(("text", part.text or ""),))


def pending_actions(
    post: Post,
    record: PostRecord | None,
    *,
    targets: Mapping[Reference, Ref | str],
    defaults: Mapping[str, Any],
) -> tuple[Action, ...]:
    """What is still to do for a post: nothing for parts that are live, only the publish for one already begun."""
    actions: list[Action] = []
    for part in post.parts:
        known = record.parts[part.index - 1] if record is not None and part.index <= len(record.parts) else None
        if known is not None and known.phase.finished:
            continue
        if known is not None and known.attempt:
            actions.append(settling(part.index, known))
            continue
        actions.extend(part_actions(part, targets=targets, defaults=defaults))
    # What was attempted is settled, also when the file lost it since.
    lost = enumerate(record.parts[len(post.parts) :], start=len(post.parts) + 1) if record is not None else ()
    actions.extend(settling(index, known) for index, known in lost if known.attempt and not known.phase.finished)
    return tuple(actions)


def settling(index: int, known: PartRecord) -> Action:
    """What finishes a part whose attempt is on record."""
    if known.repost is not None:
        return Repost(publish_key(index), known.repost)
    return PublishContainer(publish_key(index), Ref(container_key(index)))


def attempted_actions(
    post: Post, record: PostRecord | None, *, targets: Mapping[Reference, Ref | str], defaults: Mapping[str, Any]
) -> tuple[Action, ...]:
    """What the parts already attempted need when their containers turn out never to have gone live."""
    if record is None:
        return ()
    attempted = (
        part
        for part, known in zip(post.parts, record.parts, strict=False)
        if known.attempt and not known.phase.finished and part.repost is None and known.repost is None
    )
    return tuple(action for part in attempted for action in part_actions(part, targets=targets, defaults=defaults))


def live_id(state: State, post_id: str) -> str | None:
    """The media id of a post's first part when it is live; a chain stands for its first part."""
    record = state.posts.get(post_id)
    if record is None or record.parts[0].phase is not Phase.PUBLISHED:
        return None
    return record.parts[0].media_id


def _source(prefix: str, number: int, item: MediaItem) -> Ref | str | None:
    return item.url if item.file is None else Ref(f"{prefix}/media-{number}")


def _item_type(item: MediaItem) -> Literal["IMAGE", "VIDEO"]:
    return "VIDEO" if item.kind == "video" else "IMAGE"


def _reply_to(part: Part, targets: Mapping[Reference, Ref | str]) -> Ref | str | None:
    if part.index > 1:
        return Ref(publish_key(part.index - 1))
    return targets.get(part.reply_to) if part.reply_to else None
