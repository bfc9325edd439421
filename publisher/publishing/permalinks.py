"""Permalinks of what is live: cosmetic, read at the end, and never able to fail a post (F36)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from publisher.errors import PublisherError
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.publishing import lists
from publisher.publishing.ledger import Ledger
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.errors import ThreadsError

_STILL_SOUGHT = timedelta(hours=24)  # some posts never get one (copyright, flagged)


def record_permalinks(ledger: Ledger, client: ThreadsClient, now: datetime, stop: Callable[[], bool]) -> None:
    """Fill in what is missing of the last day: one list call, single calls only for what it lacks, one write.

    `stop`: whether to begin no further call; what was found until then is written.
    """
    try:
        missing = _missing(ledger.state, now)
        if not missing:
            return
        links = {media.id: media.permalink for media in lists.newest(client)}
        for media_id in missing - links.keys():
            if stop():
                break
            links[media_id] = client.media.get(media_id).permalink
        _write(ledger, {key: link for key, link in links.items() if link is not None and key in missing})
    except (ThreadsError, PublisherError):
        return  # the next run looks again


def _missing(state: State, now: datetime) -> set[str]:
    return {
        part.media_id
        for record in state.posts.values()
        for part in record.parts
        if part.media_id is not None
        and part.permalink is None
        and part.published_at is not None
        and now - part.published_at < _STILL_SOUGHT
    }


def _write(ledger: Ledger, links: dict[str, str]) -> None:
    state = ledger.state
    changed: list[str] = []
    for key, record in state.posts.items():
        linked = _linked(record, links)
        if linked != record:
            state = state.with_post(key, linked)
            changed.append(key)
    if changed:
        ledger.write(state, tuple(changed))


def _linked(record: PostRecord, links: dict[str, str]) -> PostRecord:
    for index, part in enumerate(record.parts, start=1):
        if part.media_id in links and part.permalink is None:
            record = record.with_part(index, replace(part, permalink=links[part.media_id or ""]))
    return record
