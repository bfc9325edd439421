"""What a step of a workflow leaves behind: its summary and its outputs, in the files that GitHub names."""

import secrets
from collections.abc import Mapping
from pathlib import Path


def add_summary(environ: Mapping[str, str], markdown: str) -> None:
    """Append to the job's summary; nothing where no workflow runs."""
    _append(environ.get("GITHUB_STEP_SUMMARY"), markdown)


def set_outputs(environ: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Set the step's outputs. A value may have lines: what ends it cannot be guessed, so it cannot be forged."""
    end = f"end-{secrets.token_hex(16)}"
    lines = [f"{name}<<{end}\n{value}\n{end}\n" for name, value in outputs.items()]
    _append(environ.get("GITHUB_OUTPUT"), "".join(lines))


def _append(path: str | None, text: str) -> None:
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
