"""One object by its id, and the lists of one's own (docs/threads.md)."""

from typing import TYPE_CHECKING, Any

from publisher.sandbox import fields, lists
from publisher.sandbox.answers import missing_access, missing_scope, no_object
from publisher.sandbox.locations import LOCATIONS
from publisher.sandbox.route import LIST, Route, UserCall
from publisher.sandbox.text import mentions
from publisher.sandbox.values import Container, Post

if TYPE_CHECKING:
    from publisher.sandbox.world import World


def one(world: "World", call: UserCall) -> dict[str, Any]:
    """A container, a location, or a post: they share one space of ids."""
    wanted = call.params.get("fields", "")
    container = world.container(call.subject, call.account.id)
    if container is not None:
        return _container(world, container, wanted)
    if call.subject in LOCATIONS:
        if "threads_location_tagging" not in call.grant.scopes:
            raise missing_scope()
        return {**fields.select(LOCATIONS[call.subject], wanted, "id"), "id": call.subject}
    post = world.readable(call.subject)
    if post is None or not _concerns(world, call, post):
        raise no_object(call.subject)
    return fields.read(post, wanted, world.view(call.account.id))


def _container(world: "World", container: Container, wanted: str) -> dict[str, Any]:
    """Status and reason; never the post that came of it."""
    status = world.status(container)
    known = {"id": container.id, "status": status, "error_message": container.error if status == "ERROR" else None}
    return {**fields.select(known, wanted, "id,status"), "id": container.id}


def _concerns(world: "World", call: UserCall, post: Post) -> bool:
    """Own posts, and those of others that answer, quote or mention this account."""
    mine = call.account.id
    about = (world.data.posts.get(item) for item in (post.root, post.reply_to, post.quote, post.reposted) if item)
    return (
        post.user_id == mine
        or any(item is not None and item.user_id == mine for item in about)
        or call.account.username.lower() in mentions(post.text or "")
    )


def threads(world: "World", call: UserCall) -> dict[str, Any]:
    """Own top-level posts, quotes and reposts; a ghost post while it lives."""

    def belongs(post: Post) -> bool:
        if post.is_ghost:
            return world.settings.ghosts_listed and call.now < post.published_at + fields.GHOST_LIFE
        return post.reply_to is None

    return _own(world, call, belongs)


def own_replies(world: "World", call: UserCall) -> dict[str, Any]:
    return _own(world, call, lambda post: post.reply_to is not None)


def ghost_posts(world: "World", call: UserCall) -> dict[str, Any]:
    return _own(world, call, lambda post: post.is_ghost)


def _own(world: "World", call: UserCall, belongs: Any) -> dict[str, Any]:
    mine = [post for post in world.listed() if post.user_id == call.account.id and belongs(post)]
    return lists.page(mine, call.params, world.view(call.account.id), call.path)


def mentioned(world: "World", call: UserCall) -> dict[str, Any]:
    if world.settings.access == "refused":
        raise missing_access()
    name = call.account.username.lower()
    found = [
        post
        for post in world.listed()
        if post.user_id != call.account.id and post.approval is None and name in mentions(post.text or "")
    ]
    return lists.page(found, call.params, world.view(call.account.id), call.path)


ROUTES = (
    Route("GET", "/{id}", one, (), ("fields",)),
    Route("GET", "/{user}/threads", threads, (), LIST),
    Route("GET", "/{user}/replies", own_replies, ("threads_read_replies",), LIST),
    Route("GET", "/{user}/ghost_posts", ghost_posts, (), LIST),
    Route("GET", "/{user}/mentions", mentioned, ("threads_manage_mentions",), LIST),
)
