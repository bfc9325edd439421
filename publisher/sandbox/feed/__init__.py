"""The feed page: what people see of the sandbox in a browser.

Pure: the documents of `/_sandbox/posts` in, HTML out. `text` finds links, mentions, tags and marks; `reading` turns
documents into `values`, with every reference between posts followed; `page` renders them. Nothing a post says can
become markup: the template escapes everything, and the page carries no script, no address outside the sandbox but
links, and a policy that would stop both.
"""

from publisher.sandbox.feed.page import headers, render_feed, render_missing
from publisher.sandbox.feed.reading import feed_view
from publisher.sandbox.feed.values import FeedPost, FeedView

__all__ = ["FeedPost", "FeedView", "feed_view", "headers", "render_feed", "render_missing"]
