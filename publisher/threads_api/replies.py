"""Replies and conversations (Meta: "Reply management")."""

from collections.abc import Iterator

from publisher.threads_api.call import Call
from publisher.threads_api.media import FIELDS, Media
from publisher.threads_api.pages import Page, pages


class RepliesResource:
    def __init__(self, call: Call) -> None:
        self._call = call

    def mine(self, *, limit: int = 25, after: str | None = None) -> Page[Media]:
        """Own replies, newest first. Needs `threads_read_replies`."""
        return self._page("/me/replies", limit, after)

    def all_mine(self, *, limit: int = 100) -> Iterator[Media]:
        return pages(lambda after: self.mine(limit=limit, after=after))

    def of(self, media_id: str, *, limit: int = 25, after: str | None = None) -> Page[Media]:
        """Direct replies to a post."""
        return self._page(f"/{media_id}/replies", limit, after)

    def conversation(self, media_id: str, *, limit: int = 25, after: str | None = None) -> Page[Media]:
        """Replies of all depths, flattened, newest first."""
        return self._page(f"/{media_id}/conversation", limit, after)

    def all_conversation(self, media_id: str, *, limit: int = 100) -> Iterator[Media]:
        return pages(lambda after: self.conversation(media_id, limit=limit, after=after))

    def _page(self, path: str, limit: int, after: str | None) -> Page[Media]:
        params = {"fields": FIELDS, "limit": str(limit), **({"after": after} if after else {})}
        return Page.read(self._call.get(path, params), Media.read)
