"""An author's path, as somebody new walks it: a form, a file, a slip, one style, a chain."""

import json
from pathlib import Path

import pytest

from tests.cli.calling import Caller
from tests.editors.server import MISSING, LanguageServer
from tests.flow.desk import png

EVENT = {
    "issue": {
        "title": "Post: ../../etc/passwd & 日本 $(id)",
        "body": "### Text\n\nShip it: 'now' #friday\n\n### Pictures\n\n_No response_\n\n### Topic\n\nNews",
    }
}


def _begun(folder: Path) -> Caller:
    caller = Caller(folder)
    assert caller("init", "--account-name", "acme", "--timezone", "Europe/Berlin", "--forms").code == 0
    return caller


def test_a_form_becomes_a_file_that_is_valid_and_in_style(tmp_path: Path) -> None:
    caller = _begun(tmp_path)
    event = caller.write("event.json", json.dumps(EVENT))
    called = caller("new", "--from-event", str(event), "--now", "2026-12-01T09:00Z")
    assert (called.code, called.out) == (0, "posts/2026-12-01-etc-passwd-id.yaml\n")
    written = (tmp_path / called.out.strip()).read_text("utf-8")
    assert written.startswith("# yaml-language-server: $schema=../.vscode/publisher/post.schema.json\n")
    assert caller("validate").code == 0
    assert caller("fmt", "--check").code == 0


DROPPED = "https://github.com/user-attachments/assets/6f7b3a52-0f0e-4a86-9d0c-2a4b53f0a1f7"


@pytest.mark.parametrize(
    "written", [f"![A cat asleep]({DROPPED})", f'<img width="900" height="600" alt="A cat asleep" src="{DROPPED}" />']
)
def test_a_picture_that_was_dropped_into_the_form_is_saved_beside_the_post(tmp_path: Path, written: str) -> None:
    caller = _begun(tmp_path)
    form = {"issue": {"title": "Post: Cat", "body": f"### Text\n\nLook\n\n### Pictures\n\n{written}"}}
    file = tmp_path / caller("new", "--from-event", str(caller.write("event.json", json.dumps(form)))).out.strip()
    (told,) = [each for each in caller("validate", "--format", "json").document["findings"] if each["code"] != "W330"]
    assert (told["code"], told["message"]) == ("E332", "the address is an attachment on GitHub")
    assert told["fix"] == "save it beside the post, and write file: with its name in the place of this line"
    (file.parent / "cat.png").write_bytes(png(1))
    file.write_text(file.read_text("utf-8").replace(f'url: "{DROPPED}"', "file: cat.png"), "utf-8")
    assert caller("validate").code == 0


def test_an_event_twice_is_refused_and_nothing_is_overwritten(tmp_path: Path) -> None:
    caller = _begun(tmp_path)
    event = str(caller.write("event.json", json.dumps(EVENT)))
    assert caller("new", "--from-event", event).code == 0
    assert caller("new", "--from-event", event).code == 8


def test_what_is_no_event_is_said_in_a_sentence(tmp_path: Path) -> None:
    caller = _begun(tmp_path)
    for text in ("[" * 100_000, "{}", "no json"):
        called = caller("new", "--from-event", str(caller.write("event.json", text)))
        assert called.code == 3
        assert "Traceback" not in called.err


def test_the_editor_is_set_up_for_posts(tmp_path: Path) -> None:
    _begun(tmp_path)
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text("utf-8"))
    (schema, *_) = settings["yaml.schemas"]
    assert "posts/**/*.yaml" in settings["yaml.schemas"][schema]
    assert "publish_at" in json.loads((tmp_path / schema).read_text("utf-8"))["properties"]


def test_a_slip_is_named_mended_and_gone(tmp_path: Path) -> None:
    caller = _begun(tmp_path)
    caller.write("posts/slip.yaml", "txet: Hello\n")
    assert "did you mean text?" in caller("validate").out
    assert caller("validate", "--fix").code == 0
    assert (tmp_path / "posts/slip.yaml").read_text("utf-8") == "text: Hello\n"


def test_the_editor_that_init_set_up_completes_explains_and_underlines_what_validate_names(tmp_path: Path) -> None:
    if MISSING is not None:
        pytest.skip(MISSING)
    caller = _begun(tmp_path)
    new = caller("new", "Acme 2.0 is out").out.strip()
    written = (tmp_path / new).read_text("utf-8")  # its first line names the schema, for editors without settings
    slip = "text: Hello\nreply_controll: everyone\n"
    caller.write("posts/slip.yaml", slip)
    (finding,) = json.loads(caller("validate", "--format", "json").out)["findings"]
    with LanguageServer(tmp_path) as server:
        files = {path: (tmp_path / path).read_text("utf-8") for path in ("publisher.yaml", "posts/hello.yaml")}
        assert server.underlined(files) == {path: [] for path in files}
        (underlined,) = server.underlined({"posts/slip.yaml": slip})["posts/slip.yaml"]
        server.open(new, written + "topic: \n")
        begun = {item["label"] for item in server.completed(new, written.count("\n"), 0)}
        explained = server.explained(new, written.count("\n"), 1)
        server.open("posts/more.yaml", "text: Hello\n\n")
        offered = {item["label"] for item in server.completed("posts/more.yaml", 1, 0)}
    start, end = underlined["range"]["start"], underlined["range"]["end"]
    assert (start["line"] + 1, start["character"] + 1) == (finding["line"], finding["column"])
    assert end["character"] + 1 == finding["end_column"]
    assert finding["message"] == f'{underlined["message"]}: "reply_controll"'
    assert {"media", "thread", "publish_at"} <= begun & offered
    assert "Topic" in explained
