"""Public profiles and their posts (Meta: "Retrieve and discover posts")."""

from collections.abc import Iterator

from publisher.threads_api.call import Call
from publisher.threads_api.media import FIELDS, Media
from publisher.threads_api.pages import Page, pages


class SearchResource:
    def __init__(self, call: Call) -> None:
        self._call = call

    def profile_posts(self, username: str, *, limit: int = 25, after: str | None = None) -> Page[Media]:
        """Posts of a public profile, newest first. Needs `threads_profile_discovery`."""
        params = {"username": username, "fields": FIELDS, "limit": str(limit), **({"after": after} if after else {})}
        return Page.read(self._call.get("/profile_posts", params), Media.read)

    def all_profile_posts(self, username: str, *, limit: int = 100) -> Iterator[Media]:
        return pages(lambda after: self.profile_posts(username, limit=limit, after=after))
