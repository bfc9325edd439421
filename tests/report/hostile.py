"""Shows hostile texts in every format: none may move a cursor, command a runner, or break the format around it.

python -m tests.report.hostile texts=10000 seed=6    exits 1 if a format let one through; its line shows the text
"""

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

from jsonschema import Draft7Validator

from publisher.content.findings import Finding, Place
from publisher.planning.state_json import state_json
from publisher.report.escape import printed, visible
from publisher.report.github import error_annotation, findings_annotations, run_annotations, warning_annotation
from publisher.report.json import (
    error_document,
    findings_document,
    json_text,
    open_document,
    plan_document,
    record_document,
    records_document,
    run_document,
    status_document,
)
from publisher.report.junit import findings_suite, run_suite
from publisher.report.markdown import error_summary, plan_summary, run_summary
from publisher.report.paint import PLAIN, Paint
from publisher.report.sarif import findings_log
from publisher.report.text.drift import drift_text
from publisher.report.text.error import error_text
from publisher.report.text.findings import findings_text
from publisher.report.text.plan import plan_text
from publisher.report.text.receipts import receipts_text
from publisher.report.text.records import open_text, record_text, records_text
from publisher.report.text.status import status_text
from publisher.resources import resource
from tests.report.hostile_posts import Hostile
from tests.report.sarif_schema import MISSING, official

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
        "https://evil.dev/a",
        "www.evil.dev",
        ",title=x",
        ":",
        ",",
        "%3A",
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
_OURS = re.compile("\x1b\\[[0-9;]*m")
_ADDRESS = re.compile(r"\| https?://[\w./@:%-]+ \|")
_OF_JUNIT = {"failure": {"type", "message"}, "skipped": set[str](), "system-out": set[str]()}
_WHOLE = 800_000  # characters; of a longer summary lines are left out


def hostile_text(dice: random.Random) -> str:
    """Some signs after one another; one text of a hundred is a huge one."""
    text = "".join(dice.choice(_PIECES) for _ in range(dice.randrange(1, 12)))
    return text * 500 if dice.randrange(100) == 0 else text


def _finding(texts: Sequence[str], severity: str) -> Finding:
    path, message, fix = texts
    return Finding("E203" if severity == "error" else "W601", f"posts/{path}", Place(1, 1, 1, 2), message, "", fix)


def _safe(shown: str) -> str:
    """It moves no cursor and commands no runner; at once what was shown."""
    assert not _MOVING.search(shown), "moves the cursor"
    assert not any(_COMMAND.search(line) for line in re.split("[\r\n]", shown)), "is a command"
    shown.encode("utf-8")
    return shown


def text(texts: Sequence[str]) -> int:
    """A frame with the author's own line, an error, a plan, a run, what is recorded and what differs from it.

    In colour each is the same: all colours are ours.
    """
    finding, given = _finding(texts, "error"), Hostile(texts)
    looks: list[Callable[[Paint], str]] = [
        lambda paint: findings_text([finding], {finding.path: (texts[1],)}, paint),
        lambda paint: error_text(given.error, paint),
        lambda paint: plan_text(given.plan, texts[2], paint),
        lambda paint: plan_text(given.plan, texts[2], paint, everything=True),
        lambda paint: receipts_text(given.run, paint),
        lambda paint: receipts_text(given.run, paint, everything=True),
        lambda paint: status_text(given.plan, given.plan.posts, paint),
        lambda paint: records_text(given.state, texts[0], paint),
        *(partial(record_text, key, record) for key, record in given.records.items()),
        lambda paint: open_text({key: each for key, each in given.records.items() if not each.finished}, paint),
        lambda paint: drift_text(given.drift, paint),
    ]
    for look in looks:
        shown = _safe(look(PLAIN))
        assert printed(shown) == shown, "is not what is printed"
        assert _OURS.sub("", look(Paint(True))) == shown, "is coloured by others"
    return len(looks)


def github(texts: Sequence[str]) -> int:
    """Each line is the one command that we mean, and its properties are those that we gave it."""
    given, finding = Hostile(texts), _finding(texts, "error")
    looks = [
        (findings_annotations([finding]), 1, {"file": finding.path, "title": "publisher E203"}),
        (findings_annotations([_finding(texts, "warning")]), 1, {"file": finding.path}),
        (error_annotation(given.error), 1, {"title": "publisher E706"}),
        (warning_annotation("W601", texts[1], texts[2]), 1, {"title": "publisher W601"}),
        (run_annotations(given.run), 2, {"title": "publisher E711"}),
    ]
    for shown, count, expected in looks:
        assert not _MOVING.search(shown), "moves the cursor"
        assert "##[" not in shown, "is an older command"
        lines = re.split("[\r\n]", shown)
        assert len(lines) == count, "is not one command"
        for line in lines:
            name, properties, _ = as_a_runner_reads(line)
            assert name in ("error", "warning")
            assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}, "has another property"
            for key, value in expected.items():
                assert properties[key] == visible(value).replace("##[", "#\\x23["), f"has another {key}"
    return len(looks)


def as_a_runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """A command's name, properties and message, taken apart and unescaped as GitHub's runner does it.

    Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    assert line.startswith("::"), "is no command"
    head, _, message = line[2:].partition("::")
    name, _, rest = head.partition(" ")
    pairs = [pair.split("=", 1) for pair in rest.split(",") if pair]
    properties = {key: unescaped(value, ((":", "3A"), (",", "2C"))) for key, value in pairs}
    return name, properties, unescaped(message)


def unescaped(value: str, more: Sequence[tuple[str, str]] = ()) -> str:
    for sign, code in (("\r", "0D"), ("\n", "0A"), *more, ("%", "25")):
        value = value.replace(f"%{code}", sign)
    return value


def json_(texts: Sequence[str]) -> int:
    """Strict JSON, as schemas/output.json says."""
    given = Hostile(texts)
    documents: list[tuple[str | None, Mapping[str, Any]]] = [
        ("validate", findings_document(1, [_finding(texts, "error")])),
        ("failure", error_document(given.error)),
        ("plan", plan_document(given.plan)),
        ("publish", run_document(given.run)),
        (
            "status",
            {**status_document(given.plan, given.plan.posts), "drift": [asdict(drift) for drift in given.drift]},
        ),
        (None, records_document(given.state)),
        (None, state_json(given.state)),
        *((None, record_document(key, record)) for key, record in given.records.items()),
        (None, open_document(given.records)),
    ]
    for name, document in documents:
        read = json.loads(_safe(json_text(document)), parse_constant=_refuse)
        assert read == json.loads(json.dumps(document)), "has another meaning"
        if name is not None:
            _output(name).validate(read)
    return len(documents)


def sarif(texts: Sequence[str]) -> int:
    """Strict JSON, as the parts of SARIF 2.1.0 that we write; where it is installed, as the whole schema says too."""
    shown = _safe(json_text(findings_log([_finding(texts, "error"), _finding(texts, "warning")])))
    log = json.loads(shown, parse_constant=_refuse)
    _sarif().validate(log)
    if MISSING is None:
        official().validate(log)
    return 1


def junit(texts: Sequence[str]) -> int:
    """Well-formed XML 1.0 of a suite whose counts are those of its cases."""
    looks = [findings_suite(1, [_finding(texts, "error"), _finding(texts, "warning")]), run_suite(Hostile(texts).run)]
    for shown in looks:
        suite = fromstring(_safe(shown).encode("utf-8"))
        cases = list(suite)
        assert suite.tag == "testsuite"
        assert {case.tag for case in cases} == {"testcase"}
        assert int(suite.attrib["tests"]) == len(cases)
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
        assert all({"name", "classname"} == set(case.attrib) for case in cases)
        assert set(suite.attrib) == {"name", "tests", "failures", "errors", "skipped"}
        for told in suite.findall("testcase/*"):
            assert set(told.attrib) == _OF_JUNIT[told.tag], "has other attributes"
            assert not list(told), "holds elements"
    return len(looks)


def markdown(texts: Sequence[str]) -> int:
    """No HTML but our own, no mention, no link of others, and as many lines as without the text."""
    looks: list[Callable[[Sequence[str]], str]] = [
        lambda texts: error_summary(Hostile(texts).error),
        lambda texts: plan_summary(Hostile(texts).plan, [_finding(texts, "error")], texts[2]),
        lambda texts: run_summary(Hostile(texts).run),
    ]
    for look in looks:
        shown = _safe(look(texts))
        others = _ADDRESS.sub("| |", shown)  # the address of a post, alone in its cell, is meant to be a link
        assert not re.search(r"<(?!/?sub>)", others), "holds HTML"
        assert not re.search("@(?!\u200b)", others), "mentions somebody"
        assert not re.search(r"(?i)://|\bwww\.", others), "links to somewhere"
        assert not re.search(r"(?<!\\)(?:\\\\)*[`\[\]]", others), "holds markup"
        if len(shown) < _WHOLE:
            assert shown.count("\n") == look(["a" * len(each) for each in texts]).count("\n"), "has other lines"
    return len(looks)


FORMATS: dict[str, Callable[[Sequence[str]], int]] = {
    "text": text, "json": json_, "github": github, "sarif": sarif, "junit": junit, "markdown": markdown,
}  # fmt: skip


def let_through(seed: int, count: int) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many texts and outputs of each format were judged, and a line for each text that a format let through."""
    dice, judged, outputs, failures = random.Random(seed), Counter[str](), Counter[str](), []
    for _ in range(count):
        texts = [hostile_text(dice) for _ in range(3)]
        for name, judge in FORMATS.items():
            judged[name] += len(texts)
            try:
                outputs[name] += judge(texts)
            except Exception as error:  # the very thing that is looked for
                failures.append(f"{name}: {type(error).__name__} {ascii(str(error))[:80]}: {ascii(texts)[:300]}")
    return judged, outputs, failures


def main(arguments: Sequence[str]) -> int:
    """The command; its exit code."""
    options = dict(argument.partition("=")[::2] for argument in arguments)
    seed, begun = int(options.get("seed", "6")), time.monotonic()
    judged, outputs, failures = let_through(seed, -(-int(options.get("texts", "10000")) // 3))
    for line in failures[:20]:
        print(line)
    for name, number in judged.items():
        through = sum(line.startswith(f"{name}:") for line in failures)
        print(f"{name:<9}{number:,} hostile texts in {outputs[name]:,} outputs: {through} let through")
    print(f"hostile texts: seed {seed}; {len(failures)} let through, {time.monotonic() - begun:.0f} s")
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
