"""The account's own lists, read for one of two questions: is it live already, and which one is it?"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from publisher.planning.state import PartRecord
from publisher.publishing.waiting import IN_SIGHT
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.errors import ApiError, NotFound, PermissionDenied
from publisher.threads_api.media import Media

_HEAD = 100  # the most one page gives (threads-api.md, 6.1)
WATERMARK = 25  # ids kept in the record


def newest(client: ThreadsClient, *, replies: bool) -> tuple[Media, ...]:
    """The newest own posts, or own replies, newest first."""
    page = client.replies.mine(limit=_HEAD) if replies else client.media.threads(limit=_HEAD)
    return tuple(page)


def since(client: ThreadsClient, part: PartRecord, moment: datetime) -> tuple[Media, ...]:
    """Everything that could be `part`, back to a little before `moment`."""
    oldest = moment - IN_SIGHT
    if part.reply_to is None:
        return tuple(_until(client.media.all_threads(), oldest))
    listed = {media.id: media for media in _until(client.replies.all_mine(), oldest)}
    try:
        for media in _until(client.replies.all_conversation(part.reply_to), oldest):
            listed.setdefault(media.id, media)
    except (NotFound, PermissionDenied, ApiError):
        # The conversation only adds to the list of own replies; a parent that is gone has none.
        pass
    return tuple(listed.values())


def _until(listed: Iterable[Media], oldest: datetime) -> Iterator[Media]:
    """Newest first, up to the first one that is too old."""
    for media in listed:
        if media.timestamp is not None and media.timestamp < oldest:
            return
        yield media
