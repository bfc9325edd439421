"""The records of a run's posts, written by that run alone."""

from collections.abc import Sequence

from publisher.errors import LostRace
from publisher.planning.record_json import post_json
from publisher.publishing.journey import Journey
from publisher.publishing.ledger import Ledger


class Keeper:
    """Writes the records of these posts, as long as nobody else does.

    A branch puts our records on top of another run's, so that a write of ours about one post brings theirs about
    others along (F48). The ledger cannot tell those from ours; who knows what this run wrote last, can.
    """

    def __init__(self, ledger: Ledger, journeys: Sequence[Journey]) -> None:
        self._ledger = ledger
        records = ledger.state.posts
        self._known = {journey.id: records.get(journey.id) for journey in journeys}  # as last seen or written

    def keep(self, journeys: Sequence[Journey]) -> None:
        """One write for all of their records, and none for none.

        Raises `LostRace` E702, and nothing is written, where another run has written of one of them.
        """
        if not journeys:
            return
        for journey in journeys:
            self._not_overtaken(journey.id)
        records = {journey.id: journey.record for journey in journeys}
        self._ledger.keep_all(records)
        self._known.update(records)

    def _not_overtaken(self, post_id: str) -> None:
        there, known = self._ledger.state.posts.get(post_id), self._known[post_id]
        if (there and post_json(there)) != (known and post_json(known)):
            raise LostRace(
                f"another run has written of {post_id} meanwhile",
                code="E702",
                why="two runs must not publish the same post",
                fix="run again: it continues from what the other one recorded",
            )
