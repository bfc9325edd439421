"""What the tests of the state branch share: runs with clones of their own, and a remote that misbehaves."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from publisher.git import Git
from publisher.planning.state import State
from publisher.state_backends.branch import BranchState
from tests.state_backends.places import ENDPOINT, BranchPlace, clone, git, record

BRANCH = "publisher-state"


def put(backend: BranchState, state: State, post_id: str, text: str = "fingerprint") -> State:
    return backend.save(state.with_post(post_id, record(text)), (post_id,))


def another(place: BranchPlace, folder: Path, run: str = "2/1", *, shallow: bool = True) -> BranchState:
    """A run with a clone of its own."""
    return BranchPlace(place.bare, clone(place.bare, folder, shallow=shallow)).open(run)


def opened(place: BranchPlace, run: str, now: Callable[[], datetime], **facts: Any) -> BranchState:
    facts = {"account": "acme", "endpoint": ENDPOINT, "sleep": lambda _: None, **facts}
    return BranchState(place.clone, BRANCH, run=run, now=now, **facts)


def hook(place: BranchPlace, name: str, text: str) -> None:
    path = place.bare / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def instead(place: BranchPlace, folder: Path, call: str, script: str) -> BranchState:
    """A run whose git does something else when it is called with `call`."""
    wrapper = folder / "bin" / "git"
    wrapper.parent.mkdir()
    path = os.environ["PATH"]
    wrapper.write_text(f'#!/bin/sh\nPATH={path}\ncase "$*" in *"{call}"*) {script};; esac\nexec git "$@"\n')
    wrapper.chmod(0o755)
    ours = Git(place.clone, {**os.environ, "PATH": f"{wrapper.parent}:{path}"})
    return BranchState(ours, place.branch, account="acme", endpoint=ENDPOINT, run="1/1", sleep=lambda _: None)


def listed(place: BranchPlace) -> list[str]:
    return git(place.bare, "ls-tree", "-r", "--name-only", BRANCH).decode().splitlines()


def commits(place: BranchPlace) -> int:
    return int(git(place.bare, "rev-list", "--count", BRANCH))
