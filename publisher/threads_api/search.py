"""Posts of others: by word, by topic, by profile (Meta: "Keyword and topic tag search", "Retrieve and discover posts").

Source: https://developers.facebook.com/docs/threads/keyword-search
"""

from collections.abc import Iterator, Mapping
from typing import Unpack

from publisher.threads_api.call import Call, given
from publisher.threads_api.fields import FIELDS
from publisher.threads_api.media import Media
from publisher.threads_api.pages import LARGEST_PAGE, IterationOptions, ListOptions, Page, list_params, pages


class SearchResource:
    """`client.search`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def keyword(
        self,
        q: str,
        *,
        search_type: str | None = None,
        search_mode: str | None = None,
        media_type: str | None = None,
        author_username: str | None = None,
        **options: Unpack[ListOptions],
    ) -> Page[Media]:
        """Public posts with these words; `search_mode=SearchMode.TAG` for a topic.

        `search_type`: TOP (what Threads does unless told otherwise) or RECENT. `media_type`: TEXT, IMAGE or VIDEO.
        Needs `threads_keyword_search`, and without Meta's approval finds own posts only. 2,200 searches a day; those
        that find nothing are free. Sensitive words find nothing.
        """
        params = given(
            q=q,
            search_type=search_type and str(search_type),
            search_mode=search_mode and str(search_mode),
            media_type=media_type and str(media_type),
            author_username=author_username.removeprefix("@") if author_username else None,
        )
        answer = self._call.get("/keyword_search", {**params, **list_params(FIELDS, **options)})
        return Page.read(answer, Media.read)

    def profile_posts(self, username: str, **options: Unpack[ListOptions]) -> Page[Media]:
        """Posts of a public profile, newest first. Needs `threads_profile_discovery`."""
        return self._profile_posts(username, list_params(FIELDS, **options))

    def all_profile_posts(
        self, username: str, *, limit: int = LARGEST_PAGE, **options: Unpack[IterationOptions]
    ) -> Iterator[Media]:
        return pages(
            lambda after: self._profile_posts(username, list_params(FIELDS, **options, limit=limit, after=after))
        )

    def _profile_posts(self, username: str, params: Mapping[str, str]) -> Page[Media]:
        answer = self._call.get("/profile_posts", {"username": username.removeprefix("@"), **params})
        return Page.read(answer, Media.read)
