"""yaml-language-server, as an editor drives it: JSON-RPC over its stdin and stdout, no window.

It is what completes, explains and underlines YAML in VS Code and most other editors. Nothing is fetched: its catalogue
of schemas on the web is off, and ours are given as files.
"""

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from publisher.resources import resource

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".venv" / "editors" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
MISSING = (
    "Node is not installed: apt-get install nodejs npm"
    if shutil.which("node") is None
    else None if SERVER.exists() else "yaml-language-server is not installed: make editors"
)  # fmt: skip

# Which files an editor checks by which schema; `publisher init` writes the like for VS Code.
_OURS = {
    resource("schemas/post.json").as_uri(): "posts/**/*.yaml",
    resource("schemas/config.json").as_uri(): "**/publisher.yaml",
}


class LanguageServer:
    """A running server; a context. Documents exist only in the editor, so no file is needed.

    Of a folder that `publisher init` has set up, it is given what VS Code would give it: the folder and its settings.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._root = folder or Path("/repository")
        self._schemas = _OURS if folder is None else _settings_of(folder)["yaml.schemas"]

    def __enter__(self) -> "LanguageServer":
        node = shutil.which("node")
        assert node is not None
        command = [node, str(SERVER), "--stdio"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._last = 0
        self._configured = False
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        documents = {
            "hover": {"contentFormat": ["markdown"]},
            "completion": {"completionItem": {"snippetSupport": True}},
        }
        self.ask("initialize", {
            "processId": None,
            "rootUri": self._root.as_uri(),
            "workspaceFolders": [{"uri": self._root.as_uri(), "name": self._root.name}],
            "capabilities": {"textDocument": documents, "workspace": {"configuration": True}},
        })  # fmt: skip
        self.tell("initialized", {})
        while not self._configured:  # before that it knows no schema
            self._hear(self._receive())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self.ask("shutdown", None)
            self.tell("exit", None)
        else:
            self._process.kill()
        self._process.communicate(timeout=30)

    def ask(self, method: str, params: Any) -> Any:
        """The server's answer; what it asks or tells meanwhile is heard."""
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._last and "method" not in message:
                assert "error" not in message, message
                return message.get("result")
            self._hear(message)

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def underlined(self, files: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
        """What the server has against each file, by its path: LSP diagnostics. The files are open afterwards."""
        for path, text in files.items():
            self.open(path, text)
        waiting = {self._uri(path): path for path in files}
        while waiting.keys() - self._diagnostics.keys():
            self._hear(self._receive())
        return {path: self._diagnostics[uri] for uri, path in waiting.items()}

    def open(self, path: str, text: str) -> None:
        document = {"uri": self._uri(path), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def completed(self, path: str, line: int, column: int) -> list[dict[str, Any]]:
        """What the server offers at a place, counted from 0."""
        found: dict[str, Any] = self.ask("textDocument/completion", self._at(path, line, column))
        return list(found["items"])

    def explained(self, path: str, line: int, column: int) -> str:
        """What is shown when the pointer rests on a place, in Markdown."""
        found = self.ask("textDocument/hover", self._at(path, line, column))
        return "" if found is None else str(found["contents"]["value"])

    def _hear(self, message: Mapping[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            wanted = message["params"].get("items", ()) if message["method"] == "workspace/configuration" else ()
            self._send({"id": message["id"], "result": self._settings(wanted) if wanted else None})
            self._configured |= any(item.get("section") == "yaml" for item in wanted)

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        out = self._process.stdout
        assert out is not None
        length = 0
        while (line := out.readline()) != b"\r\n":
            assert line, "the server has ended"
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(out.read(length))
        return message

    def _settings(self, wanted: Iterable[Mapping[str, Any]]) -> list[Any]:
        yaml = {"schemas": self._schemas, "schemaStore": {"enable": False}}
        yaml |= {"validate": True, "completion": True, "hover": True}
        return [yaml if item.get("section") == "yaml" else None for item in wanted]

    def _uri(self, path: str) -> str:
        return (self._root / path).as_uri()

    def _at(self, path: str, line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self._uri(path)}, "position": {"line": line, "character": column}}


def _settings_of(folder: Path) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((folder / ".vscode" / "settings.json").read_text("utf-8"))
    return settings
