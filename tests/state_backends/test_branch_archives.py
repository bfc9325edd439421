"""The state branch after years: what is finished is sealed, and a commit holds little else."""

import json
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import LostRace, Refused
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.state_backends import shards
from publisher.state_backends.branch import BranchState
from publisher.state_backends.branch_layout import Tip, head_text, laid_out
from publisher.state_backends.shards import Contents
from tests.state_backends.branches import BRANCH, another, listed, put
from tests.state_backends.places import BEGUN, NOON, BranchPlace, clone, git, record, repository

MOST = 10


@pytest.fixture
def place(tmp_path: Path) -> BranchPlace:
    return BranchPlace(*repository(tmp_path), most_files=MOST)


def published(day: int, text: str = "fingerprint") -> PostRecord:
    one = record(text)
    return replace(one, parts=(replace(one.parts[0], published_at=NOON + timedelta(days=day)),))


def many(n: int) -> dict[str, PostRecord]:
    return {f"post-{day:03}": published(day) for day in range(n)}


def files(place: BranchPlace, folder: str) -> list[str]:
    return [path for path in listed(place) if path.startswith(f"{folder}/")]


def head(place: BranchPlace) -> dict[str, Any]:
    return dict(json.loads(git(place.bare, "cat-file", "blob", f"{BRANCH}:head.json")))


@pytest.fixture
def sealed(place: BranchPlace) -> State:
    """A state of 40 posts, most of which are in the one archive."""
    return place.open("0/1").create(replace(BEGUN, posts=many(40)))


def test_what_is_finished_is_sealed_the_longest_finished_first(place: BranchPlace, sealed: State) -> None:
    assert [Path(path).stem for path in files(place, "posts")] == [f"post-{day:03}" for day in range(35, 40)]
    assert [path.removesuffix("-11.json") for path in files(place, "archive")] == ["archive/2026"]
    assert place.open().load() == sealed


def test_the_archive_grows_and_so_few_files_stay_that_a_commit_is_small(place: BranchPlace, sealed: State) -> None:
    ours = place.open()
    state = ours.load()
    for day in range(40, 69):
        state = ours.save(state.with_post(f"post-{day:03}", published(day)), (f"post-{day:03}",))
        assert len(files(place, "posts")) <= MOST + 1
    assert len(files(place, "archive")) == 1
    assert place.open().load() == state
    changed = git(place.bare, "diff-tree", "-r", "--name-only", f"{BRANCH}~1", BRANCH).decode().splitlines()
    assert changed == ["head.json", "posts/2026-11/post-068.json"]


def test_what_is_open_is_never_sealed(place: BranchPlace) -> None:
    state = place.open().create(replace(BEGUN, posts={f"open-{n}": record(phase=Phase.INTENT) for n in range(30)}))
    assert not files(place, "archive")
    assert "archives" not in head(place)
    assert place.open().load() == state


def test_a_sealed_post_can_be_changed_moved_removed_and_sealed_again(place: BranchPlace, sealed: State) -> None:
    ours = place.open()
    state = ours.load()
    state = put(ours, state, "post-000", "changed")
    state = ours.save(state.moved("post-001", "renamed", "posts/renamed.yaml"), ("post-001", "renamed"))
    state = ours.save(state.without("post-002"), ("post-002",))
    state = ours.save(state.without("post-003"), ("post-003",))
    assert place.open().load() == state
    assert head(place)["dropped"] == ["post-001", "post-002", "post-003"]
    state = ours.save(state.with_post("post-003", published(-5, "again")), ("post-003",))
    more = {f"more-{day:03}": published(1000 + day) for day in range(MOST)}
    state = ours.save(state.amended(more), tuple(more))
    state = put(ours, state, "last")
    assert head(place)["dropped"] == [], "the archive has grown without them"
    assert not [path for path in files(place, "posts") if "post-003" in path]
    assert another(place, place.clone.parent / "second").load() == state


def test_a_run_that_has_not_read_the_archives_remembers_each_name_that_goes(place: BranchPlace, sealed: State) -> None:
    state = place.open("2/1").save(sealed.without("post-000"), ("post-000",))
    assert place.open("3/1").load() == state
    assert head(place)["dropped"] == ["post-000"]


def test_a_branch_from_before_there_were_archives_is_sealed_by_its_next_write(place: BranchPlace) -> None:
    before = BranchPlace(place.bare, place.clone).open("0/1")
    state = before.create(replace(BEGUN, posts=many(40)))
    assert len(files(place, "posts")) == 40
    ours = place.open()
    state = put(ours, ours.load(), "new")
    assert len(files(place, "posts")) == MOST // 2
    assert place.open().load() == state


def test_the_lease_is_written_whatever_lies_there(place: BranchPlace) -> None:
    BranchPlace(place.bare, place.clone).open("0/1").create(replace(BEGUN, posts=many(40)))
    ours = place.open()
    state = ours.load()
    with ours.lock("1/1"):
        kept = ours.hold(state, 60)
    assert place.open().load().posts == kept.posts == state.posts


@pytest.mark.parametrize("spoil", ["changed", "gone", "another one"])
def test_an_archive_that_is_not_the_heads_is_refused_and_the_way_back_works(
    tmp_path: Path, place: BranchPlace, sealed: State, spoil: str
) -> None:
    desk = BranchPlace(place.bare, clone(place.bare, tmp_path / "desk", shallow=False), most_files=MOST)
    (path,) = files(place, "archive")
    content = git(place.bare, "cat-file", "blob", f"{BRANCH}:{path}")
    match spoil:
        case "changed":
            place.replace(path, content.replace(b'"phase"', b'"phasf"'))
        case "gone":
            place.replace(path, b"")
        case _:
            place.replace("archive/2026-12.json", content)
    with pytest.raises(Refused) as caught:
        desk.open().load()
    assert caught.value.code == "E402"
    command, _, rest = caught.value.fix.partition(", then: ")
    assert rest == "publisher state verify"
    subprocess.run(shlex.split(command), cwd=desk.clone, check=True, capture_output=True)
    assert desk.open().load() == sealed


def test_a_head_that_lists_what_is_no_archive_is_refused(place: BranchPlace, sealed: State) -> None:
    place.edit(archives=[["2026-11"]])
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E401"


def test_a_head_that_lists_an_archive_that_is_not_there_is_refused(place: BranchPlace, sealed: State) -> None:
    place.edit(archives=[*head(place)["archives"], ["2026-12", "0" * 64, 3]])
    with pytest.raises(Refused, match="it is missing, and the head lists it"):
        place.open().load()


def test_a_branch_of_what_is_open_leaves_the_archive_alone(place: BranchPlace) -> None:
    ours = place.open()
    failed = {f"failed-{n}": record(phase=Phase.FAILED) for n in range(2 * MOST)}
    state = ours.create(replace(BEGUN, posts={**many(20), **failed}))
    before = head(place)["archives"]
    for n in range(4):
        state = put(ours, state, f"new-{n}")
    assert head(place)["archives"] == before
    assert place.open().load() == state


def test_an_archive_that_cannot_be_read_while_writing_names_the_way_back(place: BranchPlace, sealed: State) -> None:
    place.edit(archives=[[*head(place)["archives"][0][:1], "0" * 64, 35]])
    ours = BranchPlace(place.bare, place.clone, most_files=0).open()
    tip = ours._reader.fetched()
    assert tip is not None
    for shard in (tip.sealed.shards[0], replace(tip.sealed.shards[0], name="2020-01")):
        with pytest.raises(Refused, match=r"is not what the head lists|it is missing") as caught:
            ours._reader.archive(tip, shard)
        assert "git push --force-with-lease" in caught.value.fix


# --- others who write -------------------------------------------------------------------------------------------


def two_runs(place: BranchPlace, folder: Path) -> tuple[BranchState, State, BranchState]:
    """One that has loaded, what it has loaded, and one that seals all that is finished."""
    ours, theirs = place.open("7/1"), another(place, folder / "second", "8/1")
    theirs._most_files = 0
    return ours, ours.load(), theirs


def test_what_another_run_has_sealed_meanwhile_is_no_change_of_it(
    place: BranchPlace, sealed: State, tmp_path: Path
) -> None:
    ours, mine, theirs = two_runs(place, tmp_path)
    other = put(theirs, put(theirs, theirs.load(), "one"), "two")
    assert len(files(place, "posts")) == 1
    state = ours.save(mine.with_post("three", record("three")), ("three",))
    assert state.posts == {**other.posts, "three": record("three")}
    assert place.open().load() == state


def test_a_post_that_another_run_has_written_and_sealed_since_is_told(
    place: BranchPlace, sealed: State, tmp_path: Path
) -> None:
    """Its record was never seen in a file of its own: neither before nor after."""
    ours, mine, theirs = two_runs(place, tmp_path)
    live = replace(record().parts[0], media_id="17889615")
    state = theirs.load()
    state = theirs.save(state.with_post("one", replace(record(), parts=(live,))), ("one",))
    put(theirs, state, "two")
    assert not [path for path in files(place, "posts") if "one" in path]
    with pytest.raises(LostRace):
        ours.save(mine.with_post("mine", replace(record(), parts=(live,))), ("mine",))
    with pytest.raises(LostRace):
        ours.save(mine.with_post("one", record("mine")), ("one",))


# --- the layout alone -------------------------------------------------------------------------------------------


def lay(base: Tip | None, posts: Mapping[str, PostRecord], most: int = 0) -> Any:
    state = replace(BEGUN, posts=dict(posts))
    facts: dict[str, Any] = {"keep": (), "month": "2026-11", "most_files": most, "seen": Contents()}
    return laid_out(base, state, tuple(posts), read=lambda _: {}, **facts)


def test_a_shard_takes_so_many_posts_and_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LARGEST_SHARD", 4)
    assert [shard.posts for shard in lay(None, many(10)).sealed.shards] == [4, 4, 2]
    assert [shard.name for shard in lay(None, many(10)).sealed.shards] == ["2026-11", "2026-11-2", "2026-11-3"]
    one = lay(None, many(1)).files["archive/2026-11.json"]
    monkeypatch.setattr(shards, "LARGEST_BYTES", 3 * len(one))
    assert max(len(lay(None, many(20)).files[shard.key]) for shard in lay(None, many(20)).sealed.shards) < 4 * len(one)


def test_a_small_head_says_nothing_of_archives() -> None:
    layout = lay(None, many(3), most=MOST)
    assert (layout.sealed.shards, sorted(layout.paths)) == ((), sorted(many(3)))
    said = json.loads(head_text(BEGUN, None, layout.sealed, {"posts": "4b825dc"}))
    assert (said["posts_tree"], said["archive_tree"]) == ("4b825dc", None)
    assert {"archives", "dropped", "lease"}.isdisjoint(said)
