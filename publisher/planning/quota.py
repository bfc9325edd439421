"""What the account may still publish within Threads' moving 24 hours (docs/threads.md, Quotas)."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota as Threads reports it, and what a plan adds to it."""

    used: int
    limit: int
    planned: int = 0

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas of an account; None where the token may not ask."""

    posts: Quota | None = None
    replies: Quota | None = None
    deletes: Quota | None = None

    def with_planned(self, *, posts: int, replies: int, deletes: int) -> dict[str, Quota]:
        """As `plan --format json` shows them."""
        planned = {"posts": posts, "replies": replies, "deletes": deletes}
        return {
            name: replace(quota, planned=planned[name])
            for name, quota in (("posts", self.posts), ("replies", self.replies), ("deletes", self.deletes))
            if quota is not None
        }


class Room:
    """What is left while posts take their share in order.

    Once a quota could not take a post, nothing after it gets any of that quota: order is kept.
    """

    def __init__(self, posts: int | None, replies: int | None) -> None:
        self.posts = posts  # None: unknown, so nothing is held for it
        self.replies = replies

    @classmethod
    def of(cls, quotas: Quotas | None) -> "Room":
        if quotas is None:
            return cls(None, None)
        return cls(
            quotas.posts.left if quotas.posts else None,
            quotas.replies.left if quotas.replies else None,
        )

    def take(self, *, posts: int, replies: int) -> bool:
        """Take the whole or nothing."""
        short_of_posts = self.posts is not None and posts > self.posts
        short_of_replies = self.replies is not None and replies > self.replies
        if short_of_posts:
            self.posts = 0
        if short_of_replies:
            self.replies = 0
        if short_of_posts or short_of_replies:
            return False
        self.posts = None if self.posts is None else self.posts - posts
        self.replies = None if self.replies is None else self.replies - replies
        return True

    @staticmethod
    def full_text(*, posts: int, replies: int) -> str:
        needs = " and ".join(
            f"{count} {name if count != 1 else name_of_one}"
            for count, name, name_of_one in ((posts, "posts", "post"), (replies, "replies", "reply"))
            if count
        )
        return f"needs {needs} of the 24-hour quota, which is used up"
