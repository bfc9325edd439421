"""Shows hostile texts in every format: none may move a cursor, command a runner, or break the format around it.

python -m tests.report.hostile texts=10000 seed=6    exits 1 if a format let one through; its line shows the text
"""

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import fromstring

from jsonschema import Draft7Validator

from publisher.content.findings import Finding, Place
from publisher.errors import TryAgain
from publisher.report.github import error_annotation, findings_annotations
from publisher.report.json import error_document, findings_document, json_text
from publisher.report.junit import findings_suite
from publisher.report.markdown import error_summary
from publisher.report.sarif import findings_log
from publisher.report.text.error import error_text
from publisher.report.text.findings import findings_text
from publisher.resources import resource

_PIECES = (
    *("\x1b[31m", "\x1b]8;;https://a.dev\x07", "\x9b2J", "\x00", "\x85", "\x7f", "\b\b", "\r", "\r\n", "\n", "\t"),
    *(
        "\n::error::x",
        "\r\n  ::set-output name=a::b",
        "::stop-commands::x",
        "##[error]",
        "\n##[group]",
        "::",
        "%0A",
        "%25",
    ),
    *(
        "](https://a.dev)",
        "![x](y)",
        "**b**",
        "`",
        "```\n",
        "|",
        "\n# h",
        "@acme",
        "#12",
        "<!--",
        "-->",
        "<script>",
        "<b x='",
    ),
    *("]]>", "<![CDATA[", "&", "&amp;", "&#0;", "<?xml?>", "\u202e", "\u2066", "\u200f", "\u2028", "\ufeff", "\ufffe"),
    *(
        "\ud800",
        "\udcff",
        "🎉",
        "é",
        "\U000e0041",
        '"',
        "'",
        "\\",
        "\\u001b",
        "{",
        "}",
        "a",
        " ",
        "posts/",
        "../",
        "?",
        "%",
    ),
)
_MOVING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_COMMAND = re.compile(r"^\s*::|##\[")


def hostile_text(dice: random.Random) -> str:
    """Some signs after one another; one text of a hundred is a huge one."""
    text = "".join(dice.choice(_PIECES) for _ in range(dice.randrange(1, 12)))
    return text * 500 if dice.randrange(100) == 0 else text


def _finding(texts: Sequence[str], severity: str) -> Finding:
    path, message, fix = texts
    return Finding("E203" if severity == "error" else "W601", f"posts/{path}", Place(1, 1, 1, 2), message, "", fix)


def _nothing_moves(shown: str) -> None:
    assert not _MOVING.search(shown), "moves the cursor"
    shown.encode("utf-8")


def _no_command(shown: str) -> None:
    assert not any(_COMMAND.search(line) for line in re.split("[\r\n]", shown)), "is a command"


def text(texts: Sequence[str]) -> None:
    """The frame of a finding with the author's own line, and an error."""
    finding = _finding(texts, "error")
    for shown in (findings_text([finding], {finding.path: (texts[1],)}), error_text(TryAgain(texts[1], fix=texts[2]))):
        _nothing_moves(shown)
        _no_command(shown)


def github(texts: Sequence[str]) -> None:
    """Each line is the one command that we mean."""
    for shown in (findings_annotations([_finding(texts, "error")]), error_annotation(TryAgain(texts[1], fix=texts[2]))):
        _nothing_moves(shown)
        assert re.fullmatch(r"::error [^\r\n]*", shown), "is not one command"


def json_(texts: Sequence[str]) -> None:
    """Strict JSON, as schemas/output.json says."""
    documents = {
        "validate": findings_document(1, [_finding(texts, "error")]),
        "failure": error_document(TryAgain(texts[1], code="E706", fix=texts[2])),
    }
    for name, document in documents.items():
        shown = json_text(document)
        _nothing_moves(shown)
        _no_command(shown)
        _output(name).validate(json.loads(shown, parse_constant=_refuse))


def sarif(texts: Sequence[str]) -> None:
    """Strict JSON, as the parts of SARIF 2.1.0 that we write."""
    shown = json_text(findings_log([_finding(texts, "error")]))
    _nothing_moves(shown)
    _no_command(shown)
    _sarif().validate(json.loads(shown, parse_constant=_refuse))


def junit(texts: Sequence[str]) -> None:
    """Well-formed XML 1.0 of a suite whose counts are those of its cases."""
    shown = findings_suite(1, [_finding(texts, "error")])
    _nothing_moves(shown)
    _no_command(shown)
    suite = fromstring(shown.encode("utf-8"))
    cases = list(suite)
    assert suite.tag == "testsuite"
    assert {case.tag for case in cases} == {"testcase"}
    assert int(suite.attrib["tests"]) == len(cases)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert all({"name", "classname"} == set(case.attrib) for case in cases)


def markdown(texts: Sequence[str]) -> None:
    """No HTML but our own, no mention, and as many lines as without the text."""
    shown = error_summary(TryAgain(texts[1], code="E706", fix=texts[2]))
    _nothing_moves(shown)
    _no_command(shown)
    assert not re.search(r"<(?!/?sub>)", shown), "holds HTML"
    assert not re.search("@(?!\u200b)", shown), "mentions somebody"


FORMATS: dict[str, Callable[[Sequence[str]], None]] = {
    "text": text, "json": json_, "github": github, "sarif": sarif, "junit": junit, "markdown": markdown,
}  # fmt: skip


def let_through(seed: int, count: int) -> tuple[Counter[str], list[str]]:
    """How many texts each format was judged with, and a line for each that it let through."""
    dice, judged, failures = random.Random(seed), Counter[str](), []
    for _ in range(count):
        texts = [hostile_text(dice) for _ in range(3)]
        for name, judge in FORMATS.items():
            judged[name] += len(texts)
            try:
                judge(texts)
            except Exception as error:  # the very thing that is looked for
                failures.append(f"{name}: {type(error).__name__} {ascii(str(error))[:80]}: {ascii(texts)[:300]}")
    return judged, failures


def main(arguments: Sequence[str]) -> int:
    """The command; its exit code."""
    options = dict(argument.partition("=")[::2] for argument in arguments)
    seed, begun = int(options.get("seed", "6")), time.monotonic()
    judged, failures = let_through(seed, -(-int(options.get("texts", "10000")) // 3))
    for line in failures[:20]:
        print(line)
    counts = ", ".join(f"{name} {number}" for name, number in judged.items())
    print(f"hostile texts: seed {seed}; {counts}; {len(failures)} let through, {time.monotonic() - begun:.0f} s")
    return 1 if failures else 0


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


@cache
def _output(name: str) -> Draft7Validator:
    whole = json.loads(resource("schemas/output.json").read_text("utf-8"))
    return Draft7Validator({**whole, "anyOf": [{"$ref": f"#/definitions/{name}"}]})


@cache
def _sarif() -> Draft7Validator:
    return Draft7Validator(json.loads((Path(__file__).parent / "schemas" / "sarif-parts.json").read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
