"""The documents that scripts may rely on (schemas/output.json): additive within a major version.

Ids are strings, times UTC with "Z", what is not known is null. Their schema is `schemas/output.json`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from publisher.content.spoilers import ranges
from publisher.report.escape import in_json

if TYPE_CHECKING:  # findings are told without planning, whose values take longer to load than a file to be checked
    from publisher.content.attached_text import AttachedText, Styled
    from publisher.content.catalogue.entry import Entry
    from publisher.content.findings import Finding
    from publisher.content.post import MediaItem, Part
    from publisher.content.spoilers import Range
    from publisher.errors import PublisherError
    from publisher.planning.plan import Plan, PlannedPost
    from publisher.planning.quota import Quota
    from publisher.planning.records import PostRecord
    from publisher.planning.state import State
    from publisher.report.run import Result, Run

FORMAT_VERSION = "1.0"


def json_text(document: Mapping[str, Any]) -> str:
    """The document as it is printed, safe to be shown by a terminal or in the log of a job."""
    return in_json(json.dumps(document, ensure_ascii=False, indent=2))


def findings_document(posts: int, findings: Sequence["Finding"]) -> dict[str, Any]:
    """What `validate` found."""
    return {
        "format_version": FORMAT_VERSION,
        "posts": posts,
        "findings": [finding_json(finding) for finding in findings],
    }


def finding_json(finding: "Finding") -> dict[str, Any]:
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


def error_document(error: "PublisherError") -> dict[str, Any]:
    """What stopped a run before it had anything else to say."""
    return {
        "format_version": FORMAT_VERSION,
        "error": {"code": error.code, "message": error.message, "why": error.why, "fix": error.fix},
        "exit_code": error.exit_code,
    }


def entry_json(entry: "Entry") -> dict[str, Any]:
    """A code of the catalogue."""
    return {key: getattr(entry, key) for key in ("code", "title", "why", "fix", "bad", "good")}


def records_document(state: "State") -> dict[str, Any]:
    """What `state list` knows, without what only matters inside."""
    return {
        "format_version": FORMAT_VERSION,
        "account": state.account,
        "user_id": state.user_id,
        "serial": state.serial,
        "lineage": state.lineage,
        "posts": [record_document(post_id, record) for post_id, record in state.posts.items()],
    }


def record_document(post_id: str, record: "PostRecord") -> dict[str, Any]:
    """A record as the state holds it, with its id."""
    from publisher.planning.record_json import post_json

    return {"id": post_id, **post_json(record)}


def plan_document(plan: "Plan") -> dict[str, Any]:
    """What `publish` would do."""
    quota = plan.quota
    return {
        "format_version": FORMAT_VERSION,
        "account": plan.account,
        "digest": plan.digest,
        "posts": [planned_json(post) for post in plan.everything],
        "quota": None if quota is None else {name: quota_json(value) for name, value in quota.items()},
        "summary": plan.summary,
    }


def planned_json(post: "PlannedPost") -> dict[str, Any]:
    from publisher.planning.plan import action_json

    return {
        "id": post.id,
        "path": post.path,
        "account": post.account,
        "kind": post.kind,
        "verdict": post.verdict.value,
        "fingerprint": post.fingerprint,
        "reason": post.reason,
        "parts": [part_json(part) for part in post.parts],
        "actions": [action_json(action) for action in post.actions],
    }


def part_json(part: "Part") -> dict[str, Any]:
    """A part as its file says it; what defaults of publisher.yaml add is in the actions."""
    return {
        "index": part.index,
        "kind": part.kind.value,
        "text": part.text,
        "characters": part.characters,
        "bytes": part.bytes,
        "media": [media_json(item) for item in part.media],
        "link": part.link,
        "poll": list(part.poll),
        "gif": part.gif,
        "attached_text": None if part.attached_text is None else attached_json(part.attached_text),
        "spoilers": [range_json(piece) | {"text": piece.piece} for piece in ranges(part.text or "", part.spoilers)],
        "topic": part.topic,
        "quote": part.quote and part.quote.value,
        "reply_to": part.reply_to and part.reply_to.value,
        "repost": part.repost and part.repost.value,
        "reply_control": part.reply_control,
        "reply_approvals": part.reply_approvals,
        "countries": list(part.countries),
        "location": part.location,
        "ghost": part.ghost,
        "share_to_instagram": part.share_to_instagram,
    }


def media_json(item: "MediaItem") -> dict[str, Any]:
    where = {"path": item.file} if item.file is not None else {"url": item.url}
    return {
        **where,
        "kind": item.kind,
        "alt": item.alt,
        "decorative": item.decorative,
        "spoiler": item.spoiler,
        "sha256": item.sha256,
    }


def attached_json(attached: "AttachedText") -> dict[str, Any]:
    styled = [range_json(piece) | {"styles": list(piece.styles)} for piece in attached.styled]
    return {"text": attached.text, "link": attached.link, "styled": styled}


def range_json(piece: "Range | Styled") -> dict[str, Any]:
    """A stretch of a text, in UTF-16 units, as it is sent."""
    return {"offset": piece.offset, "length": piece.length}


def quota_json(quota: "Quota") -> dict[str, int]:
    return {"used": quota.used, "limit": quota.limit, "planned": quota.planned}


def run_document(run: "Run") -> dict[str, Any]:
    """What `publish` did; also of a run that failed on its way."""
    stopped = run.stopped_by
    return {
        **plan_document(run.plan),
        "posts": [result_json(result) for result in run.posts],
        "exit_code": run.exit_code,
        "interrupted": run.interrupted,
        "error": None if stopped is None else error_document(stopped)["error"],
    }


def result_json(result: "Result") -> dict[str, Any]:
    return {
        **planned_json(result.planned),
        "outcome": result.outcome,
        "media_ids": list(result.media_ids),
        "permalinks": list(result.permalinks),
        "error": None if result.problem is None else dict(result.problem.as_json()),
    }


def status_document(plan: "Plan", posts: Sequence["PlannedPost"]) -> dict[str, Any]:
    """Where every post stands: the verdict, and what is recorded of it."""
    from publisher.planning.record_json import post_json

    told = [{**planned_json(post), "record": None if post.record is None else post_json(post.record)} for post in posts]
    return {"format_version": FORMAT_VERSION, "account": plan.account, "posts": told, "summary": plan.summary}


def open_document(records: Mapping[str, "PostRecord"]) -> dict[str, Any]:
    """What `reconcile` could not settle."""
    return {
        "format_version": FORMAT_VERSION,
        "open": [record_document(post_id, record) for post_id, record in records.items()],
    }
