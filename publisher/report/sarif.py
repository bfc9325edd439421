"""Findings as SARIF 2.1.0, for code scanning. Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from publisher.content.catalogue import entry
from publisher.content.findings import Finding
from publisher.version import __version__


def findings_log(findings: Sequence[Finding]) -> dict[str, Any]:
    """One run. Columns are code points, which the log says of itself."""
    codes = sorted({finding.code for finding in findings})
    driver = {"name": "threads-publisher", "version": __version__, "rules": [_rule(code) for code in codes]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, codes.index(finding.code)) for finding in findings],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    known = entry(code)
    if known is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.why or known.title},
        "help": {"text": known.fix or known.title},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    place = finding.place
    text = ". ".join(sentence for sentence in (finding.message, finding.why, finding.fix) if sentence)
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.path, errors="surrogatepass")},
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endLine": place.end_line,
                        "endColumn": place.end_column,
                    },
                }
            }
        ],
    }
