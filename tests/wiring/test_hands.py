"""Very many files by several processes: the same findings, whatever becomes of the processes."""

import errno
import os
import pickle
import signal
from pathlib import Path

import pytest

from publisher.wiring import hands
from publisher.wiring.hands import shared_out
from publisher.wiring.workplace import Workplace, open_workplace
from tests.content.cases import cases

CONFIG = "version: 1\naccounts:\n  press: {posts: posts/press}\n  blog: {posts: posts/blog}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Every file of the corpus, good and bad, in the folders of two accounts; ids and references meet by accident."""
    root = tmp_path_factory.mktemp("many")
    (root / "publisher.yaml").write_text(CONFIG)
    for case in (*cases("valid"), *cases("invalid")):
        for path, data in case.files.items():
            for account in ("press", "blog"):
                file = root / "posts" / account / case.name / Path(path).name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
    return open_workplace(root, {})


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_the_findings_are_those_of_one_process(
    place: Workplace, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = place.check(place.sources()).findings
    assert len(alone) > 1000
    light, paths = place.check_all(many=10**9)
    monkeypatch.setattr(hands, "processors", lambda: processes)
    shared, same_paths = place.check_all(many=1)
    assert (light, shared) == (alone, alone)
    assert same_paths == paths


def test_when_a_process_dies_its_share_is_done_all_the_same() -> None:
    here = os.getpid()

    def work(share: str) -> str:
        if os.getpid() != here and share == "b":
            os._exit(9)
        return share.upper()

    assert shared_out(work, ["a", "b", "c"]) == ["A", "B", "C"]


def test_what_a_process_raises_is_raised() -> None:
    def work(share: int) -> float:
        return 1 / share

    with pytest.raises(ZeroDivisionError):
        shared_out(work, [1, 0])


def test_where_no_process_is_to_be_had_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", fork)
    assert shared_out(lambda _: os.getpid(), [1, 2]) == [os.getpid()] * 2


def test_each_share_but_the_first_has_a_process_of_its_own() -> None:
    mine, *others = shared_out(lambda _: os.getpid(), [1, 2, 3])
    assert mine == os.getpid()
    assert len({mine, *others}) == 3


def test_where_no_pipe_is_to_be_had_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def pipe() -> tuple[int, int]:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "pipe", pipe)
    assert shared_out(lambda _: os.getpid(), [1, 2]) == [os.getpid()] * 2


def test_a_process_that_fails_half_way_through_its_answer_has_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    here, dumps = os.getpid(), pickle.dumps

    def cut(found: object, protocol: int) -> bytes:
        class Cut(bytes):
            def __len__(self) -> int:
                return 10**6

        return Cut(dumps(found, protocol))

    monkeypatch.setattr(pickle, "dumps", cut)
    assert shared_out(lambda _: os.getpid(), [1, 2]) == [here, here]


def test_who_ignores_its_children_has_their_results_all_the_same() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        mine, other = shared_out(lambda _: os.getpid(), [1, 2])
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert mine == os.getpid() != other


def test_a_process_whose_parent_died_does_not_wait_for_it() -> None:
    """It has more to send than a pipe holds. A pipe that all of them have open tells when the last has ended."""
    alive, ours = os.pipe()
    dying = os.fork()
    if dying == 0:
        here = os.getpid()
        shared_out(lambda _: os._exit(0) if os.getpid() == here else "x" * 1_000_000, [1, 2, 3])
    os.close(ours)
    os.waitpid(dying, 0)
    with open(alive, "rb") as stream:
        assert stream.read() == b""


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that were forked."""
    known: list[int] = []
    fork = os.fork

    def noting() -> int:
        process = fork()
        known.append(process)
        return process

    monkeypatch.setattr(os, "fork", noting)
    return known


def gone(processes: list[int]) -> bool:
    """Whether all have ended and been waited for."""
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    return bool(processes)


def test_much_comes_through_whole_and_nothing_is_left_behind(forks: list[int]) -> None:
    files = set(os.listdir("/dev/fd"))
    assert shared_out(lambda share: share * 10_000_000, ["a", "b", "c"])[2] == "c" * 10_000_000
    assert set(os.listdir("/dev/fd")) == files
    assert gone(forks)


def test_processes_that_nobody_waits_for_are_ended(forks: list[int]) -> None:
    here = os.getpid()

    def work(share: int) -> None:
        if os.getpid() == here:
            raise KeyboardInterrupt
        signal.pause()

    with pytest.raises(KeyboardInterrupt):
        shared_out(work, [1, 2, 3])
    assert gone(forks)
