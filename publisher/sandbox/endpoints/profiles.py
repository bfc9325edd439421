"""One's own profile, public profiles and their posts (docs/threads.md, Reading)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from publisher.sandbox import chance, fields, lists, quotas
from publisher.sandbox.answers import invalid, missing_access, no_object
from publisher.sandbox.route import LIST, Route, UserCall
from publisher.sandbox.values import Account

if TYPE_CHECKING:
    from publisher.sandbox.world import World

LEAST_FOLLOWERS = 100
_META = ("meta", "threads", "instagram", "facebook")  # what an app without Advanced Access may look up
_WEEK = timedelta(days=7)


def me(world: "World", call: UserCall) -> dict[str, Any]:
    account = call.account
    searched = [{"query": query, "timestamp": int(when.timestamp() * 1000)} for query, when in account.searched.items()]
    known = {
        "id": account.id,
        "username": account.username,
        "name": account.name,
        "threads_profile_picture_url": f"{world.base_url}/@{account.username}/picture.svg",
        "threads_biography": account.biography or None,
        "is_verified": account.is_verified,
        "recently_searched_keywords": searched or None,
        "is_eligible_for_geo_gating": account.is_eligible_for_geo_gating,
    }
    return {**fields.select(known, call.params.get("fields", ""), "id"), "id": account.id}


def lookup(world: "World", call: UserCall) -> dict[str, Any]:
    account = _public(world, call)
    recent = [post for post in world.published() if post.user_id == account.id and post.published_at > call.now - _WEEK]
    ids = {post.id for post in world.published() if post.user_id == account.id}
    live = world.published()
    quotas.spend(world.data, "profiles", call.account.id, call.now)
    return {
        "username": account.username,
        "name": account.name,
        "profile_picture_url": f"{world.base_url}/@{account.username}/picture.svg",
        "biography": account.biography,
        "is_verified": account.is_verified,
        "follower_count": account.followers,
        "likes_count": sum(chance.number(f"{post.id}/likes", 90) for post in recent),
        "quotes_count": sum(post.quote in ids for post in live),
        "replies_count": sum(post.reply_to in ids and post.user_id != account.id for post in live),
        "reposts_count": sum(post.reposted in ids for post in live),
        "views_count": sum(chance.number(f"{post.id}/views", 2000) for post in recent),
    }


def posts(world: "World", call: UserCall) -> dict[str, Any]:
    account = _public(world, call)
    if any(name == "owner" for name, _ in fields.split(call.params.get("fields", ""))):
        raise fields.nonexisting("owner")
    theirs = [post for post in world.listed() if post.user_id == account.id and post.reply_to is None]
    document = lists.page(theirs, call.params, world.view(call.account.id), call.path)
    quotas.spend(world.data, "profiles", call.account.id, call.now)
    return document


def _public(world: "World", call: UserCall) -> Account:
    """The account with exactly that username, if the app's tier and its followers allow."""
    name = call.params.get("username", "")
    if not name:
        raise invalid("The parameter username is required")
    if world.settings.access == "refused":
        raise missing_access()
    if world.settings.access == "reduced" and name not in _META:
        raise no_object(name)
    quotas.check(world.data, "profiles", call.account.id, call.now)
    account = next((item for item in world.data.accounts.values() if item.username == name), None)
    if account is None or account.followers < LEAST_FOLLOWERS:
        raise no_object(name)
    return account


_DISCOVERY = ("threads_profile_discovery",)
ROUTES = (
    Route("GET", "/{user}", me, (), ("fields",)),
    Route("GET", "/profile_lookup", lookup, _DISCOVERY, ("username",)),
    Route("GET", "/profile_posts", posts, _DISCOVERY, ("username", *LIST)),
)
