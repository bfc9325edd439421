"""Replies and conversations, and who may see them (Meta: "Reply management").

Source: https://developers.facebook.com/docs/threads/reply-management
"""

from collections.abc import Iterator, Mapping
from typing import TypedDict, Unpack

from publisher.threads_api.call import Call, given, segment, yes_or_no
from publisher.threads_api.fields import FIELDS, PENDING_FIELDS, Fields
from publisher.threads_api.media import Media
from publisher.threads_api.pages import LARGEST_PAGE, IterationOptions, ListOptions, Page, list_params, pages


class ConversationIteration(TypedDict, total=False):
    """What can be asked of the answers to a post as a whole."""

    reverse: bool | None  # newest first, which is what Threads does unless told otherwise
    fields: Fields | None


class ConversationOptions(ConversationIteration, total=False):
    """What can be asked of one page of them."""

    limit: int | None
    before: str | None
    after: str | None


class RepliesResource:
    """`client.replies`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def mine(self, **options: Unpack[ListOptions]) -> Page[Media]:
        """Own replies, newest first. Needs `threads_read_replies`."""
        return self._page("/me/replies", list_params(FIELDS, **options))

    def all_mine(self, *, limit: int = LARGEST_PAGE, **options: Unpack[IterationOptions]) -> Iterator[Media]:
        return pages(lambda after: self._page("/me/replies", list_params(FIELDS, **options, limit=limit, after=after)))

    def of(self, media_id: str, **options: Unpack[ConversationOptions]) -> Page[Media]:
        """Direct replies to a post. Needs `threads_read_replies`, as the rest of the lists do."""
        return self._page(f"/{segment(media_id)}/replies", list_params(FIELDS, **options))

    def all_of(
        self, media_id: str, *, limit: int = LARGEST_PAGE, **options: Unpack[ConversationIteration]
    ) -> Iterator[Media]:
        path = f"/{segment(media_id)}/replies"
        return pages(lambda after: self._page(path, list_params(FIELDS, **options, limit=limit, after=after)))

    def conversation(self, media_id: str, **options: Unpack[ConversationOptions]) -> Page[Media]:
        """Replies of all depths, flattened."""
        return self._page(f"/{segment(media_id)}/conversation", list_params(FIELDS, **options))

    def all_conversation(
        self, media_id: str, *, limit: int = LARGEST_PAGE, **options: Unpack[ConversationIteration]
    ) -> Iterator[Media]:
        path = f"/{segment(media_id)}/conversation"
        return pages(lambda after: self._page(path, list_params(FIELDS, **options, limit=limit, after=after)))

    def pending(
        self, media_id: str, *, approval_status: str | None = None, **options: Unpack[ConversationOptions]
    ) -> Page[Media]:
        """Replies that wait for approval; `approval_status`: see `ApprovalStatus`, both when absent."""
        return self._pending(media_id, approval_status, list_params(PENDING_FIELDS, **options))

    def all_pending(
        self,
        media_id: str,
        *,
        approval_status: str | None = None,
        limit: int = LARGEST_PAGE,
        **options: Unpack[ConversationIteration],
    ) -> Iterator[Media]:
        def fetch(after: str | None) -> Page[Media]:
            return self._pending(
                media_id, approval_status, list_params(PENDING_FIELDS, **options, limit=limit, after=after)
            )

        return pages(fetch)

    def hide(self, reply_id: str, hide: bool = True) -> bool:
        """Hide a top-level reply to an own post, or show it again. Needs `threads_manage_replies`."""
        return self._manage(reply_id, "manage_reply", "hide", hide)

    def approve(self, reply_id: str, approve: bool = True) -> bool:
        """Let a pending reply through, or ignore it; an ignored one can be approved later."""
        return self._manage(reply_id, "manage_pending_reply", "approve", approve)

    def _manage(self, reply_id: str, edge: str, name: str, value: bool) -> bool:
        return self._call.post(f"/{segment(reply_id)}/{edge}", {name: yes_or_no(value)}).flag("success") is True

    def _pending(self, media_id: str, approval_status: str | None, params: Mapping[str, str]) -> Page[Media]:
        status = given(approval_status=approval_status and str(approval_status))
        return self._page(f"/{segment(media_id)}/pending_replies", {**params, **status})

    def _page(self, path: str, params: Mapping[str, str]) -> Page[Media]:
        return Page.read(self._call.get(path, params), Media.read)
