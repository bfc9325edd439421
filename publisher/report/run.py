"""What a run came to, as reports need it. `publishing.results` has these shapes; nothing of it is imported here."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from publisher.errors import PublisherError
from publisher.planning.plan import Plan, PlannedPost


class Trouble(Protocol):
    """What went wrong with one post."""

    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def fix(self) -> str: ...
    def as_json(self) -> Mapping[str, Any]: ...


class Result(Protocol):
    """One post after the run."""

    @property
    def planned(self) -> PlannedPost: ...
    @property
    def outcome(self) -> str: ...
    @property
    def media_ids(self) -> Sequence[str]: ...
    @property
    def permalinks(self) -> Sequence[str]: ...
    @property
    def problem(self) -> Trouble | None: ...
    @property
    def exit_code(self) -> int: ...


class Run(Protocol):
    """The whole run."""

    @property
    def plan(self) -> Plan: ...
    @property
    def posts(self) -> Sequence[Result]: ...
    @property
    def exit_code(self) -> int: ...
    @property
    def interrupted(self) -> bool: ...
    @property
    def stopped_by(self) -> PublisherError | None: ...


def count(run: Run, *outcomes: str) -> int:
    """How many posts of the run ended as one of `outcomes`."""
    return sum(result.outcome in outcomes for result in run.posts)
