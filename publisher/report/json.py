"""The documents that scripts may rely on (design.md, section 6): additive within a major version.

Ids are strings, times UTC with "Z", what is not known is null. Their schema is `schemas/output.json`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from publisher.content.catalogue.entry import Entry
from publisher.content.findings import Finding
from publisher.errors import PublisherError
from publisher.planning.state import PostRecord, State, post_json

FORMAT_VERSION = "1.0"


def json_text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def findings_document(posts: int, findings: Sequence[Finding]) -> dict[str, Any]:
    """What `validate` found."""
    return {
        "format_version": FORMAT_VERSION,
        "posts": posts,
        "findings": [finding_json(finding) for finding in findings],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
    }


def error_document(error: PublisherError) -> dict[str, Any]:
    """What stopped a run before it had anything else to say."""
    return {
        "format_version": FORMAT_VERSION,
        "error": {"code": error.code, "message": error.message, "why": error.why, "fix": error.fix},
        "exit_code": error.exit_code,
    }


def entry_json(entry: Entry) -> dict[str, Any]:
    """A code of the catalogue."""
    return {key: getattr(entry, key) for key in ("code", "title", "why", "fix", "bad", "good")}


def records_document(state: State) -> dict[str, Any]:
    """What `state list` knows, without what only matters inside."""
    return {
        "format_version": FORMAT_VERSION,
        "account": state.account,
        "user_id": state.user_id,
        "serial": state.serial,
        "lineage": state.lineage,
        "posts": [record_document(post_id, record) for post_id, record in state.posts.items()],
    }


def record_document(post_id: str, record: PostRecord) -> dict[str, Any]:
    """A record as the state holds it, with its id."""
    return {"id": post_id, **post_json(record)}
