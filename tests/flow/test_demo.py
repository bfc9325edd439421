"""`publisher demo`: what a person sees first has to be true."""

import re
from pathlib import Path

from tests.cli.calling import Caller


def test_the_demo_ends_well_and_says_how_many_posts_are_live_once(tmp_path: Path) -> None:
    called = Caller(tmp_path)("demo")
    assert called.code == 0, called.err
    planned = re.search(r"\((\d+) Threads posts\)", called.out)
    live = re.search(r"(\d+) posts live, each of them once", called.out)
    assert planned is not None
    assert live is not None
    assert planned[1] == live[1]
    assert "killed" in called.out
    assert "not one call that changes anything" in called.out


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "publisher-demo").mkdir()
    (tmp_path / "publisher-demo" / "mine.txt").write_text("mine")
    called = Caller(tmp_path)("demo")
    assert called.code == 8
    assert (tmp_path / "publisher-demo" / "mine.txt").read_text() == "mine"


def test_the_caller_s_own_accounts_are_out_of_reach(tmp_path: Path) -> None:
    caller = Caller(tmp_path, {"THREADS_ACCESS_TOKEN": "THQ" + "real" * 10, "AWS_PROFILE": "real", "CI": "true"})
    called = caller("demo")
    assert called.code == 0, called.err
