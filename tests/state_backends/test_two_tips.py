"""Two runs that overlap, one of an old tip and one of a new, where a file was renamed between: the words go out once.

The lock does not help: the new tip's run begins after the old one's has looked, and ends before it writes. What the
lists show comes late, so that the state's compare-and-set alone tells the old one.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from publisher.content.post import Post
from publisher.errors import PublisherError
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.state_backends.backend import StateBackend
from publisher.state_backends.branch import BranchState
from publisher.threads_api.messages import Transport
from tests.publishing.harness import ENDPOINT, Scene, picture, text
from tests.publishing.test_overtaken import Meanwhile
from tests.state_backends.places import BEGUN, FilePlace, S3Place, clone, repository

Opened = Callable[[str], StateBackend]
VIDEO = text("v", media=(picture("v", "video"),))  # its container is recorded as soon as it is made


def branch(scene: Scene, folder: Path) -> Opened:
    remote, first = repository(folder)
    clones = {"1/1": first, "2/1": clone(remote, folder / "second")}
    facts: dict[str, Any] = {"account": "acme", "endpoint": ENDPOINT, "now": scene.clock.now, "sleep": lambda _: None}
    return lambda run: BranchState(clones[run], run=run, **facts)


@pytest.fixture(params=["file", "branch", "s3"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Scene], Opened]:
    if request.param == "file":
        return lambda _: FilePlace(tmp_path / "state.json", small=200).open
    if request.param == "branch":
        return lambda scene: branch(scene, tmp_path)
    return lambda _: S3Place(request.getfixturevalue("s3"), request.getfixturevalue("bucket")).open


def publish(scene: Scene, backend: StateBackend, run: str, posts: Sequence[Post], transport: Transport) -> RunReport:
    plain = scene.session(transport)
    facts: dict[str, Any] = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
    session = Session(**{**facts, "backend": backend, "run": run})
    return carry_out(session, look(session, Desired(tuple(posts))))


@pytest.mark.parametrize("before", [(), (VIDEO,)], ids=["alone", "behind a video"])
def test_an_old_tip_and_a_new_one_post_a_renamed_file_once(
    opened: Callable[[Scene], Opened], before: tuple[Post, ...]
) -> None:
    scene = Scene((), list_lag=120.0)
    earlier, old, new = text("earlier"), text("w", "words"), text("x", "words")
    backend = opened(scene)
    backend("1/1").create(BEGUN)
    publish(scene, backend("1/1"), "1/1", (earlier,), scene.transport())
    scene.clock.sleep(3600)
    others: list[RunReport] = []
    new_tip = (earlier, new)

    def other() -> None:
        others.append(publish(scene, backend("2/1"), "2/1", new_tip, scene.transport()))

    overtaken = publish(scene, backend("1/1"), "1/1", (earlier, *before, old), Meanwhile(scene.transport(), other))
    assert [report.exit_code for report in others] == [0]
    assert isinstance(overtaken.stopped_by, PublisherError)
    assert (overtaken.stopped_by.code, overtaken.exit_code) == ("E702", 7)
    assert [item["text"] for item in scene.live()] == ["earlier: some words", "words"]
    scene.clock.sleep(3600)
    again = publish(scene, backend("1/1"), "1/1", (earlier, *before, new), scene.transport())
    assert again.exit_code == 0
    said = ["earlier: some words", "words", *(post.parts[0].text for post in before)]
    assert [item["text"] for item in scene.live()] == said
