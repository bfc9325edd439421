"""State on a branch that others write, too, at a remote that does not always answer."""

import re
import shlex
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import InvalidContent, LostRace, NotAllowed, Refused, TryAgain
from publisher.planning.records import Phase
from publisher.planning.state import State
from publisher.state_backends.branch import BranchState
from tests.state_backends.branches import BRANCH, another, commits, hook, instead, put
from tests.state_backends.places import BEGUN, ENDPOINT, BranchPlace, clone, git, record, repository


@pytest.fixture
def place(tmp_path: Path) -> BranchPlace:
    return BranchPlace(*repository(tmp_path))


@pytest.fixture
def saved(place: BranchPlace) -> State:
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


# --- others write, too ------------------------------------------------------------------------------------------


def test_f48_two_runs_with_different_posts_keep_both(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    put(theirs, put(theirs, other, "theirs"), "more", "changed by them")
    state = put(ours, mine, "ours", "by us")
    assert set(state.posts) == {"launch", "more", "ours", "theirs"}
    assert state.posts["more"] == record("changed by them")
    assert place.open().load() == state


def test_f48_what_a_call_follows_may_go_beside_a_lease_that_was_taken_away(place: BranchPlace, saved: State) -> None:
    """No post is another one by that."""
    ours = place.open("1/1")
    with ours.lock("1/1"):
        state = put(ours, ours.load(), "launch", "changed")
        assert "taken away" in place.open("2/1").unlock()
        state = ours.save(state.with_post("launch", record(phase=Phase.INTENT)), ("launch",))
        assert place.open().load() == state


def test_f48_two_runs_with_the_same_post_do_not_mix(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    won = put(theirs, other, "new", "theirs")
    with pytest.raises(LostRace) as caught:
        put(ours, mine, "new", "ours")
    assert caught.value.code == "E702"
    assert place.open().load() == won


def test_a_post_removed_here_and_changed_there_stops_the_loser(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    put(theirs, other, "launch", "theirs")
    with pytest.raises(LostRace):
        ours.save(replace(mine, posts={"more": mine.posts["more"]}), ("launch",))


def test_two_runs_that_record_the_account_do_not_mix(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    theirs.save(replace(other, user_id="17841400000000000"), ())
    with pytest.raises(LostRace):
        put(ours, mine, "launch")


def test_a_lineage_begun_anew_meanwhile_is_refused(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours = place.open("1/1")
    mine = ours.load()
    place.wipe()
    another(place, tmp_path / "second").create(replace(BEGUN, lineage="another"))
    with pytest.raises(Refused) as caught:
        put(ours, mine, "launch")
    assert caught.value.code == "E408"


def test_f56_a_branch_deleted_under_a_run_is_refused(place: BranchPlace, saved: State) -> None:
    ours = place.open("1/1")
    state = ours.load()
    place.wipe()
    with pytest.raises(Refused) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E400"


def test_a_branch_deleted_under_a_run_with_a_whole_clone_is_made_whole(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    """Nothing is forgotten: the commit that is pushed has the whole state and its history."""
    desk = another(place, tmp_path / "desk", shallow=False)
    state = desk.load()
    place.wipe()
    state = put(desk, state, "launch", "changed")
    assert place.open().load() == state
    assert commits(place) == 4


def test_f55_a_branch_set_back_under_a_run_is_refused(place: BranchPlace, saved: State) -> None:
    ours = place.open("1/1")
    state = ours.load()
    place.set_back()
    with pytest.raises(Refused) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E404"


def test_f55_a_branch_set_back_and_written_by_another_is_refused(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours = place.open("1/1")
    state = ours.load()
    place.set_back()
    place.set_back()
    other = another(place, tmp_path / "second")
    put(other, other.load(), "new")
    with pytest.raises(Refused) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E404"
    assert "git update-ref -d" in caught.value.fix


def _without_head(place: BranchPlace) -> str:
    listed = git(place.bare, "ls-tree", BRANCH).decode().splitlines()
    tree = git(
        place.bare, "mktree", stdin="\n".join(line for line in listed if "head.json" not in line).encode() + b"\n"
    )
    return git(place.bare, "commit-tree", "-p", BRANCH, "-m", "edit", tree.decode().strip()).decode().strip()


def _rewritten(place: BranchPlace) -> None:
    """The head made good for the posts that are there now."""
    tree = git(place.bare, "rev-parse", f"{BRANCH}:posts").decode().strip()
    place.edit(posts_tree=tree)


def _with_a_senseless_post(place: BranchPlace) -> None:
    place.replace("posts/2026-11/launch.json", b"{}")
    _rewritten(place)


def _with_a_post_twice(place: BranchPlace) -> None:
    place.replace("posts/2026-12/launch.json", b"{}")
    _rewritten(place)


def told(command: str, folder: Path) -> None:
    """Do what a message says."""
    assert command.startswith("git ")
    git(folder, *shlex.split(command)[1:])


def test_what_the_refusal_of_an_older_state_names_works(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    desk = BranchPlace(place.bare, clone(place.bare, tmp_path / "desk", shallow=False))
    assert desk.open().load() == saved
    place.set_back()
    with pytest.raises(Refused) as caught:
        desk.open().load()
    back, _, on = caught.value.fix.partition("; or, if this one is meant: ")
    told(on.removesuffix(", then: publisher reconcile"), desk.clone)
    assert desk.open().load().serial == saved.serial - 1
    told(back, desk.clone)
    assert desk.open().load() == saved


@pytest.mark.parametrize("shallow", [False, True])
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda place: place.replace("head.json", b""), "E401"),
        (lambda place: place.replace("posts/2026-11/launch.json", b"{}"), "E402"),
        (lambda place: place.replace("posts/2026-12/launch.json", b"{}"), "E402"),
        (lambda place: git(place.bare, "update-ref", f"refs/heads/{BRANCH}", _without_head(place)), "E401"),
        (_with_a_senseless_post, "E401"),
        (_with_a_post_twice, "E401"),
    ],
)
def test_what_the_refusal_of_a_spoilt_state_names_works(
    place: BranchPlace, saved: State, tmp_path: Path, spoil: Callable[[BranchPlace], object], code: str, shallow: bool
) -> None:
    desk = BranchPlace(place.bare, clone(place.bare, tmp_path / "desk", shallow=shallow))
    assert desk.open().load() == saved
    good = git(place.bare, "rev-parse", BRANCH).decode().strip()
    spoil(place)
    with pytest.raises(Refused) as caught:
        desk.open().load()
    assert caught.value.code == code
    command = re.search(r"(git push --force-with-lease=.*), then: publisher state verify", caught.value.fix)
    assert command is not None
    if shallow:  # which commit it is, a person finds where the history is
        assert "COMMIT" in command[1]
        desk = BranchPlace(place.bare, clone(place.bare, tmp_path / "whole", shallow=False))
    told(command[1].replace("COMMIT", good), desk.clone)
    assert desk.open().load() == saved


def test_what_the_refusal_of_a_missing_state_names_works(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    desk = BranchPlace(place.bare, clone(place.bare, tmp_path / "desk", shallow=False))
    desk.open().load()
    place.wipe()
    with pytest.raises(Refused) as caught:
        desk.open().load()
    told(caught.value.fix.partition("; or, to begin")[0], desk.clone)
    assert desk.open().load() == saved


# --- answers that are lost, and refusals ------------------------------------------------------------------------


def test_f50_a_push_that_was_kept_and_whose_answer_was_lost_is_a_success(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    hook(place, "reference-transaction", 'test "$1" = committed && kill -9 $PPID; exit 0')
    kept = put(ours, state, "launch", "changed")
    (place.bare / "hooks" / "reference-transaction").unlink()
    assert place.open().load() == kept
    assert kept.serial == saved.serial + 1


def test_f50_a_lineage_whose_answer_was_lost_has_begun(place: BranchPlace) -> None:
    hook(place, "reference-transaction", 'test "$1" = committed && kill -9 $PPID; exit 0')
    begun = place.open().create(BEGUN)
    assert place.open("2/1").load() == begun


def test_a_push_cut_off_before_it_was_kept_is_made_again(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    hook(place, "pre-receive", f"test -e {place.bare}/cut || {{ touch {place.bare}/cut; kill -9 $PPID; }}; exit 0")
    kept = put(ours, state, "launch", "changed")
    assert place.open().load() == kept
    assert kept.serial == saved.serial + 1


def test_f41_a_remote_that_goes_away_is_temporary_and_the_next_try_continues(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    away = place.bare.rename(place.bare.with_name("away.git"))
    with pytest.raises(TryAgain):
        put(ours, state, "launch", "changed")
    with pytest.raises(TryAgain):
        place.open().load()
    away.rename(place.bare)
    assert place.open().load() == saved
    assert put(ours, state, "launch", "changed") == place.open().load()


def test_a_write_that_was_kept_unseen_is_found_by_the_next_try(place: BranchPlace, saved: State) -> None:
    """The answer is lost, and the remote is gone before we can look."""
    ours = place.open()
    state = ours.load()
    gone = f"mv {place.bare}/HEAD {place.bare}/gone && kill -9 $PPID"
    hook(place, "reference-transaction", f'test "$1" = committed && {gone}; exit 0')
    with pytest.raises(TryAgain):
        put(ours, state, "launch", "changed")
    (place.bare / "gone").rename(place.bare / "HEAD")
    (place.bare / "hooks" / "reference-transaction").unlink()
    kept = put(ours, state, "launch", "changed")
    assert kept.serial == saved.serial + 1, "what is durable already is not written again"
    assert place.open().load() == kept


def test_what_an_unseen_write_changed_is_as_its_caller_has_it_after_the_next(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    gone = f"mv {place.bare}/HEAD {place.bare}/gone && kill -9 $PPID"
    hook(place, "reference-transaction", f'test "$1" = committed && {gone}; exit 0')
    with pytest.raises(TryAgain):
        put(ours, state, "unseen")
    (place.bare / "gone").rename(place.bare / "HEAD")
    (place.bare / "hooks" / "reference-transaction").unlink()
    kept = put(ours, state, "launch", "changed")
    assert place.open().load() == kept
    assert set(kept.posts) == {"launch", "more"}


def test_a_remote_that_never_answers_is_given_up_after_five_tries(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    hook(place, "pre-receive", f"echo >> {place.bare}/tries; kill -9 $PPID")
    with pytest.raises(TryAgain):
        put(ours, state, "launch", "changed")
    assert len((place.bare / "tries").read_text().splitlines()) == 5
    assert place.open().load() == saved


def test_of_two_lineages_begun_at_once_one_wins(place: BranchPlace, tmp_path: Path) -> None:
    """The second begins between our look and our push."""
    other = f"git -C {place.clone} push -q origin HEAD:refs/heads/{BRANCH}"
    ours = instead(place, tmp_path, "push --porcelain", f'{other}; exec git "$@"')
    with pytest.raises(Refused) as caught:
        ours.create(BEGUN)
    assert caught.value.code == "E405"


def test_a_state_decided_on_by_another_object_is_written_only_if_it_is_still_there(
    place: BranchPlace, saved: State
) -> None:
    kept = put(place.open("2/1"), saved, "launch", "changed")
    assert place.open().load() == kept
    with pytest.raises(LostRace):
        put(place.open("3/1"), saved, "launch", "changed again")
    place.wipe()
    with pytest.raises(Refused):
        put(place.open("4/1"), kept, "launch", "changed again")


def test_a_mark_that_cannot_be_read_is_no_mark(place: BranchPlace, saved: State) -> None:
    git(place.clone, "update-ref", f"refs/publisher/seen/{BRANCH}", "HEAD")
    assert place.open().load() == saved


def test_a_post_that_was_never_there_can_be_removed_in_vain(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.save(ours.load(), ("never",))
    assert place.open().load().posts == state.posts


def test_git_that_ends_early_is_no_write(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours = instead(place, tmp_path, "fast-import", 'echo "fatal: No space left on device" >&2; exit 1')
    state = ours.load()
    with pytest.raises(TryAgain, match="No space left"):
        put(ours, state, "launch", "changed")
    assert place.open().load() == saved


def test_a_remote_that_declines_is_a_matter_of_permission(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    hook(place, "pre-receive", "echo 'GH013: Repository rule violations found' >&2; exit 1")
    with pytest.raises(NotAllowed) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E432"
    assert "contents: write" in caught.value.fix
    assert place.open().load() == saved


def test_what_a_server_says_of_itself_is_told_from_the_names_that_git_prints_beside_it(
    place: BranchPlace, tmp_path: Path
) -> None:
    """Of a passing failure nobody is told to grant anything, and it is no other run's push: ids and names have digits
    and words of their own."""
    named = BranchPlace(place.bare, place.clone, "401-non-fast-forward")
    state = named.open().create(BEGUN)
    line = r"!\t4034010:refs/heads/401-non-fast-forward\t[remote rejected] (Internal Server Error)\n"
    ours = instead(named, tmp_path, "push --porcelain", f"printf '{line}'; exit 1")
    with pytest.raises(TryAgain, match=r"cannot be reached: \[remote rejected\] \(Internal Server Error\)") as caught:
        put(ours, state, "launch")
    assert caught.value.code == "E431"


def test_two_people_do_not_adopt_one_live_post_for_two_records(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours, theirs = place.open("7/1"), another(place, tmp_path / "second", "8/1")
    mine, other = ours.load(), theirs.load()
    live = replace(record().parts[0], media_id="17889615")
    theirs.save(other.with_post("more", replace(record(), parts=(live,))), ("more",))
    with pytest.raises(LostRace):
        ours.save(mine.with_post("launch", replace(record(), parts=(live,))), ("launch",))
    another_one = replace(live, media_id="17889616")
    kept = ours.save(mine.with_post("launch", replace(record(), parts=(another_one,))), ("launch",))
    assert [kept.posts[name].parts[0].media_id for name in ("launch", "more")] == ["17889616", "17889615"]


def test_a_lineage_that_may_not_begin_says_so(place: BranchPlace) -> None:
    hook(place, "pre-receive", "echo declined >&2; exit 1")
    with pytest.raises(NotAllowed):
        place.open().create(BEGUN)


def test_a_repository_without_the_remote_is_told_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(TryAgain, match="origin"):
        BranchState(tmp_path, BRANCH, account="acme", endpoint=ENDPOINT, run="1/1").load()


@pytest.mark.parametrize("name", ["a..b", "-x y", "x.lock", "", "a b"])
def test_a_branch_that_cannot_be_is_a_matter_of_configuration(place: BranchPlace, name: str) -> None:
    ours = BranchState(place.clone, name, account="acme", endpoint=ENDPOINT, run="1/1")
    with pytest.raises(InvalidContent) as caught:
        ours.load()
    assert "state.path" in caught.value.fix


@pytest.mark.slow
def test_eight_runners_at_once_lose_no_record(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    """Each with a fresh clone and a post of its own. What gives up after five tries is tried again."""
    runs = [another(place, tmp_path / f"runner-{n}", f"{n}/1") for n in range(8)]
    states = [run.load() for run in runs]

    def work(n: int) -> State:
        state = _persistent(lambda: put(runs[n], states[n], f"post-{n}", f"said {n}"))
        return _persistent(lambda: put(runs[n], state, f"post-{n}", f"changed {n}"))

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(work, range(8)))
    state = place.open().load()
    assert set(state.posts) == {"launch", "more", *(f"post-{n}" for n in range(8))}
    assert all(state.posts[f"post-{n}"] == record(f"changed {n}") for n in range(8))
    assert len({one.write_id for one in done}) == 8


def _persistent(work: Callable[[], State]) -> State:
    while True:
        try:
            return work()
        except TryAgain:
            continue
