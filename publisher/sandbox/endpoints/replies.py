"""Replies and conversations: read, hidden, approved (docs/threads.md, Reading)."""

from typing import TYPE_CHECKING, Any

from publisher.sandbox import lists
from publisher.sandbox.answers import invalid, no_object
from publisher.sandbox.route import Route, UserCall
from publisher.sandbox.values import Post

if TYPE_CHECKING:
    from publisher.sandbox.world import World

_EDGE = ("fields", "reverse", "before", "after", "since", "until", "limit")


def direct(world: "World", call: UserCall) -> dict[str, Any]:
    parent = _subject(world, call)
    found = [post for post in world.listed() if post.reply_to == parent.id and _is_shown(post, call)]
    return _page(world, call, found)


def conversation(world: "World", call: UserCall) -> dict[str, Any]:
    """Replies of all depths, flattened."""
    parent = _subject(world, call)
    below = {parent.id}
    for post in world.published():  # oldest first: an answer comes after what it answers
        if post.reply_to in below:
            below.add(post.id)
    found = [post for post in world.listed() if post.reply_to in below and _is_shown(post, call)]
    return _page(world, call, found)


def pending(world: "World", call: UserCall) -> dict[str, Any]:
    parent = _mine(world, call)
    wanted = call.params.get("approval_status")
    if wanted not in (None, "pending", "ignored"):
        raise invalid("Param approval_status must be one of {pending, ignored}")
    states = ("pending", "ignored") if wanted is None else (wanted,)
    found = [post for post in world.listed() if parent.id in (post.reply_to, post.root) and post.approval in states]
    return _page(world, call, found)


def hide(world: "World", call: UserCall) -> dict[str, Any]:
    """Top-level replies on one's own post; those below follow."""
    reply = _subject(world, call)
    root = world.live(reply.root or "")
    if root is None or root.user_id != call.account.id or reply.reply_to != root.id:
        raise no_object(call.subject, "POST")
    reply.hide_status = "HIDDEN" if _boolean(call.params, "hide") else "UNHUSHED"
    return {"success": True}


def approve(world: "World", call: UserCall) -> dict[str, Any]:
    reply = _subject(world, call)
    root = world.live(reply.root or "")
    if root is None or root.user_id != call.account.id or reply.approval is None:
        raise no_object(call.subject, "POST")
    reply.approval = None if _boolean(call.params, "approve") else "ignored"
    return {"success": True}


def _subject(world: "World", call: UserCall) -> Post:
    post = world.readable(call.subject)
    if post is None:
        raise no_object(call.subject, call.method)
    return post


def _mine(world: "World", call: UserCall) -> Post:
    post = _subject(world, call)
    if post.user_id != call.account.id:
        raise no_object(call.subject, call.method)
    return post


def _is_shown(post: Post, call: UserCall) -> bool:
    return post.approval is None or post.user_id == call.account.id


def _page(world: "World", call: UserCall, newest_first: list[Post]) -> dict[str, Any]:
    params = {"reverse": "true", **call.params}
    falling = _boolean(params, "reverse")
    found = newest_first if falling else newest_first[::-1]
    return lists.page(found, call.params, world.view(call.account.id), call.path, falling=falling)


def _boolean(params: dict[str, str], name: str) -> bool:
    value = params.get(name, "").lower()
    if value not in ("true", "false"):
        raise invalid(f"Param {name} must be a boolean")
    return value == "true"


_READ, _MANAGE = ("threads_read_replies",), ("threads_manage_replies",)
ROUTES = (
    Route("GET", "/{id}/replies", direct, _READ, _EDGE),
    Route("GET", "/{id}/conversation", conversation, _READ, _EDGE),
    Route("GET", "/{id}/pending_replies", pending, _READ, (*_EDGE, "approval_status")),
    Route("POST", "/{id}/manage_reply", hide, _MANAGE, ("hide",)),
    Route("POST", "/{id}/manage_pending_reply", approve, _MANAGE, ("approve",)),
)
