"""Keyword and tag search (docs/threads.md, Reading)."""

from typing import TYPE_CHECKING, Any

from publisher.sandbox import chance, fields, lists, quotas
from publisher.sandbox.answers import invalid, missing_access
from publisher.sandbox.route import Route, UserCall
from publisher.sandbox.text import tag_of
from publisher.sandbox.values import Post

if TYPE_CHECKING:
    from publisher.sandbox.world import World

_KINDS = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "VIDEO": "VIDEO"}
_PARAMS = ("q", "search_type", "search_mode", "media_type", "since", "until", "limit", "author_username", "fields")


def search(world: "World", call: UserCall) -> dict[str, Any]:
    """Public posts that hold all words, or carry the tag. The documented page shows no cursors."""
    params = call.params
    query = params.get("q", "").strip()
    if not query:
        raise invalid("The parameter q is required")
    order = _one_of(params, "search_type", ("TOP", "RECENT"))
    mode = _one_of(params, "search_mode", ("KEYWORD", "TAG"))
    kind = _one_of(params, "media_type", ("", *_KINDS))
    wanted = params.get("fields", "")
    if any(name == "owner" for name, _ in fields.split(wanted)):
        raise fields.nonexisting("owner")
    if world.settings.access == "refused":
        raise missing_access()
    quotas.check(world.data, "searches", call.account.id, call.now)
    found = [
        post
        for post in world.listed()
        if _matches(post, query, mode)
        and (not kind or post.media_type == _KINDS[kind])
        and (world.settings.access == "advanced" or post.user_id == call.account.id)
        and params.get("author_username", "") in ("", world.data.accounts[post.user_id].username)
    ]
    found = lists.within(found, params, call.now)
    if order == "TOP":
        found.sort(key=lambda post: chance.number(f"{post.id}/likes", 90), reverse=True)
    view = world.view(call.account.id)
    data = [fields.read(post, wanted, view) for post in found[: lists.limit_of(params)]]
    if data:  # queries without results are free
        quotas.spend(world.data, "searches", call.account.id, call.now)
        call.account.searched[query] = call.now
    return {"data": data}


def _matches(post: Post, query: str, mode: str) -> bool:
    if post.approval is not None or post.is_ghost:
        return False
    if mode == "TAG":
        return (tag_of(post.params) or "").casefold() == query.removeprefix("#").casefold()
    words = (post.text or "").casefold()
    return all(word in words for word in query.casefold().split())


def _one_of(params: dict[str, str], name: str, choices: tuple[str, ...]) -> str:
    """The first is what is taken when the parameter is missing."""
    value = params.get(name, choices[0]).upper()
    if value not in choices:
        raise invalid(f"Param {name} must be one of {{{', '.join(choice for choice in choices if choice)}}}")
    return value


ROUTES = (Route("GET", "/keyword_search", search, ("threads_keyword_search",), _PARAMS),)
