"""threads-client 0.2.1 (asyncio): text, picture, carousel, read back page by page, one deleted; results as JSON."""

import asyncio
import json
import os
import sys
from typing import Any

from threads_client import CarouselMediaItem, ThreadsClient

BASE, PICTURE = sys.argv[1:]


async def flows() -> dict[str, Any]:
    token, user = os.environ["DRIVER_TOKEN"], os.environ["DRIVER_USER"]
    async with ThreadsClient(token, user, base_url=f"{BASE}/v1.0") as client:
        text = await client.posts.create("Hello", topic_tag="Tech")
        picture = await client.posts.create("A picture", image_url=PICTURE)
        items = [CarouselMediaItem(media_type="IMAGE", url=PICTURE)] * 2
        carousel = await client.posts.create_carousel("Two", items=items)
        read = [post.model_dump(mode="json") async for post in client.posts.iter_posts(limit=2)]
        reply = await client.posts.create("An answer", reply_to_id=text.post_id)
        return {
            "posted": [text.post_id, picture.post_id, carousel.post_id],
            "read": read,
            "reply": reply.post_id,
            "deleted": await client.posts.delete(picture.post_id),
        }


json.dump(asyncio.run(flows()), sys.stdout)
