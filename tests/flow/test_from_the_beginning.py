"""`init` first, Threads later: a state begun before anybody said where posts go takes the Threads of its first run."""

import json
from pathlib import Path

from publisher.sandbox.serve import Sandbox
from tests.flow.places import Place


def test_a_repository_begun_before_the_sandbox_publishes_to_it_and_then_to_no_other(tmp_path: Path) -> None:
    with Sandbox() as sandbox, Sandbox() as other:
        place = Place(tmp_path, sandbox)
        elsewhere = {"THREADS_API_BASE_URL": ""}
        assert place.run("init", "--account-name", "acme", "--timezone", "UTC", environ=elsewhere).returncode == 0
        quick = {"PUBLISHER_PUBLISHING_POLL": "50ms"}
        sent = place.run("publish", "--yes", "--format", "json", environ=quick)
        assert sent.returncode == 0, sent.stderr
        assert [post["outcome"] for post in json.loads(sent.stdout)["posts"]] == ["published"]
        assert place.run("status").returncode == 0
        place.sandbox = other
        refused = place.run("publish", "--yes", environ=quick)
        assert (refused.returncode, "E407" in refused.stderr) == (8, True)
        assert other.world.published() == []
