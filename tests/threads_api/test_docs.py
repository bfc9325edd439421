"""The examples of the guide are right: each is checked as a user's own strict type check would."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import publisher.threads_api as threads

DOCS = Path(__file__).parents[2] / "docs" / "client"
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


@pytest.mark.slow
def test_every_example_of_the_guide_type_checks(tmp_path: Path) -> None:
    blocks = [block for page in sorted(DOCS.glob("*.md")) for block in _BLOCK.findall(page.read_text("utf-8"))]
    assert len(blocks) >= 7
    for number, block in enumerate(blocks):
        (tmp_path / f"example_{number}.py").write_text(block)
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file", "", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in run.stdout.splitlines() if "example_" in line and ": error" in line]
    assert run.stdout, run.stderr
    assert not ours, "\n".join(ours)


def test_every_error_has_its_line() -> None:
    page = (DOCS / "errors.md").read_text("utf-8")
    kinds = [
        name
        for name in threads.__all__
        if isinstance(getattr(threads, name), type) and issubclass(getattr(threads, name), threads.ThreadsError)
    ]
    assert len(kinds) > 14
    assert [name for name in kinds if f"`{name}`" not in page] == []


def test_every_call_and_option_is_in_the_guide() -> None:
    from typing import get_type_hints

    from publisher.threads_api.container import ContainerOptions
    from tests.threads_api.test_calls import CALLS

    page = (DOCS / "README.md").read_text("utf-8")
    missing = [option for option in get_type_hints(ContainerOptions) if f"`{option}`" not in page]
    assert missing == ["media_type"], "which is inferred"
    for call in CALLS:
        name = call.split(".")[1]
        assert name in page or (name.startswith("all_") and "all_…" in page), call
