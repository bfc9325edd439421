"""`publisher ci`: what a workflow step leaves behind."""

import json
from pathlib import Path

from tests.cli.calling import Caller, repository


def outputs(file: Path) -> dict[str, str]:
    """As a runner reads them: name<<END, lines, END."""
    found: dict[str, str] = {}
    lines = iter(file.read_text().splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        found[name] = "\n".join(iter(lambda: next(lines), end))
    return found


def workflow(folder: Path) -> dict[str, str]:
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "NO_COLOR": "1",
    }


def test_plan_leaves_annotations_a_summary_outputs_and_a_report(tmp_path: Path) -> None:
    call = repository(tmp_path, good="text: Hello\n", bad="txt: x\ntext: Hello\n")
    called = call("ci", "plan", "--out", "out", **workflow(tmp_path))
    assert called.code == 3
    assert "::error file=posts/bad.yaml,line=1" in called.out
    summary = (tmp_path / "summary.md").read_text()
    assert "**1 error: nothing is sent until they are mended.**" in summary
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [finding["code"] for finding in report["findings"]] == ["E203"]
    assert [post["id"] for post in report["posts"]] == ["good"]
    assert outputs(tmp_path / "outputs")["has-changes"] == "true"


def test_matrix_names_the_accounts_with_something_to_do(tmp_path: Path) -> None:
    config = "version: 1\naccounts:\n  a: {posts: posts/a}\n  b: {posts: posts/b}\n"
    call = Caller(tmp_path)
    call.write("publisher.yaml", config)
    call.write("posts/a/one.yaml", "text: One\n")
    call.write("posts/a/two.yaml", "text: Two\n")
    call.write("posts/b/draft.yaml", "text: Not yet\ndraft: true\n")
    called = call("ci", "matrix", **workflow(tmp_path))
    assert called.document == {"include": [{"account": "a", "pending": 2}]}
    assert len(called.out.splitlines()) == 1
    assert json.loads(outputs(tmp_path / "outputs")["matrix"]) == called.document


def test_a_refusal_is_in_the_summary_too(tmp_path: Path) -> None:
    call = repository(tmp_path, good="text: Hello\n")
    assert call("ci", "publish", **workflow(tmp_path)).code == 8
    assert "E435" in (tmp_path / "summary.md").read_text()
