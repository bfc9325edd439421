"""PyThreads 0.2.1, as released, through its every method and the flows of its README: results as JSON on stdout.

Arguments: the API's address and a picture's URL.
Access token and user id come by the environment. Nothing of PyThreads is changed but the address it calls.
"""

import asyncio
import json
import os
import sys
import warnings
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pythreads.threads
from pythreads.api import API, Media, MediaType
from pythreads.configuration import Configuration
from pythreads.credentials import Credentials
from pythreads.threads import Threads

BASE, PICTURE = sys.argv[1:]
pythreads.threads.GRAPH_API_BASE_URL = f"{BASE}/"
CONFIG = Configuration(Threads.ALL_SCOPES, "1000000000000001", "any-secret-will-do", "https://acme.dev/back")
seen: dict[str, Any] = {}


async def note(name: str, call: Awaitable[Any]) -> Any:
    seen[name] = await call
    return seen[name]


def authorization() -> None:
    """README: window, callback, token, refresh. The token itself is not reported."""
    _, state = Threads.authorization_url(CONFIG)
    callback = f"https://acme.dev/back?code=a-code-for-{os.getpid()}&state={state}#_"
    credentials = Threads.complete_authorization(callback, state, config=CONFIG)
    assert Credentials.from_json(credentials.to_json()) == credentials
    seen["authorization"] = {"user_id": str(credentials.user_id), "short_lived": credentials.short_lived}
    credentials.expiration = datetime.now(UTC) + timedelta(days=30)
    token, expiration = Threads.refresh_long_lived_token(_a_day_old(credentials))
    seen["refresh"] = bool(token) and expiration > datetime.now(UTC) + timedelta(days=59)


def _a_day_old(credentials: Credentials) -> Credentials:
    import requests

    requests.post(f"{BASE}/_sandbox/clock", json={"advance": "25h"}, timeout=5).raise_for_status()
    return credentials


async def text_and_picture(api: API) -> str:
    """README: create, ask for the status, publish; once for words and once with a picture."""
    container = await note("create_container", api.create_container("Hello from 2024"))
    await note("container_status", api.container_status(container))
    text = await note("publish_container", api.publish_container(container))
    picture = await api.create_container("A picture", Media(MediaType.IMAGE, PICTURE))
    await note("picture", api.publish_container(picture))
    return str(text)


async def carousel(api: API) -> None:
    """README: two children, both FINISHED, their parent, published."""
    children = [
        await api.create_container(media=Media(MediaType.IMAGE, PICTURE), is_carousel_item=True) for _ in range(2)
    ]
    states = [await api.container_status(child) for child in children]
    parent = await note("create_carousel_container", api.create_carousel_container(states, "Two"))
    await api.container_status(parent)
    await note("carousel", api.publish_container(parent))


async def reading(api: API, post: str) -> None:
    """All that is left of its methods."""
    answer = await api.create_container("An answer", reply_to_id=post)
    answer = await note("reply", api.publish_container(answer))
    await note("account", api.account())
    await note("thread", api.thread(post))
    await note("container", api.container(post))
    await note("threads", api.threads(limit=2))
    page = seen["threads"]["paging"]["cursors"]["after"]
    await note("next_threads", api.threads(since=datetime.now().date() - timedelta(days=2), after=page))
    await note("replies", api.replies(post))
    await note("conversation", api.conversation(post))
    await note("manage_reply", api.manage_reply(answer, hide=True))
    await note("publishing_limit", api.publishing_limit())
    await note("user_insights", api.user_insights(["views", "likes"]))
    await note("insights", api.insights(post))


async def main() -> None:
    expiration = datetime.now(UTC) + timedelta(days=30)
    credentials = Credentials(
        os.environ["DRIVER_USER"], Threads.ALL_SCOPES, False, os.environ["DRIVER_TOKEN"], expiration
    )
    async with API(credentials) as api:
        post = await text_and_picture(api)
        await carousel(api)
        await reading(api, post)


warnings.simplefilter("ignore")
asyncio.run(main())
authorization()
json.dump(seen, sys.stdout, default=vars)
