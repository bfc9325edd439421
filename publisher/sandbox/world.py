"""A Threads in memory: accounts, containers with a life in time, posts, quotas. Pure but for the clock and `fetch`.

One world, two doors: called directly (`transport`), and served over HTTP (`routes`). `answer` lets a call in and hands
it to its route; the routes are in `endpoints`. Answers are Meta's, as far as they are known; where Meta is silent a
setting chooses (docs/sandbox.md). Cheap to make: sweeps make thousands.
"""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from publisher.sandbox import fields
from publisher.sandbox.answers import Refusal, answer, bad_token, invalid, missing_scope, no_object, response_of
from publisher.sandbox.endpoints import FIXED, ROUTES
from publisher.sandbox.endpoints.tokens import SCOPES, find
from publisher.sandbox.fetching import Blobs, Fetch, Fetched
from publisher.sandbox.route import Call, OpenRoute, UserCall
from publisher.sandbox.text import is_text
from publisher.sandbox.values import Account, Container, Data, Grant, Post, Settings
from publisher.threads_api.messages import Request, Response

DAY = timedelta(hours=24)


def nothing_there(_url: str) -> Fetched:
    return Fetched(404)


class World:
    """`clock` gives the world's time, `fetch` an anonymous GET; `happened` hears what webhooks tell of."""

    APP_ID = "1000000000000001"  # of the tokens that the sandbox hands out itself

    def __init__(
        self,
        clock: Callable[[], datetime],
        fetch: Fetch = nothing_there,
        *,
        data: Data | None = None,
        seed: int = 1,
        secret: str = "sandbox",  # noqa: S107  (a seed of tokens that open nothing else)
        base_url: str = "https://www.threads.com",
        api_url: str = "https://graph.threads.net",
    ) -> None:
        self.clock = clock
        self.fetch = fetch
        self.data = data if data is not None else Data()
        self.blobs = Blobs()
        self.base_url = base_url
        self.api_url = api_url
        self.secret = secret  # tokens are made with it
        self.lock = threading.RLock()  # calls come from many threads; media are fetched outside it
        self.happened: Callable[[str, Post], object] = lambda _field, _post: None
        self._seed = seed
        for account in self.data.accounts.values():
            self._admit(account)

    # --- making it --------------------------------------------------------------------------------------------

    def add_account(self, username: str, token: str, *, scopes: Iterable[str] = SCOPES, **facts: Any) -> Account:
        """Another account, whose own token has `scopes` and never ends; `facts` are other fields of `Account`."""
        user_id = str(17841400000000001 + len(self.data.accounts))
        account = Account(**{"id": user_id, "username": username, "name": username.title(), "token": token, **facts})
        self.data.accounts[account.id] = account
        self._admit(account, scopes)
        return account

    def _admit(self, account: Account, scopes: Iterable[str] = SCOPES) -> None:
        if account.token not in self.data.grants:
            grant = Grant(account.token, account.id, self.APP_ID, "long", list(scopes), self.clock())
            self.data.grants[account.token] = grant

    def reset(self) -> None:
        """Empty, with its first account and that account's token."""
        first = next(iter(self.data.accounts.values()), None)
        last_id = self.data.next_id  # ids stay unique: links to what was there must not lead elsewhere
        fresh = Data(next_id=last_id)
        if first is not None:
            first.searched.clear()
            fresh.accounts[first.id] = first
            fresh.grants[first.token] = self.data.grants[first.token]
        for name, value in vars(fresh).items():
            setattr(self.data, name, value)

    @property
    def settings(self) -> Settings:
        return self.data.settings

    # --- answering --------------------------------------------------------------------------------------------

    def answer(self, request: Request, token: str | None) -> Response:
        """One call. Never raises: a refusal is an answer too."""
        with self.lock:
            try:
                return answer(self._dispatch(request, token))
            except Refusal as refusal:
                return response_of(refusal, self.settings.locale)

    def answer_at(self, moment: datetime, request: Request, token: str | None) -> Response:
        """One call that takes effect at another time than now."""
        with self.lock:
            clock, self.clock = self.clock, lambda: moment
            try:
                return self.answer(request, token)
            finally:
                self.clock = clock

    def _dispatch(self, request: Request, token: str | None) -> Any:
        params = {key: value for key, value in request.params.items() if key != "access_token"}
        if not all(word.isascii() or is_text(word) for pair in params.items() for word in pair):
            raise invalid("Parameters must be valid UTF-8")
        now = self.clock()
        steps = [step for step in request.path.split("/") if step]
        path = "/" + "/".join(steps)
        if path in FIXED:
            return self._enter(Call(request.method, path, "", params, token, now), path)
        grant = self.grant(token, now)
        subject = steps[0] if steps else ""
        mine = subject in ("me", grant.user_id)
        pattern = "/" + "/".join(["{user}" if mine else "{id}", *steps[1:]])
        return self._enter(Call(request.method, path, subject, params, token, now), pattern)

    def _enter(self, call: Call, pattern: str) -> Any:
        route = ROUTES.get((call.method, pattern))
        if isinstance(route, OpenRoute):
            return route.answer(self, call)
        grant = self.grant(call.token, call.now)
        account = self.data.accounts.get(grant.user_id or "")
        if account is None:
            raise bad_token()  # an app's own token opens no user's doors
        if route is None:
            raise no_object(call.subject, call.method)
        if any(scope not in grant.scopes for scope in ("threads_basic", *route.scopes)):
            raise missing_scope()
        facts = (call.method, call.path, call.subject, call.params, call.token, call.now)
        return route.answer(self, UserCall(*facts, account, grant))

    def grant(self, token: str | None, now: datetime) -> Grant:
        """What a token opens. Raises the refusals of one that is unknown or over."""
        return find(self, token, now)

    def fetch_aside(self, url: str) -> Fetched:
        """Fetch, and let other calls in while the medium is on its way."""
        self.lock.release()
        try:
            return self.fetch(url)
        finally:
            self.lock.acquire()

    # --- what there is ----------------------------------------------------------------------------------------

    def status(self, container: Container) -> str:
        now = self.clock()
        if container.published_at is not None:
            return "PUBLISHED"
        if container.error is not None and now >= container.ready_at:
            return "ERROR"
        if now >= container.made_at + DAY:
            return "EXPIRED"
        return "FINISHED" if now >= container.ready_at else "IN_PROGRESS"

    def container(self, container_id: str, user_id: str) -> Container | None:
        """A container of this user's, unless it was published so long ago that it is forgotten."""
        found = self.data.containers.get(container_id)
        if found is None or found.user_id != user_id:
            return None
        after = self.settings.forget_after
        if after is not None and found.published_at is not None:
            return found if self.clock() < found.published_at + timedelta(seconds=after) else None
        return found

    def live(self, media_id: str) -> Post | None:
        post = self.data.posts.get(media_id)
        return post if post is not None and post.deleted_at is None else None

    def readable(self, media_id: str) -> Post | None:
        """Live, and old enough to be read when reads lag."""
        post = self.live(media_id)
        lag = timedelta(seconds=self.settings.read_lag)
        return post if post is not None and self.clock() >= post.published_at + lag else None

    def published(self) -> list[Post]:
        """Everything that is live, oldest first, children of carousels left out."""
        return [post for post in self.data.posts.values() if post.deleted_at is None and post.parent is None]

    def listed(self) -> list[Post]:
        """What lists show, newest first: with `list_lag`, new posts come and deleted ones go so much later."""
        before = self.clock() - timedelta(seconds=self.settings.list_lag)
        return [
            post
            for post in reversed(self.data.posts.values())
            if post.parent is None
            and post.published_at <= before
            and (post.deleted_at is None or post.deleted_at > before)
        ]

    def view(self, viewer: str | None = None) -> fields.View:
        """What reading posts needs; `viewer` is the account that asks, None sees everything."""
        return fields.View(self.data, self.base_url, self.clock(), viewer=viewer, api_url=self.api_url)

    # --- ids --------------------------------------------------------------------------------------------------

    def new_id(self) -> str:
        self.data.next_id += 1
        return str(18_000_000_000_000_000 + self.data.next_id * 7919)

    def new_post(self, user_id: str, media_type: str, now: datetime) -> Post:
        media_id = self.new_id()
        # From the id, not from a generator: the same world after a restart must not give a code again.
        digest = hashlib.sha256(f"{self._seed}/{media_id}".encode()).digest()
        shortcode = "D" + base64.urlsafe_b64encode(digest).decode()[:10]
        return Post(media_id, user_id, None, media_type, shortcode, now)
