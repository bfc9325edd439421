"""A Threads in memory: accounts, containers with a life in time, posts, quotas. Pure but for the clock and `fetch`.

One world, three doors: called directly (`transport`), and served over HTTP (`routes`). Answers are Meta's, as far as
they are known; where Meta is silent a setting chooses (threads-api: 8.4). Cheap to make: sweeps make thousands.
"""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from publisher.sandbox import fetching, fields, lists, rules
from publisher.sandbox.answers import (
    Refusal,
    answer,
    bad_token,
    expired_token,
    invalid,
    media_not_found,
    no_object,
    response_of,
)
from publisher.sandbox.fetching import Blobs, Fetch, Fetched
from publisher.sandbox.values import Account, Container, Data, Post, Settings
from publisher.threads_api.messages import Request, Response

DAY = timedelta(hours=24)
QUOTAS = {"posts": 250, "replies": 1000, "deletes": 100}
READ_AS = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "VIDEO": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}


def nothing_there(_url: str) -> Fetched:
    return Fetched(404)


class World:
    """`clock` gives the world's time; `fetch` an anonymous GET."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        fetch: Fetch = nothing_there,
        *,
        data: Data | None = None,
        seed: int = 1,
        base_url: str = "https://www.threads.com",
    ) -> None:
        self.clock = clock
        self.fetch = fetch
        self.data = data if data is not None else Data()
        self.blobs = Blobs()
        self.base_url = base_url
        self.lock = threading.RLock()  # calls come from many threads; media are fetched outside it
        self._seed = seed

    # --- making it --------------------------------------------------------------------------------------------

    def add_account(self, username: str, token: str, *, user_id: str | None = None) -> Account:
        account = Account(
            user_id or str(17841400000000001 + len(self.data.accounts)), username, username.title(), token
        )
        self.data.accounts[account.id] = account
        return account

    def reset(self) -> None:
        """Empty, with its accounts and tokens."""
        self.data.containers.clear()
        self.data.posts.clear()
        self.data.settings = Settings()

    @property
    def settings(self) -> Settings:
        return self.data.settings

    def published(self) -> list[Post]:
        """Everything that is live, oldest first, children of carousels left out."""
        return [post for post in self.data.posts.values() if post.deleted_at is None and post.parent is None]

    def view(self) -> fields.View:
        return fields.View(self.data, self.base_url, self.clock())

    # --- answering --------------------------------------------------------------------------------------------

    def answer(self, request: Request, token: str | None) -> Response:
        """One call. Never raises: a refusal is an answer too."""
        with self.lock:
            try:
                account = self._account(token)
                return answer(self._dispatch(request, account))
            except Refusal as refusal:
                return response_of(refusal)

    def _fetch_aside(self, url: str) -> Fetched:
        """Let other calls in while a medium is on its way."""
        self.lock.release()
        try:
            return self.fetch(url)
        finally:
            self.lock.acquire()

    def _account(self, token: str | None) -> Account:
        account = next((item for item in self.data.accounts.values() if token and item.token == token), None)
        if account is None:
            raise bad_token()
        if account.token_expires is not None and account.token_expires <= self.clock():
            raise expired_token()
        return account

    def _dispatch(self, request: Request, account: Account) -> dict[str, Any]:
        steps = [step for step in request.path.split("/") if step]
        params = dict(request.params)
        subject = steps[0] if steps else ""
        edge = steps[1] if len(steps) > 1 else ""
        mine = subject in ("me", account.id)
        match request.method, edge:
            case "POST", "threads" if mine:
                return {"id": self._create(params, account).id}
            case "POST", "threads_publish" if mine:
                return {"id": self._publish(params, account).id}
            case "POST", "repost":
                return {"id": self._repost(subject, account).id}
            case "DELETE", "":
                return self._delete(subject, account)
            case "GET", "threads" | "replies" | "threads_publishing_limit" if mine:
                return self._own(edge, params, account)
            case "GET", "replies" | "conversation":
                return self._answers(subject, edge, params)
            case "GET", "" if mine:
                return {"id": account.id, "username": account.username, "name": account.name}
            case "GET", "" if subject == "profile_posts":
                return self._profile_posts(params)
            case "GET", "":
                return self._object(subject, params, account)
        raise no_object(subject)

    # --- containers -------------------------------------------------------------------------------------------

    def _create(self, params: dict[str, str], account: Account) -> Container:
        params = {key: value for key, value in params.items() if key != "access_token"}
        params["media_type"] = params.get("media_type", "").upper()
        rules.check(params, text_count=self.settings.text_count)
        now = self.clock()
        for name in ("reply_to_id", "quote_post_id"):
            if params.get(name):
                self._referable(params[name], name)
        container = Container("", account.id, params, now, now)
        match params["media_type"]:
            case "IMAGE":
                container.media = fetching.take_image(_required(params, "image_url"), self._fetch_aside, self.blobs)
            case "VIDEO":
                taken = fetching.take_video(_required(params, "video_url"), self._fetch_aside, self.blobs)
                container.ready_at = now + timedelta(seconds=self.settings.video_ready)
                container.media, container.error = (None, taken) if isinstance(taken, str) else (taken, None)
            case "CAROUSEL":
                children = self._children(params, account)
                container.ready_at = max([now, *(child.ready_at for child in children)])
        container.id = self._new_id()  # last: a refused call changes nothing
        self.data.containers[container.id] = container
        return container

    def _children(self, params: dict[str, str], account: Account) -> list[Container]:
        ids = [item for item in params.get("children", "").replace("[", "").replace("]", "").split(",") if item.strip()]
        ids = [item.strip().strip('"') for item in ids]
        if not 2 <= len(ids) <= 20:
            raise invalid("Param children must have 2 to 20 ids")
        bad = [item for item in ids if not self._usable_child(item, account)]
        if bad:
            raise Refusal(
                "Invalid parameter",
                100,
                4279004,
                title="Invalid Carousel Children",
                said=f"The children with IDs {', '.join(bad)} are invalid, nonexistent, or expired.",
            )
        params["children"] = ",".join(ids)
        return [self.data.containers[item] for item in ids]

    def _usable_child(self, child_id: str, account: Account) -> bool:
        child = self.data.containers.get(child_id)
        return (
            child is not None
            and child.user_id == account.id
            and child.params.get("is_carousel_item") == "true"
            and child.params["media_type"] in ("IMAGE", "VIDEO")
            and self.status(child) == "FINISHED"
        )

    def _referable(self, post_id: str, name: str) -> None:
        if not post_id.isdigit():
            raise invalid(f"Param {name} is not a valid threads_media ID")
        if self._visible(post_id) is None:
            raise media_not_found(post_id)

    def status(self, container: Container) -> str:
        now = self.clock()
        if container.published_at is not None:
            return "PUBLISHED"
        if container.error is not None and now >= container.ready_at:
            return "ERROR"
        if now >= container.made_at + DAY:
            return "EXPIRED"
        return "FINISHED" if now >= container.ready_at else "IN_PROGRESS"

    # --- publishing -------------------------------------------------------------------------------------------

    def _publish(self, params: dict[str, str], account: Account) -> Post:
        container = self.data.containers.get(params.get("creation_id", ""))
        if container is None or container.user_id != account.id or self._forgotten(container):
            raise media_not_found(params.get("creation_id", ""))
        if container.params.get("is_carousel_item") == "true":
            raise invalid("Invalid parameter: a carousel item cannot be published by itself")
        status, now = self.status(container), self.clock()
        if status == "PUBLISHED":
            if self.settings.second_publish == "same" and container.media_id:
                return self.data.posts[container.media_id]
            if self.settings.second_publish != "duplicate":
                raise media_not_found(container.id)
        elif status != "FINISHED" or now < container.ready_at + timedelta(seconds=self.settings.publish_lag):
            raise media_not_found(container.id)
        kind = "replies" if container.params.get("reply_to_id") else "posts"
        if self.used(kind, account.id) >= QUOTAS[kind]:
            raise Refusal("Application request limit reached", 4)
        if kind == "replies" and self._visible(container.params["reply_to_id"]) is None:
            raise media_not_found(container.params["reply_to_id"])
        return self._go_live(container, now)

    def _go_live(self, container: Container, now: datetime) -> Post:
        params = container.params
        parent = self.data.posts.get(params.get("reply_to_id", ""))
        post = self._new_post(container.user_id, READ_AS[params["media_type"]], now)
        post.container_id, post.params, post.media = container.id, dict(params), container.media
        post.quote = params.get("quote_post_id") or None
        if parent is not None:
            post.reply_to, post.root = parent.id, parent.root or parent.id
        self.data.posts[post.id] = post
        for child_id in params.get("children", "").split(",") if params.get("children") else ():
            child = self.data.containers[child_id]
            shown = self._new_post(container.user_id, READ_AS[child.params["media_type"]], now)
            shown.params, shown.media, shown.parent = dict(child.params), child.media, post.id
            self.data.posts[shown.id] = shown
            post.children.append(shown.id)
        container.published_at, container.media_id = now, post.id
        return post

    def _repost(self, media_id: str, account: Account) -> Post:
        if self._visible(media_id) is None:
            raise no_object(media_id)
        post = self._new_post(account.id, "REPOST_FACADE", self.clock())
        post.reposted = media_id
        self.data.posts[post.id] = post
        return post

    def _delete(self, media_id: str, account: Account) -> dict[str, Any]:
        post = self._visible(media_id)
        if post is None or post.user_id != account.id:
            raise no_object(media_id)
        if self.used("deletes", account.id) >= QUOTAS["deletes"]:
            raise Refusal("Application request limit reached", 4)
        post.deleted_at = self.clock()
        return {"success": True, "deleted_id": media_id}

    def used(self, kind: str, user_id: str) -> int:
        """Use of a quota within the moving 24 hours; deleting gives nothing back."""
        since = self.clock() - DAY
        mine = [post for post in self.data.posts.values() if post.user_id == user_id and post.parent is None]
        if kind == "deletes":
            return sum(post.deleted_at is not None and post.deleted_at > since for post in mine)
        return sum(post.published_at > since and (post.reply_to is not None) == (kind == "replies") for post in mine)

    # --- reading ----------------------------------------------------------------------------------------------

    def _visible(self, media_id: str) -> Post | None:
        post = self.data.posts.get(media_id)
        return post if post is not None and post.deleted_at is None else None

    def _listed(self, posts: Iterable[Post]) -> list[Post]:
        """Newest first; what is younger than `list_lag` is not listed yet."""
        before = self.clock() - timedelta(seconds=self.settings.list_lag)
        return [post for post in reversed(list(posts)) if post.published_at <= before]

    def _own(self, edge: str, params: dict[str, str], account: Account) -> dict[str, Any]:
        if edge == "threads_publishing_limit":
            return {"data": [self._limits(params.get("fields", "quota_usage"), account)]}
        mine = [post for post in self.published() if post.user_id == account.id]
        kind = [post for post in mine if (post.reply_to is not None) == (edge == "replies")]
        return lists.page(self._listed(kind), params, self.view())

    def _limits(self, wanted: str, account: Account) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for kind, usage, config in (
            ("posts", "quota_usage", "config"),
            ("replies", "reply_quota_usage", "reply_config"),
            ("deletes", "delete_quota_usage", "delete_config"),
        ):
            known[usage] = self.used(kind, account.id)
            known[config] = {"quota_total": QUOTAS[kind], "quota_duration": 86400}
        known["location_search_quota_usage"] = 0
        known["location_search_config"] = {"quota_total": 500, "quota_duration": 86400}
        names = [name for name, _ in fields.split(wanted)]
        if unknown := next((name for name in names if name not in known), None):
            raise invalid(f"Tried accessing nonexisting field ({unknown})")
        return {name: known[name] for name in names}

    def _answers(self, media_id: str, edge: str, params: dict[str, str]) -> dict[str, Any]:
        if self._visible(media_id) is None:
            raise no_object(media_id)
        field = "reply_to" if edge == "replies" else "root"
        found = [post for post in self.published() if getattr(post, field) == media_id]
        if edge == "conversation" and not found:
            found = [post for post in self.published() if post.reply_to == media_id]
        return lists.page(self._listed(found), params, self.view())

    def _profile_posts(self, params: dict[str, str]) -> dict[str, Any]:
        account = next((a for a in self.data.accounts.values() if a.username == params.get("username")), None)
        if account is None:
            raise no_object(params.get("username", ""))
        mine = [post for post in self.published() if post.user_id == account.id and post.reply_to is None]
        return lists.page(self._listed(mine), params, self.view())

    def _object(self, object_id: str, params: dict[str, str], account: Account) -> dict[str, Any]:
        wanted = params.get("fields", "")
        container = self.data.containers.get(object_id)
        if container is not None and container.user_id == account.id and not self._forgotten(container):
            return self._container(container, wanted)
        post = self._visible(object_id)
        if post is None:
            raise no_object(object_id)
        return fields.read(post, wanted, self.view())

    def _container(self, container: Container, wanted: str) -> dict[str, Any]:
        status = self.status(container)
        known = {"id": container.id, "status": status, "error_message": container.error if status == "ERROR" else None}
        names = [name for name, _ in fields.split(wanted)] if wanted else ["id", "status"]
        if unknown := next((name for name in names if name not in known), None):
            raise invalid(f"Tried accessing nonexisting field ({unknown})")
        return {name: known[name] for name in (*names, "id") if known[name] is not None}

    def _forgotten(self, container: Container) -> bool:
        after = self.settings.forget_after
        return (
            after is not None
            and container.published_at is not None
            and self.clock() >= container.published_at + timedelta(seconds=after)
        )

    # --- ids --------------------------------------------------------------------------------------------------

    def _new_id(self) -> str:
        self.data.next_id += 1
        return str(18_000_000_000_000_000 + self.data.next_id * 7919)

    def _new_post(self, user_id: str, media_type: str, now: datetime) -> Post:
        media_id = self._new_id()
        # From the id, not from a generator: the same world after a restart must not give a code again.
        digest = hashlib.sha256(f"{self._seed}/{media_id}".encode()).digest()
        shortcode = "D" + base64.urlsafe_b64encode(digest).decode()[:10]
        return Post(media_id, user_id, None, media_type, shortcode, now)


def _required(params: dict[str, str], name: str) -> str:
    if not params.get(name):
        raise invalid(f"The parameter {name} is required")
    return params[name]
