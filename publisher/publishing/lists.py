"""The account's own lists, read for one of two questions: is it live already, and which one is it?"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from publisher.planning.records import PartRecord
from publisher.publishing.waiting import IN_SIGHT
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.errors import ApiError
from publisher.threads_api.fields import REPLY_FIELDS
from publisher.threads_api.media import Media

_HEAD = 100  # the most one page gives (docs/threads.md, Reading)
_NEW = datetime.max.replace(tzinfo=UTC)  # what has no time yet was made just now
_WATERMARK = 25  # ids kept in the record


def newest(client: ThreadsClient, *, replies: bool = False, ghost: bool = False) -> tuple[Media, ...]:
    """The newest own posts, or own replies, newest first; with `ghost`, those that disappear are among the posts."""
    if replies:
        return tuple(client.replies.mine(limit=_HEAD))
    posts = tuple(client.media.threads(limit=_HEAD))
    return _merged(posts, client.media.ghost_posts(limit=_HEAD)) if ghost else posts


def since(client: ThreadsClient, part: PartRecord, moment: datetime) -> tuple[Media, ...]:
    """Everything of our own that could be `part`, back to a little before `moment`."""
    oldest = moment - IN_SIGHT
    if part.reply_to is None:
        posts = tuple(_until(client.media.all_threads(), oldest))
        return _merged(posts, _until(client.media.all_ghost_posts(), oldest)) if part.ghost else posts
    listed = {media.id: media for media in _until(client.replies.all_mine(), oldest)}
    try:
        for media in _until(client.replies.all_conversation(part.reply_to, fields=REPLY_FIELDS), oldest):
            if media.is_reply_owned_by_me:  # anybody may answer, and with the same words
                listed.setdefault(media.id, media)
    except ApiError:
        # The conversation only adds to the list of own replies; a parent that is gone has none.
        pass
    return tuple(listed.values())


def watermark(listed: Sequence[Media]) -> tuple[str, ...]:
    """The newest ids: what is among them was there before the attempt."""
    return tuple(media.id for media in listed[:_WATERMARK])


def _merged(posts: Iterable[Media], ghosts: Iterable[Media]) -> tuple[Media, ...]:
    """Each once, newest first: whether ghost posts are in both lists is open (docs/threads.md, Attachments)."""
    found = {media.id: media for media in (*posts, *ghosts)}
    return tuple(sorted(found.values(), key=lambda media: media.timestamp or _NEW, reverse=True))


def _until(listed: Iterable[Media], oldest: datetime) -> Iterator[Media]:
    """Newest first, up to the first one that is too old."""
    for media in listed:
        if media.timestamp is not None and media.timestamp < oldest:
            return
        yield media
