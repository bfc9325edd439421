"""Two runs on a branch, where a write about one post brings along what another run wrote about others (F48)."""

from pathlib import Path
from typing import Any

import pytest

from publisher.planning.records import Phase
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.state_backends.branch import BranchState
from publisher.threads_api.messages import Request, Response, Transport
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import ENDPOINT, Killed, Scene, picture, repost, text
from tests.state_backends.places import BEGUN, clone, repository

VIDEO = text("v", media=(picture("v", "video"),))  # its container is recorded as soon as it is made


class Meanwhile:
    """Lets another run happen before the first call that makes a container."""

    def __init__(self, inner: Transport, happens: Any) -> None:
        self._inner = inner
        self._happens = happens

    def send(self, request: Request) -> Response:
        if request.method == "POST" and self._happens is not None:
            happens, self._happens = self._happens, None
            happens()
        return self._inner.send(request)


class Branch:
    def __init__(self, folder: Path, scene: Scene) -> None:
        self.scene = scene
        remote, first = repository(folder)
        self.clones = [first, clone(remote, folder / "second")]
        self.open(0).create(BEGUN)

    def open(self, number: int) -> BranchState:
        facts: dict[str, Any] = {"now": self.scene.clock.now, "sleep": lambda _: None}
        return BranchState(self.clones[number], account="acme", endpoint=ENDPOINT, run="7/1", **facts)

    def publish(self, number: int, transport: Transport, *ids: str) -> RunReport | None:
        plain = self.scene.session(transport)
        facts = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
        session = Session(**{**facts, "backend": self.open(number)})
        try:
            with session.backend.lock("7/1"):
                return carry_out(session, look(session, Desired(self.scene.posts, only=frozenset(ids) or None)))
        except Killed:
            return None


def test_what_another_run_has_published_meanwhile_ends_this_one_without_a_fault(tmp_path: Path) -> None:
    scene = Scene((text("a"), VIDEO))
    branch = Branch(tmp_path, scene)
    report = branch.publish(0, Meanwhile(scene.transport(), lambda: branch.publish(1, scene.transport(), "a")))
    assert report is not None
    assert report.stopped_by is not None
    assert (report.stopped_by.code, report.exit_code) == ("E702", 7)
    again = branch.publish(0, scene.transport())
    assert again is not None
    assert again.exit_code == 0
    assert [item["text"] for item in scene.live()] == ["a: some words", "v: some words"]


@pytest.mark.parametrize("lag", [0.0, 600.0])
def test_a_repost_that_another_run_has_begun_is_not_made_a_second_time(tmp_path: Path, lag: float) -> None:
    """Two jobs of one workflow run: their leases have one owner. There is no container that would hold the second."""
    scene = Scene((text("a"),))
    branch = Branch(tmp_path, scene)
    branch.publish(0, scene.transport())
    scene.posts += (VIDEO, repost("z", "a"))
    scene.world.settings.list_lag = lag
    dying = NamedTrouble(scene, [("repost", 1, "killed_after")])
    branch.publish(0, Meanwhile(scene.transport(), lambda: branch.publish(1, dying, "z")))
    assert [item["media_type"] for item in scene.live()].count("REPOST_FACADE") == 1


@pytest.mark.parametrize("death", ["killed_before", "killed_after"])
def test_an_attempt_that_another_run_has_begun_is_not_written_over_by_a_refusal(tmp_path: Path, death: str) -> None:
    scene = Scene((text("a"), VIDEO))
    branch = Branch(tmp_path, scene)
    refused = NamedTrouble(scene, [("create", number, "container_error") for number in (1, 3)])  # a, and a again
    dying = NamedTrouble(scene, [("publish", 1, death)])
    report = branch.publish(0, Meanwhile(refused, lambda: branch.publish(1, dying, "a")))
    assert report is not None
    assert report.stopped_by is not None
    assert (report.stopped_by.code, report.exit_code) == ("E702", 7)
    assert branch.open(1).load().posts["a"].phase is Phase.INTENT
    scene.clock.sleep(1200)
    again = branch.publish(0, scene.transport())
    assert again is not None
    assert again.exit_code == 0
    assert sorted(item["text"] for item in scene.live()) == ["a: some words", "v: some words"]
