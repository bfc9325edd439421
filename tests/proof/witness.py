"""What must hold of an account at any moment, whoever did what: looked at in the feed, and held against the records."""

from typing import Any

from publisher.content.fingerprint import words_of
from publisher.publishing.match import canonical
from tests.proof.people import Wrong
from tests.proof.tip import Piece, Tip, pieces_of
from tests.publishing.harness import Scene


class Witness:
    """Remembers what it saw: what was taken down must not come back, and keeps its place among the chains."""

    def __init__(self, scene: Scene, tip: Tip) -> None:
        self._scene = scene
        self._tip = tip
        self._seen: dict[str, list[Piece]] = {}  # media id -> what it says, live or not any more
        self.gone: set[Piece] = set()  # taken down, by us or in the app
        self.missed: set[Piece] = set()  # of these, what was taken down in the app

    def live(self) -> dict[Piece, dict[str, Any]]:
        """What is live of the files; what the owner posted by hand is nobody's."""
        found: dict[Piece, dict[str, Any]] = {}
        for item in self._scene.live():
            pieces = pieces_of(item.get("text"))
            for piece in pieces:
                if piece in found:
                    raise Wrong(f"piece {piece[1]} of file {piece[0]} is live twice")
                found[piece] = item
            self._seen[item["id"]] = pieces
        return found

    def took_down(self, piece: Piece, *, in_the_app: bool) -> None:
        self.gone.add(piece)
        if in_the_app:
            self.missed.add(piece)

    def check(self) -> None:
        """Nothing is there twice or came back, chains are chains, and records tell what is."""
        live = self.live()
        if back := self.gone & live.keys():
            raise Wrong(f"{sorted(back)} came back")
        self._check_chains(live)
        self._check_records()

    def _check_chains(self, live: dict[Piece, dict[str, Any]]) -> None:
        """Each part answers one of its own file, no two the same, and one begins; what points, points at its post."""
        answered: dict[str, str] = {}
        begun: dict[int, set[str]] = {}
        for (number, piece), item in live.items():
            told, parent = f"piece {piece} of file {number}", item.get("reply_to_id")
            if (number, piece) in self._tip.pointing:
                how, at = self._tip.pointing[number, piece]
                pointed = parent if how == "reply_to" else (item.get("quoted_post") or {}).get("id")
                if at not in self._files(pointed):
                    raise Wrong(f"{told} does not {how} file {at}")
            elif parent is None:
                begun.setdefault(number, set()).add(item["id"])
                if len(begun[number]) > 1 + self._tip.split_up[number]:
                    raise Wrong(f"file {number} was begun twice")
            elif number not in self._files(parent) or answered.setdefault(parent, item["id"]) != item["id"]:
                raise Wrong(f"{told} does not answer the part before it")
            elif number not in self._tip.reshaped and self._seen[parent] != [(number, piece - 1)]:
                raise Wrong(f"{told} answers {self._seen[parent]}")

    def _files(self, media_id: str | None) -> set[int]:
        """Of which files it has words."""
        return {number for number, _ in self._seen.get(media_id or "", [])}

    def _check_records(self) -> None:
        """Each id is that of the part's own words, and of what its container became, if it became anything: a state may
        have been set back to one that remembers a container of which nothing came, because another was made since.
        """
        if self._scene.memory.document is None:
            return
        posts = self._scene.world.data.posts
        became = {post.id: post.container_id for post in posts.values()}
        used = set(became.values())
        bound: set[str] = set()
        for post_id, record in self._scene.memory.state().posts.items():
            for index, part in enumerate(record.parts, start=1):
                if part.media_id is None:
                    continue
                if part.media_id in bound:
                    raise Wrong(f"{part.media_id} is recorded twice")
                bound.add(part.media_id)
                if part.container in used and became.get(part.media_id) != part.container:
                    raise Wrong(f"{post_id} is recorded under what another container became")
                words = self._tip.said.get(words_of(part.fingerprint))
                if part.media_id in posts and canonical(words) != canonical(posts[part.media_id].text):
                    raise Wrong(f"part {index} of {post_id} is recorded under other words")
