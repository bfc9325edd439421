"""Each list that Threads gives in pages: who fills it, how it is read, and which of its parameters choose a part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from publisher.threads_api import Media, Page
from tests.threads_api.worlds import Desk

CURSORS = frozenset({"after", "before"})
TIMES = frozenset({"since", "until"})


@dataclass
class Scene:
    """Two people, and a post of each that can be answered."""

    desk: Desk = field(default_factory=Desk)

    def __post_init__(self) -> None:
        self.other = self.desk.other("somebody")
        self.desk.world.data.accounts[self.other.caller.account.id].followers = 1000  # enough to be looked up
        self.open = self.desk.post("Say what you think").media_id
        self.watched = self.desk.post("Ask me", enable_reply_approvals=True).media_id
        self.others = self.other.post("And you?").media_id


Read = Callable[..., Page[Media]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of the API."""

    chosen_by: frozenset[str]  # parameters that choose a part of it, or its order
    fill: Callable[[Scene, str], object]  # one item more, with these words
    read: Callable[[Scene], Read]


LISTS: Mapping[str, Listed] = {
    "GET /{user}/threads": Listed(
        CURSORS | TIMES, lambda scene, words: scene.desk.post(words), lambda scene: scene.desk.client.media.threads
    ),
    "GET /{user}/ghost_posts": Listed(
        CURSORS | TIMES,
        lambda scene, words: scene.desk.post(words, is_ghost_post=True),
        lambda scene: scene.desk.client.media.ghost_posts,
    ),
    "GET /{user}/mentions": Listed(
        CURSORS | TIMES,
        lambda scene, words: scene.other.post(f"{words} @acme"),
        lambda scene: scene.desk.client.media.mentions,
    ),
    "GET /{user}/replies": Listed(
        CURSORS | TIMES,
        lambda scene, words: scene.desk.post(words, reply_to_id=scene.others),
        lambda scene: scene.desk.client.replies.mine,
    ),
    "GET /{id}/replies": Listed(
        CURSORS | {"reverse"},
        lambda scene, words: scene.other.post(words, reply_to_id=scene.open),
        lambda scene: lambda **options: scene.desk.client.replies.of(scene.open, **options),
    ),
    "GET /{id}/conversation": Listed(
        CURSORS | {"reverse"},
        lambda scene, words: scene.other.post(words, reply_to_id=scene.open),
        lambda scene: lambda **options: scene.desk.client.replies.conversation(scene.open, **options),
    ),
    "GET /{id}/pending_replies": Listed(
        CURSORS | {"reverse"},
        lambda scene, words: scene.other.post(words, reply_to_id=scene.watched),
        lambda scene: lambda **options: scene.desk.client.replies.pending(scene.watched, **options),
    ),
    "GET /profile_posts": Listed(
        CURSORS | TIMES,
        lambda scene, words: scene.other.post(words),
        lambda scene: lambda **options: scene.desk.client.search.profile_posts("somebody", **options),
    ),
    "GET /keyword_search": Listed(
        TIMES,
        lambda scene, words: scene.desk.post(f"{words} tea"),
        lambda scene: lambda **options: scene.desk.client.search.keyword("tea", **options),
    ),
}
