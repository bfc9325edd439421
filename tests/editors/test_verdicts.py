"""Editors and linters judge by our schemas as we do: the same files, at the same lines.

What is schema-level: types, empty values, unknown keys, fixed words, patterns, lengths and counts. The rest (limits as
Threads counts them, combinations, references, times, media, hidden characters) is told by `publisher validate` alone.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.content.document import Document
from publisher.content.parsing import parse
from publisher.content.schema import schema_findings
from tests.content.cases import CONFIG, cases
from tests.editors.server import ROOT, LanguageServer

# `{text: Hello, topic}`: a key in a flow mapping that has not even a colon is nothing to the language server.
# Neither is a `?` with nothing behind it. And of answers that are no text it tells keys, but no list.
_NOT_TO_THE_SERVER = {
    "posts/key-without-value-in-flow.yaml",
    "posts/poll-of-keys.yaml",
    "posts/waiver-beside-an-empty-key.yaml",
}
# A tab behind a value: libyaml and editors take it, the YAML library of check-jsonschema does not.
_NOT_TO_RUAMEL = {"posts/tabs-behind-values.yaml"}


def _files() -> dict[str, Document]:
    """Every file of the corpus and of the examples that is sound YAML, by a path of its own."""
    sources = {
        f"{case.name}/{path}" if case.root else path if case.single else f"posts/{case.name}/{Path(path).name}": data
        for kind in ("valid", "invalid")
        for case in cases(kind)
        for path, data in case.files.items()
    }
    examples = ROOT / "example-posts"
    sources |= {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in examples.rglob("*.yaml")}
    parsed = {path: parse(path, data) for path, data in sources.items()}
    return {
        path: document
        for path, document in parsed.items()
        if isinstance(document, Document) and Path(path).name != "publisher.yml"  # refused unread: no schema is its
    }


FILES = _files()


def _schema_of(path: str) -> str:
    return "config" if path.endswith(CONFIG) else "post"


def _told(document: Document, lines: set[int]) -> set[int]:
    """Lines, counted from 1. Of a list or mapping in lines of its own we point at the key, an editor at the value."""
    above = {line - 1 for line in lines if document.lines[line - 2].rstrip().endswith(":")}
    ours = {finding.place.line for finding in schema_findings(document, _schema_of(document.path))}
    return {line - 1 if line - 1 in above & ours and line not in ours else line for line in lines}


def test_the_language_server_underlines_the_lines_that_we_refuse(server: LanguageServer) -> None:
    # A modeline wins over settings, and is about files that are not there.
    texts = {path: document.source.replace("yaml-language-server", "-") for path, document in FILES.items()}
    differences = {}
    for path, diagnostics in server.underlined(texts).items():
        about_schema = [item for item in diagnostics if str(item.get("source")).startswith("yaml-schema")]
        theirs = _told(FILES[path], {item["range"]["start"]["line"] + 1 for item in about_schema})
        ours = {finding.place.line for finding in schema_findings(FILES[path], _schema_of(path))}
        if ours != theirs and path not in _NOT_TO_THE_SERVER:
            differences[path] = (ours, theirs)
    assert len(texts) > 600
    assert differences == {}


@pytest.mark.parametrize("name", ["post", "config"])
def test_check_jsonschema_refuses_the_files_that_we_refuse(name: str, tmp_path: Path) -> None:
    command = shutil.which("check-jsonschema", path=Path(sys.executable).parent)
    if command is None:
        pytest.skip("check-jsonschema is not installed: make editors")
    ours = {}
    for number, (path, document) in enumerate(FILES.items()):
        if _schema_of(path) == name and path not in _NOT_TO_RUAMEL:
            file = tmp_path / f"{number}.yaml"
            file.write_bytes(document.source.encode())
            ours[str(file)] = (path, bool(schema_findings(document, name)))
    asked = [command, "--schemafile", str(ROOT / "schemas" / f"{name}.json"), "-o", "json", *ours]
    answer = json.loads(subprocess.run(asked, capture_output=True, check=False).stdout)
    assert answer["parse_errors"] == []
    refused = {error["filename"] for error in answer["errors"]}
    assert [path for file, (path, bad) in ours.items() if bad != (file in refused)] == []
    assert refused
