"""Containers, publishing, reposts, deletion, quotas (docs/threads.md)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from publisher.sandbox import fetching, fields, quotas, rules, text
from publisher.sandbox.answers import (
    EmptyRefusal,
    Refusal,
    invalid,
    media_not_found,
    missing_scope,
    no_object,
)
from publisher.sandbox.locations import LOCATIONS
from publisher.sandbox.route import Route, UserCall
from publisher.sandbox.values import Container, Post

if TYPE_CHECKING:
    from publisher.sandbox.world import World

READ_AS = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "VIDEO": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}
_MAY_ANSWER_OTHERS = {"threads_keyword_search", "threads_manage_mentions"}


def create(world: "World", call: UserCall) -> dict[str, Any]:
    params = rules.accepted(call.params, world.settings)
    _check_scopes(call, params)
    if params.get("location_id", next(iter(LOCATIONS))) not in LOCATIONS:
        raise invalid("Param location_id is not a valid location ID")
    if "allowlisted_country_codes" in params and not call.account.is_eligible_for_geo_gating:
        raise Refusal("THREADS_API__FEATURE_NOT_AVAILABLE", 100)
    for name in ("reply_to_id", "quote_post_id"):
        if name in params:
            _check_reference(world, call, params, name)
    container = Container("", call.account.id, params, call.now, call.now)
    _add_media(world, call, container)
    at_once = "auto_publish_text" in params
    if at_once:
        quotas.check(world.data, _kind(container), call.account.id, call.now)
    container.id = world.new_id()  # last: a refused call changes nothing
    world.data.containers[container.id] = container
    return {"id": _go_live(world, container, call).id if at_once else container.id}


def _check_scopes(call: UserCall, params: dict[str, str]) -> None:
    scopes = call.grant.scopes
    if "reply_to_id" in params and "threads_manage_replies" not in scopes:
        raise EmptyRefusal
    if "location_id" in params and "threads_location_tagging" not in scopes:
        raise missing_scope()
    shares = "crossreshare_to_ig" in params or "crossreshare_to_ig_dark_mode" in params
    if shares and "threads_share_to_instagram" not in scopes:
        raise missing_scope()


def _check_reference(world: "World", call: UserCall, params: dict[str, str], name: str) -> None:
    """The post that a reply answers or a quote shows: there, and open to this caller."""
    post_id = params[name]
    if not (post_id.isascii() and post_id.isdigit()):
        raise invalid(f"Param {name} is not a valid threads_media ID")
    post = world.readable(post_id)
    if post is None:
        raise media_not_found(post_id)
    root = world.data.posts.get(post.root or post.id, post)
    if root.user_id == call.account.id:
        return
    if not _MAY_ANSWER_OTHERS & set(call.grant.scopes):
        raise missing_scope()
    audience = root.params.get("reply_control")
    invited = call.account.username.lower() in text.mentions(root.text or "")
    if name == "reply_to_id" and (
        audience == "parent_post_author_only" or (audience == "mentioned_only" and not invited)
    ):
        raise missing_scope()


def _add_media(world: "World", call: UserCall, container: Container) -> None:
    params = container.params
    match params["media_type"]:
        case "IMAGE":
            container.media = fetching.take_image(_required(params, "image_url"), world.fetch_aside, world.blobs)
        case "VIDEO":
            taken = fetching.take_video(_required(params, "video_url"), world.fetch_aside, world.blobs)
            container.ready_at = call.now + timedelta(seconds=world.settings.video_ready)
            container.media, container.error = (None, taken) if isinstance(taken, str) else (taken, None)
        case "CAROUSEL":
            children = _children(world, call, params)
            container.ready_at = max([call.now, *(child.ready_at for child in children)])


def _children(world: "World", call: UserCall, params: dict[str, str]) -> Sequence[Container]:
    ids = [item.strip(' "') for item in params.get("children", "").strip("[]").split(",") if item.strip(' "')]
    if not 2 <= len(ids) <= 20:
        raise invalid("Param children must have 2 to 20 ids")
    bad = [item for item in ids if not _usable_child(world, call, item)] or [i for i in set(ids) if ids.count(i) > 1]
    if bad:
        raise Refusal(
            "Invalid parameter",
            100,
            4279004,
            title="Invalid Carousel Children",
            said=f"The children with IDs {', '.join(bad)} are invalid, nonexistent, or expired.",
        )
    params["children"] = ",".join(ids)
    return [world.data.containers[item] for item in ids]


def _usable_child(world: "World", call: UserCall, child_id: str) -> bool:
    child = world.data.containers.get(child_id)
    return (
        child is not None
        and child.user_id == call.account.id
        and "is_carousel_item" in child.params
        and world.status(child) == "FINISHED"
    )


def publish(world: "World", call: UserCall) -> dict[str, Any]:
    creation_id = _required(call.params, "creation_id")
    container = world.container(creation_id, call.account.id)
    if container is None:
        raise media_not_found(creation_id)
    if "is_carousel_item" in container.params:
        raise invalid("Invalid parameter: a carousel item cannot be published by itself")
    status = world.status(container)
    if status == "PUBLISHED":
        if world.settings.second_publish == "same" and container.media_id:
            return _published(container, world.data.posts[container.media_id])
        if world.settings.second_publish != "duplicate":
            raise media_not_found(creation_id)
    elif status != "FINISHED" or call.now < container.ready_at + timedelta(seconds=world.settings.publish_lag):
        raise media_not_found(creation_id)
    quotas.check(world.data, _kind(container), call.account.id, call.now)
    if "reply_to_id" in container.params and world.live(container.params["reply_to_id"]) is None:
        raise media_not_found(container.params["reply_to_id"])
    return _published(container, _go_live(world, container, call))


def _kind(container: Container) -> str:
    return "replies" if "reply_to_id" in container.params else "posts"


def _published(container: Container, post: Post) -> dict[str, Any]:
    shares = {"crossreshare_to_ig", "crossreshare_to_ig_dark_mode"} & set(container.params)
    return {"id": post.id, **({"crossreshare_to_ig_status": "SUCCESS"} if shares else {})}


def _go_live(world: "World", container: Container, call: UserCall) -> Post:
    params = container.params
    post = world.new_post(container.user_id, READ_AS[params["media_type"]], call.now)
    post.container_id, post.params, post.media = container.id, dict(params), container.media
    post.quote = params.get("quote_post_id")
    parent = world.data.posts.get(params.get("reply_to_id", ""))
    if parent is not None:
        post.reply_to, post.root = parent.id, parent.root or parent.id
        root = world.data.posts[post.root]
        if "enable_reply_approvals" in root.params and root.user_id != post.user_id:
            post.approval = "pending"
    world.data.posts[post.id] = post
    for child_id in params["children"].split(",") if "children" in params else ():
        child = world.data.containers[child_id]
        shown = world.new_post(container.user_id, READ_AS[child.params["media_type"]], call.now)
        shown.params, shown.media, shown.parent = dict(child.params), child.media, post.id
        world.data.posts[shown.id] = shown
        post.children.append(shown.id)
    container.published_at, container.media_id = call.now, post.id
    world.happened("publish", post)
    return post


def repost(world: "World", call: UserCall) -> dict[str, Any]:
    original = world.readable(call.subject)
    if original is None:
        raise no_object(call.subject, "POST")
    if original.user_id != call.account.id and not _MAY_ANSWER_OTHERS & set(call.grant.scopes):
        raise missing_scope()
    quotas.check(world.data, "posts", call.account.id, call.now)
    post = world.new_post(call.account.id, "REPOST_FACADE", call.now)
    post.reposted = original.id
    world.data.posts[post.id] = post
    return {"id": post.id}


def delete(world: "World", call: UserCall) -> dict[str, Any]:
    post = world.live(call.subject)
    if post is None or post.user_id != call.account.id or post.parent is not None:
        raise no_object(call.subject, "DELETE")
    quotas.check(world.data, "deletes", call.account.id, call.now)
    for media_id in (post.id, *post.children):
        world.data.posts[media_id].deleted_at = call.now
    world.happened("delete", post)
    return {"success": True, "deleted_id": post.id}


_GROUPS = (
    # quota, names of its fields, scope beside threads_basic
    ("posts", "quota_usage", "config", "threads_content_publish"),
    ("replies", "reply_quota_usage", "reply_config", "threads_manage_replies"),
    ("deletes", "delete_quota_usage", "delete_config", "threads_delete"),
    ("locations", "location_search_quota_usage", "location_search_config", "threads_location_tagging"),
)


def limits(world: "World", call: UserCall) -> dict[str, Any]:
    known: dict[str, Any] = {}
    scope_of: dict[str, str] = {}
    for kind, usage, config, scope in _GROUPS:
        known[usage] = quotas.used(world.data, kind, call.account.id, call.now)
        known[config] = {"quota_total": quotas.QUOTAS[kind], "quota_duration": 86400}
        scope_of |= {usage: scope, config: scope}
    found = fields.select(known, call.params.get("fields", ""), "quota_usage")
    if any(scope_of[name] not in call.grant.scopes for name in found):
        raise EmptyRefusal
    return {"data": [found]}


def _required(params: dict[str, str], name: str) -> str:
    if not params.get(name):
        raise invalid(f"The parameter {name} is required")
    return params[name]


_PUBLISH = ("threads_content_publish",)
ROUTES = (
    Route("POST", "/{user}/threads", create, _PUBLISH, rules.PARAMS),
    Route("POST", "/{user}/threads_publish", publish, _PUBLISH, ("creation_id",)),
    Route("POST", "/{id}/repost", repost, _PUBLISH),
    Route("DELETE", "/{id}", delete, ("threads_delete",)),
    Route("GET", "/{user}/threads_publishing_limit", limits, (), ("fields",)),
)
