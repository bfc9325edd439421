"""Settling what is open: by evidence where there is some, by a person's word where there is none.

Nothing is ever published here. Each word of a person is checked against what Threads says before it is recorded.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from publisher.content.post import Post
from publisher.errors import NeedsPerson, PublisherError, Refused, TryAgain
from publisher.planning.containers import live_id
from publisher.planning.moves import names_of, renames_of
from publisher.planning.plan import PlannedPost
from publisher.planning.record_json import time_text
from publisher.planning.records import ADOPTED, RESUMED, PartRecord, Phase, PostRecord
from publisher.planning.verdicts import Verdict
from publisher.publishing import lists, resolve
from publisher.publishing.apply import Applied, apply
from publisher.publishing.journey import Journey, new_record, told_by
from publisher.publishing.match import Wanted, candidates, differences
from publisher.publishing.problem import read_error
from publisher.publishing.resolve import Status
from publisher.publishing.rivals import OPEN, rivals, settling_order
from publisher.publishing.run import Desired, Session, record_moves, whose
from publisher.publishing.status import as_known_there, status_of
from publisher.publishing.waiting import Pace
from publisher.publishing.wording import adopting, dated
from publisher.threads_api.errors import NotFound, ThreadsError
from publisher.threads_api.media import Media
from publisher.threads_api.profiles import Profile

_NO_FILES = Desired(())
_SECOND = timedelta(seconds=1)
_MEDIA_ID = re.compile("[0-9]{5,25}")
_CANDIDATES = "take the id from the list of candidates, or from: publisher status --remote"


def settle_open(session: Session) -> Applied:
    """Look again at every open attempt of the account; `session.ledger` is loaded."""
    whose(session)
    state = session.ledger.state
    journeys = [
        Journey(id=key, post=None, actions=(), record=record)
        for key, record in state.posts.items()
        if record.phase in OPEN
    ]
    place = settling_order(journey.record for journey in journeys)
    journeys.sort(key=lambda journey: place(journey.record))
    tools = replace(session.tools(), only_look=True)
    return apply(journeys, tools, Pace.of(session.publishing))


def adopt(
    session: Session, desired: Desired, target: str, media_id: str, *, confirmed: Collection[str] = ()
) -> PostRecord:
    """Record that `media_id` is the post (or part) named `target`.

    It must stand where the part would: at the top, or under the part before it, which is live. One that says something
    else than the part is taken only with its id among `confirmed`: words may have been changed in the app.
    """
    post_id, index = parse_target(target)
    if not _MEDIA_ID.fullmatch(media_id):
        raise PublisherError(f'"{media_id}" is no media id: those are digits', code="E426", fix=_CANDIDATES)
    me = whose(session)
    _follow_renames(session, desired)
    owner = next(
        (key for key, record in session.ledger.state.posts.items() if _holds(record, media_id, (key, post_id), index)),
        None,
    )
    if owner is not None:
        raise Refused(f"{media_id} is recorded for {owner} already", code="E425", fix="publisher state list")
    record = _record(session, desired, post_id)
    part = _part(record, post_id, index)
    if part.phase is Phase.DELETED:
        fix = f"give its file another id, then: publisher reconcile --adopt ID={media_id}"
        raise Refused(f"{target} was taken down; that stays on record", code="E425", fix=fix)
    if part.phase is Phase.PUBLISHED and part.media_id != media_id:
        raise Refused(f"{target} is recorded as {part.media_id} already", code="E425", fix="publisher state list")
    media = _own_post(session, media_id, me)
    filed = _filed(desired, post_id)
    _stands_there(session, filed, record, target, media)
    described = _described(session, filed, part, index)
    if media_id not in confirmed and (other := differences(Wanted.of_attempt(described), media)):
        raise Refused(
            f"{media_id} is not what {target} says: {'; '.join(other)}",
            code="E451",
            why="a post that is bound to a wrong one is never sent, and its later parts would answer a stranger",
            fix=f"if it is the one all the same: publisher reconcile --adopt {target}={media_id} --confirm {media_id}",
        )
    now = session.clock.now()
    live = replace(
        described,
        phase=Phase.PUBLISHED,
        media_id=media_id,
        permalink=media.permalink,
        published_at=media.timestamp or now,
        error=None,
        extra={**part.extra, ADOPTED: time_text(now)},
    )
    session.ledger.with_user(me.id, session.endpoint or session.ledger.state.endpoint)
    bound = record.with_part(index, live)
    if filed is not None:
        due = record.due if record.begun else filed.publish_at
        bound = replace(bound, fingerprint=told_by(filed, bound.parts, record), due=due)
    return _keep(session, post_id, bound)


def forget(session: Session, target: str, desired: Desired = _NO_FILES) -> PostRecord:
    """Record that it is not live, so that the next run sends it: by the same container while that is good.

    Refused while the attempt may still act, and where it is known, or seen, to be live.
    """
    post_id, index = parse_target(target)
    whose(session)
    record = _known(session, desired, post_id)
    part = _part(record, post_id, index)
    if part.phase.finished:
        fix = f"publisher state show {post_id}"
        raise Refused(f"{target} is {part.phase.value}; there is nothing to forget", code="E425", fix=fix)
    if part.phase is Phase.UNBOUND:
        fix = f"publisher reconcile --adopt {target}=MEDIA_ID   or, if it was taken down since:  "
        fix += f"publisher reconcile --abandon {post_id}"
        raise _is_live(f"{target} is recorded as live, only its id is not known", fix)
    part = _in_question(session, post_id, index)
    seen, found = _seen(session, part)
    decision = resolve.forgotten(seen, Pace.of(session.publishing)) if part.attempt else resolve.StartAnew()
    if seen.status is Status.PUBLISHED and not seen.matches:
        fix = f"publisher reconcile --adopt {target}=MEDIA_ID   or, if it was taken down since:  publisher reconcile"
        fix += f" --abandon {post_id}" if part.phase is Phase.PARKED else "   which looks for it first"
        raise _is_live(f"the container of {target} says PUBLISHED: it is live", fix)
    match decision:
        case resolve.StartAnew():
            return _keep(session, post_id, record.with_part(index, part.anew()))
        case resolve.AttemptAgain():
            return _keep(session, post_id, record.with_part(index, part.dismiss()))
        case resolve.Bind() | resolve.LeaveUnbound() | resolve.AskWhose():
            raise _listed(session, target, found)
        case _:
            raise _too_early(session, target, part, seen, f"publisher reconcile --forget {target}")


def resume(session: Session, post_id: str, desired: Desired = _NO_FILES) -> PostRecord:
    """A parked chain goes on with its next part."""
    whose(session)
    record = _known(session, desired, post_id)
    index, _ = _stopped(record, post_id)
    part = _in_question(session, post_id, index)
    if part.attempt or part.phase in (Phase.INTENT, Phase.UNBOUND):
        other = f"--abandon {post_id}" if part.phase is Phase.UNBOUND else f"--forget {post_id}#{index}"
        raise Refused(
            f"part {index} of {post_id} was attempted, and its outcome is not known",
            code="E429",
            fix=f"publisher reconcile --adopt {post_id}#{index}=MEDIA_ID   or   publisher reconcile {other}",
        )
    resumed = replace(part.anew(), extra={**part.extra, RESUMED: time_text(session.clock.now())})
    return _keep(session, post_id, record.with_part(index, resumed))


def abandon(session: Session, post_id: str, desired: Desired = _NO_FILES) -> PostRecord:
    """It stays as it is: what is not live of it never will be.

    Refused while something of it is live and can be adopted, or may still go live. What is `UNBOUND` or `PARKED`, and
    in no list by now, was taken down since; should it show up after all, it can be adopted still.
    """
    whose(session)
    record = _known(session, desired, post_id)
    index, _ = _stopped(record, post_id)
    part = _in_question(session, post_id, index)
    if part.attempt:
        _not_live(session, record.target(post_id, index), part)
    parts = tuple(item if item.phase.finished else replace(item, phase=Phase.SKIPPED) for item in record.parts)
    return _keep(session, post_id, replace(record, parts=parts))


def _not_live(session: Session, target: str, part: PartRecord) -> None:
    """Raises `Refused` E428 for what was attempted and can be adopted, `TryAgain` E701 while it may still go live."""
    (seen, found), post_id = _seen(session, part), target.partition("#")[0]
    if found:
        raise _listed(session, target, found)
    if seen.status is Status.PUBLISHED:
        if part.phase not in (Phase.UNBOUND, Phase.PARKED):
            fix = f"publisher reconcile --adopt {target}=MEDIA_ID   or, if it was taken down since: publisher reconcile"
            raise _is_live(f"the container of {target} says PUBLISHED: it is live", f"{fix}   which looks for it first")
    elif seen.since_attempt < session.publishing.settle:
        raise _too_early(session, target, part, seen, f"publisher reconcile --abandon {post_id}")


def parse_target(target: str) -> tuple[str, int]:
    """ "launch" -> ("launch", 1), "launch#2" -> ("launch", 2). Raises `PublisherError` for anything else."""
    post_id, mark, number = target.partition("#")
    if not post_id or (mark and not (number.isascii() and number.isdigit() and int(number) >= 1)):
        raise PublisherError(f'"{target}" names no post: write ID or ID#PART, parts count from 1', code="E424")
    return post_id, int(number) if mark else 1


def _record(session: Session, desired: Desired, post_id: str) -> PostRecord:
    """What is recorded; for a post that no record knows (a lost state), what its file says."""
    known = session.ledger.state.posts.get(post_id)
    if known is not None:
        return known
    post = _filed(desired, post_id)
    if post is None:
        raise _unknown_post(post_id)
    return _as_filed(session, post)


def _own_post(session: Session, media_id: str, me: Profile) -> Media:
    """What Threads has under this id. Raises E426 when there is nothing, E427 when it is another account's."""
    try:
        media = session.client.media.get(media_id)
    except NotFound:
        raise NeedsPerson(f"Threads knows no post {media_id}", code="E426", fix=_CANDIDATES) from None
    except ThreadsError as error:
        raise read_error(error, f"reading {media_id}")[1].as_error() from error
    if media.username is not None and me.username is not None and media.username != me.username:
        raise Refused(
            f"{media_id} is a post of @{media.username}, not of @{me.username}",
            code="E427",
            fix="take the id from: publisher status --remote",
        )
    return media


def _filed(desired: Desired, post_id: str) -> Post | None:
    return next((post for post in desired.posts if post.id == post_id), None)


def _as_filed(session: Session, post: Post) -> PostRecord:
    """The record of a post that nobody has begun."""
    planned = PlannedPost(
        post.id, post.path, post.account, post.kind.value, Verdict.CREATE, post.fingerprint, parts=post.parts, post=post
    )
    return new_record(planned, commit=session.commit)


def _described(session: Session, post: Post | None, part: PartRecord, index: int) -> PartRecord:
    """What the part says: as it was begun, else as its file has it by now."""
    if part.attempt or post is None or index > len(post.parts):
        return part
    return _as_filed(session, post).parts[index - 1]


def _stands_there(session: Session, post: Post | None, record: PostRecord, target: str, media: Media) -> None:
    """Raises `Refused` E450 where this live post cannot be the part, whatever it says."""
    post_id, index = parse_target(target)
    for number, before in enumerate(record.parts[: index - 1], start=1):
        if before.phase is not Phase.PUBLISHED:
            fix = f"publisher reconcile --adopt {post_id}#{number}=MEDIA_ID   first, if it is live"
            raise _elsewhere(f"part {number} of {post_id}, which {target} comes after, is not live", fix)
    if index > 1:
        said: str | None = record.parts[index - 2].media_id
        is_reply = True
    else:
        said, is_reply = _answers(session, post, record.parts[0])
    if is_reply and not (media.is_reply or media.replied_to is not None):
        raise _elsewhere(f"{media.id} answers nothing; {target} answers {said or 'another post'}", _CANDIDATES)
    if not is_reply and (media.is_reply or media.replied_to is not None):
        raise _elsewhere(f"{media.id} is a reply; {target} is none", _CANDIDATES)
    if said is not None and media.replied_to not in (None, said):
        raise _elsewhere(f"{media.id} answers {media.replied_to}; {target} answers {said}", _CANDIDATES)


def _answers(session: Session, post: Post | None, part: PartRecord) -> tuple[str | None, bool]:
    """What a first part answers, where its id is known, and whether it answers anything."""
    if part.attempt:
        return part.reply_to, part.reply_to is not None  # as it was begun, whatever the file says by now
    reference = post.parts[0].reply_to if post is not None else None
    if part.reply_to is not None or reference is None:
        return part.reply_to, part.reply_to is not None
    if reference.type == "post":
        return live_id(session.ledger.state, reference.value), True
    return (reference.value if reference.type == "media_id" else None), True


def _elsewhere(what: str, fix: str) -> Refused:
    return Refused(what, code="E450", why="later parts would go out under a post that is not theirs", fix=fix)


def _follow_renames(session: Session, desired: Desired) -> None:
    names = names_of(desired.posts, session.ledger.state, desired.broken)
    record_moves(session.ledger, renames_of(desired.posts, names))


def _known(session: Session, desired: Desired, post_id: str) -> PostRecord:
    """What is recorded under this name, or under the one that its file had before: no run may have written that yet."""
    if post_id not in session.ledger.state.posts:
        _follow_renames(session, desired)
    record = session.ledger.state.posts.get(post_id)
    if record is None:
        raise _unknown_post(post_id)
    return record


def _unknown_post(post_id: str) -> PublisherError:
    return PublisherError(f"no post is called {post_id}", code="E424", fix="publisher state list")


def _part(record: PostRecord, post_id: str, index: int) -> PartRecord:
    if index > len(record.parts):
        raise PublisherError(f"{post_id} has {len(record.parts)} parts, not {index}", code="E424")
    return record.parts[index - 1]


def _stopped(record: PostRecord, post_id: str) -> tuple[int, PartRecord]:
    """The part at which a chain stands still."""
    for index, part in enumerate(record.parts, start=1):
        if not part.phase.finished:
            return index, part
    fix = f"publisher state show {post_id}"
    raise Refused(f"{post_id} is finished; there is nothing to go on with", code="E425", fix=fix)


def _listed(session: Session, target: str, found: tuple[Media, ...]) -> Refused:
    """What could be it is live; of several the oldest is named, for what is said by hand was said to mend it."""
    others = rivals(session.ledger.state, parse_target(target), found)
    what = f"the lists show what {target} was to become{', oldest first' if len(found) > 1 else ''}: {dated(found)}"
    return _is_live(what, adopting(target, [media.id for media in found], others))


def _is_live(what: str, fix: str) -> Refused:
    why = "recorded as not live, it would be posted a second time, or never be known as ours"
    return Refused(what, code="E428", why=why, fix=fix)


def _in_question(session: Session, post_id: str, index: int) -> PartRecord:
    """The part, recorded as attempted where only Threads knows of that: then `reconcile` looks for what it became."""
    record = session.ledger.state.posts[post_id]
    part = record.parts[index - 1]
    known = as_known_there(session, part)
    if known is part:
        return part
    asked = replace(known, phase=Phase.INTENT)
    session.ledger.keep(post_id, record.with_part(index, asked))
    return asked


def _too_early(session: Session, target: str, part: PartRecord, seen: resolve.Seen, command: str) -> TryAgain:
    """The attempt may still act: until then a second container, or a second call, could make a second post."""
    settled = (part.attempt_at or session.clock.now()) + session.publishing.settle
    if settled <= session.clock.now():
        what, fix = f"Threads is still working on it: its container says {seen.status}", f"later: {command}"
    else:
        # To the second, and never a moment too early.
        what, fix = "what was sent may still go live", f"from {settled + _SECOND:%Y-%m-%d %H:%M:%S} UTC on: {command}"
    return TryAgain(
        f"unknown outcome for {target}: {what}",
        code="E701",
        why="what nobody waits for any more could still show up, or be posted a second time",
        fix=fix,
    )


def _seen(session: Session, part: PartRecord) -> tuple[resolve.Seen, tuple[Media, ...]]:
    """What can be observed of an attempt now, and what could be it: the container first, the lists after it."""
    # A repost has no container that could say anything; the lists speak for it.
    status = Status.GONE if part.container is None else status_of(session, part.container)
    found = _candidates(session, part)
    since = session.clock.now() - part.attempt_at if part.attempt_at is not None else timedelta(0)
    seen = resolve.Seen(
        status=status,
        matches=tuple(media.id for media in found),
        since_attempt=since,
        since_published=timedelta(0),
        since_asking=timedelta(0),
        attempts=part.attempt,
        attempts_now=0,
        certain=False,
        media_type=part.media_type,
    )
    return seen, found


def _candidates(session: Session, part: PartRecord) -> tuple[Media, ...]:
    """The posts of the lists that could be it; none where nothing was attempted."""
    if part.attempt_at is None:
        return ()
    try:
        listed = lists.since(session.client, part, part.attempt_at)
    except ThreadsError as error:
        raise read_error(error, "reading the account's posts")[1].as_error() from error
    return candidates(Wanted.of_attempt(part), listed, session.ledger.state.bound_ids())


def _holds(record: PostRecord, media_id: str, ids: tuple[str, str], index: int) -> bool:
    key, post_id = ids
    return any(
        part.media_id == media_id and (key, number) != (post_id, index)
        for number, part in enumerate(record.parts, start=1)
    )


def _keep(session: Session, post_id: str, record: PostRecord) -> PostRecord:
    session.ledger.keep(post_id, record)
    return record
