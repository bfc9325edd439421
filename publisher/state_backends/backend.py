"""Where state is kept: the seam. One module for each thing that fits it: file, branch, s3."""

from contextlib import AbstractContextManager
from typing import Protocol

from publisher.planning.state import State


class StateBackend(Protocol):
    """Durable, conditional storage of one account's state.

    One backend object serves one run. Every write is conditional on what this object last read or wrote; nothing is
    ever overwritten on a doubt.
    """

    @property
    def where(self) -> str:
        """For messages: "publisher-state.json", "branch publisher-state"."""
        ...

    def load(self) -> State:
        """The newest state there is, read afresh.

        Raises `Refused`: E400 there is none (fix: `publisher state init`), E401 unreadable, E402 checksum, E403 a
        format of the future, E404 rewound. Raises `TryAgain` or `NotAllowed` when the place cannot be reached.
        """
        ...

    def create(self, state: State) -> State:
        """Begin a lineage; returns it as written (serial 1). Raises `Refused` E405 when there is a state already."""
        ...

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        """Make `state` durable and return it as written: serial + 1 and a fresh write_id.

        `changed` are the ids of the posts that differ from what was last loaded or saved (an id that `state` no
        longer has was moved or removed); a backend may write only those. When this returns, a crash of this machine
        loses nothing. A lost answer is no failure: what is there is read again and compared by write_id.
        Raises `LostRace` when somebody else has written meanwhile, `TryAgain` when it could not be written. A backend
        may put what it is given on top of what others wrote of other posts, and returns both; never where a call that
        cannot be undone may follow (`State.opens`), for theirs may be the same post under another name.
        """
        ...

    def lock(self, run: str) -> AbstractContextManager[None]:
        """Hold the account for one run. Raises `LostRace` E700 naming the holder when somebody else has it.

        Only an optimisation: `save` is safe without it.
        """
        ...

    def left(self) -> float:
        """Seconds for which the account is surely ours; infinite where a lock does not run out, or none is held."""
        ...

    def hold(self, state: State, seconds: float) -> State:
        """Make sure that the account is ours for `seconds` more; returns `state` as it is kept then.

        Writes only where less is left. Raises `LostRace` when another run has taken the account over or has written,
        `TryAgain` when the lock could not be renewed: then nothing irreversible may follow.
        """
        ...

    def unlock(self) -> str:
        """Take away a lock whose holder died; returns what was found, for people ("held by run 9123/1 since …").

        A lease (branch, S3) goes whosever it is; a lock of the system (file) stays with a run that is alive.
        """
        ...
