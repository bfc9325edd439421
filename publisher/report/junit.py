"""Findings as a JUnit report, which most CI systems show: a failed test case for each finding."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from publisher.content.findings import Finding
from publisher.report.escape import no_commands, visible
from publisher.report.run import Run

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def findings_suite(posts: int, findings: Sequence[Finding]) -> str:
    """One suite. Warnings are cases that passed, with their words as output; a clean file is one case that passed."""
    failures = sum(finding.severity == "error" for finding in findings)
    clean = max(0, posts - len({finding.path for finding in findings}))
    suite = Element(
        "testsuite",
        name="publisher validate",
        tests=str(len(findings) + clean),
        failures=str(failures),
        errors="0",
        skipped="0",
    )
    for finding in findings:
        place = f"{finding.path}:{finding.place.line}:{finding.place.column}"
        case = SubElement(suite, "testcase", classname=_text(finding.path), name=_text(f"{finding.code} at {place}"))
        words = "\n".join(line for line in (finding.message, finding.why, finding.fix) if line)
        kind = "failure" if finding.severity == "error" else "system-out"
        told = SubElement(case, kind)
        if kind == "failure":
            told.set("type", finding.code)
            told.set("message", _text(finding.message))
        told.text = _text(f"{place}\n{words}")
    for number in range(clean):
        SubElement(suite, "testcase", classname="posts", name=f"clean post {number + 1}")
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode")


def _text(text: str) -> str:
    return no_commands(_NOT_XML.sub("", visible(text)))  # in this order: what is left out may have stood within one


def run_suite(run: Run) -> str:
    """A test case for each post; one that needs somebody has failed, one that was left alone is skipped."""
    failures = sum(result.exit_code != 0 for result in run.posts)
    suite = Element(
        "testsuite",
        name="publisher publish",
        tests=str(len(run.posts)),
        failures=str(failures),
        errors="0",
        skipped=str(sum(result.outcome == "skipped" for result in run.posts)),
    )
    for result in run.posts:
        planned = result.planned
        name = _text(f"{planned.id}: {result.outcome}")
        case = SubElement(suite, "testcase", classname=_text(planned.path), name=name)
        if result.exit_code and result.problem is not None:
            told = SubElement(case, "failure", type=result.problem.code, message=_text(result.problem.message))
            told.text = _text("\n".join(line for line in (result.problem.message, result.problem.fix) if line))
        elif result.outcome == "skipped":
            SubElement(case, "skipped")
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode")
