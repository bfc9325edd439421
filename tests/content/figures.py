"""What the checks of post files come to, in one line each: python -m tests.content.figures"""

import re
from collections import Counter

from publisher.content.catalogue import all_entries
from publisher.content.document import Document
from publisher.content.parsing import parse
from publisher.content.schema import schema_findings
from tests.content.cases import cases
from tests.content.test_schema import SLIPS, WRAPPED
from tests.content.traps import traps


def corpus() -> tuple[str, bool]:
    """Whether each bad case is caught, at its place and with a fix, and no good one is."""
    bad, good = cases("invalid"), cases("valid")
    counts: Counter[str] = Counter()
    for case in bad:
        found = case.check().findings
        counts["caught"] += _codes(case.expected) <= {finding.code for finding in found}
        counts["placed"] += sorted(map(case.shown, found)) == sorted(case.expected)
        counts["mended"] += all(finding.fix and finding.why for finding in found)
    clean = sum(not case.check().findings for case in good)
    line = (
        f"corpus: {counts['caught']} of {len(bad)} bad caught, {counts['placed']} at the right line and column and no "
        f"more, {counts['mended']} with a fix; {clean} of {len(good)} good clean"
    )
    return line, all(count == len(bad) for count in counts.values()) and clean == len(good)


def codes() -> tuple[str, bool]:
    """Whether each code of files has a bad case and a good one."""
    of_files = [entry for entry in all_entries() if entry.code[1] in "123" and not _never_in_a_file(entry.code)]
    shown = {code for case in cases("invalid") for code in _codes(case.expected)}
    missing = sorted({entry.code for entry in of_files} - shown)
    line = f"codes 1xx-3xx of files: {len(of_files) - len(missing)} of {len(of_files)} with a bad case {missing or ''}"
    return line.rstrip(), not missing


def slips() -> tuple[str, bool]:
    """How many slips of a key's name are told the key that was meant."""
    right = sum(_suggested(where, typed) == meant for where, typed, meant in SLIPS)
    line = f"slips: {right} of {len(SLIPS)} told the right key ({100 * right / len(SLIPS):.1f} %)"
    return line, right >= 0.95 * len(SLIPS)


def yaml_traps() -> tuple[str, bool]:
    every = traps()
    caught = sum(trap.by_us == trap.expected for trap in every)
    silent = sum(trap.by_stock_yaml != "refuses" for trap in every)
    line = f"traps of YAML: {caught} of {len(every)}, none silent; stock YAML is silent in {silent}"
    return line, caught == len(every)


FIGURES = (corpus, codes, slips, yaml_traps)


def _never_in_a_file(code: str) -> bool:
    """Codes of the run that uploads, and of `new`: no post file shows them."""
    return code in ("E229", "E333") or code.startswith("E34")


def _codes(expected: tuple[str, ...]) -> set[str]:
    return {line.split()[-1] for line in expected}


def _suggested(where: str, typed: str) -> str | None:
    document = parse("posts/x.yaml", WRAPPED[where].format(typed).encode())
    assert isinstance(document, Document)
    name = "config" if where.startswith("config") else "post"
    fixes = [finding.fix for finding in schema_findings(document, name) if finding.code == "E203"]
    match = re.fullmatch(r"did you mean (\w+)\?", fixes[0])
    return match[1] if match else None


if __name__ == "__main__":
    for figure in FIGURES:
        print(figure()[0])
