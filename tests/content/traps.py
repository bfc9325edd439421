"""The traps of YAML, from `traps.txt`: what an author writes, what stock YAML makes of it, and what we do."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from publisher.content.look import Files
from publisher.content.post_file import read_file
from tests.content.cases import CONTEXT
from tests.content.looks import look, read


@dataclass(frozen=True)
class Trap:
    """One file that says something else to YAML than to its author."""

    name: str
    written: str
    expected: str  # codes in order, or "kept" and the text

    @property
    def by_stock_yaml(self) -> str:
        """What `yaml.safe_load` does: "refuses", or "takes it for …" without a word."""
        try:
            loaded = yaml.safe_load(self.written)
        except yaml.YAMLError:
            return "refuses"
        return f"takes it for {loaded['text']!r}" if isinstance(loaded, dict) and "text" in loaded else "finds no text"

    @property
    def by_us(self) -> str:
        """In the form of `expected`."""
        file = read_file("posts/x.yaml", self.written.encode(), CONTEXT.accounts, CONTEXT.rules, Files(look, read))
        if file.findings:
            return " ".join(finding.code for finding in file.findings)
        assert file.post is not None
        return f"kept {file.post.parts[0].text}"


def traps() -> list[Trap]:
    """All of them, in the order of the file."""
    text = (Path(__file__).parent / "traps.txt").read_text("utf-8").partition("\n== ")[2]
    found = []
    for block in text.split("\n== "):
        head, _, written = block.partition("\n")
        name, _, expected = head.partition(" | ")
        found.append(Trap(name, f"{written.rstrip(chr(10))}\n", expected))
    return found
