"""Permalinks to media ids. The API cannot look one up, so its shortcode is sought where it may show."""

import re
from collections.abc import Iterable, Iterator

from publisher.content.post import Post
from publisher.planning.state import State
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.errors import ApiError
from publisher.threads_api.media import Media

_PERMALINK = re.compile(r"https?://(?:www\.)?threads\.(?:net|com)/(?:@([\w.]+)/post|t)/([\w-]+)", re.ASCII)
_FAR_ENOUGH = 500  # posts of a list that are looked through


def shortcode(permalink: str) -> str | None:
    """ "DXbVXtqE2sj" of "https://www.threads.com/@acme/post/DXbVXtqE2sj"; hosts differ, shortcodes do not."""
    # The host is not compared beyond Threads' own two, but a sandbox has a host of its own.
    found = _PERMALINK.match(permalink) or re.search(r"/(?:@([\w.]+)/post|t)/([\w-]+)", permalink, re.ASCII)
    return found.group(2) if found else None


def author(permalink: str) -> str | None:
    found = re.search(r"/@([\w.]+)/post/", permalink, re.ASCII)
    return found.group(1) if found else None


def look_up(posts: Iterable[Post], state: State, client: ThreadsClient, username: str) -> dict[str, str | None]:
    """Permalink -> media id for every permalink the posts point at; None where it was not found."""
    wanted = {reference.value for post in posts for reference in post.references() if reference.type == "permalink"}
    return {permalink: _look_up(permalink, state, client, username) for permalink in sorted(wanted)}


def _look_up(permalink: str, state: State, client: ThreadsClient, username: str) -> str | None:
    code = shortcode(permalink)
    if code is None:
        return None
    for record in state.posts.values():
        for part in record.parts:
            if part.permalink is not None and shortcode(part.permalink) == code:
                return part.media_id
    if author(permalink) in (None, username):
        return _among(client.media.all_threads(), code)
    try:
        return _among(client.search.all_profile_posts(author(permalink) or ""), code)
    except ApiError:
        return None  # the scope or the profile does not allow it: a person writes the id instead


def _among(listed: Iterator[Media], code: str) -> str | None:
    for number, media in enumerate(listed):
        if media.shortcode == code or (media.permalink is not None and shortcode(media.permalink) == code):
            return media.id
        if number >= _FAR_ENOUGH:
            return None
    return None
