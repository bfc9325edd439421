"""`publisher validate`: all findings, five formats, one exit code."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from publisher.wiring.workplace import open_workplace
from tests.cli.calling import Caller, repository

BROKEN = {"good": "text: Hello\n", "bad": "txt: Hello\ntext: Hello\n", "lost": "text: Ship it #friday\n"}


def test_sound_posts_are_exit_0(tmp_path: Path) -> None:
    called = repository(tmp_path, good="text: Hello\n")("validate")
    assert (called.code, called.out) == (0, "1 post: ok\n")


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif", "junit"])
def test_an_error_is_exit_3_in_every_format(tmp_path: Path, format_: str) -> None:
    assert repository(tmp_path, **BROKEN)("validate", "--format", format_).code == 3


def test_a_warning_is_exit_0_and_with_strict_exit_3(tmp_path: Path) -> None:
    call = repository(tmp_path, lost=BROKEN["lost"])
    assert call("validate").code == 0
    assert call("validate", "--strict").code == 3


def test_every_finding_has_place_code_reason_and_fix(tmp_path: Path) -> None:
    document = repository(tmp_path, **BROKEN)("validate", "--format", "json").document
    assert document["format_version"] == "1.0"
    assert document["posts"] == 3
    assert [(f["path"], f["line"], f["column"]) for f in document["findings"]] == [
        ("posts/bad.yaml", 1, 1),
        ("posts/lost.yaml", 1, 15),
    ]
    assert all(f["code"] and f["message"] and f["why"] and f["fix"] for f in document["findings"])


def test_only_what_was_named_is_reported_and_counted(tmp_path: Path) -> None:
    call = repository(tmp_path, **BROKEN)
    assert call("validate", "posts/good.yaml").out == "1 post: ok\n"
    assert call("validate", "posts").code == 3


def test_a_path_that_is_no_post_file_is_a_usage_error(tmp_path: Path) -> None:
    call = repository(tmp_path, good="text: Hello\n")
    assert call("validate", "publisher.yaml").code == 2
    assert "there is no posts/gone.yaml" in call("validate", "posts/gone.yaml").err


def test_the_folder_may_be_named_and_paths_are_relative_to_it(tmp_path: Path) -> None:
    repository(tmp_path / "social", **BROKEN)
    assert Caller(tmp_path)("-C", "social", "validate", "posts/good.yaml").code == 0


def test_without_publisher_yaml_the_way_to_one_is_named(tmp_path: Path) -> None:
    called = Caller(tmp_path)("validate")
    assert called.code == 3
    assert "E500" in called.err
    assert "publisher init" in called.err


def test_publisher_yml_alone_is_named_and_so_is_its_right_name(tmp_path: Path) -> None:
    (tmp_path / "publisher.yml").write_text("version: 1\naccount: acme\n")
    called = Caller(tmp_path)("validate")
    assert called.code == 3
    assert "only a publisher.yml, which is not read" in called.err
    assert "rename publisher.yml to publisher.yaml" in called.err


def test_of_two_files_of_settings_neither_is_taken(tmp_path: Path) -> None:
    call = repository(tmp_path, good="text: Hello\n")
    (tmp_path / "publisher.yml").write_text("version: 1\naccount: another\n")
    assert [finding["code"] for finding in call("validate", "--format", "json").document["findings"]] == ["E529"]
    assert call("plan").code == 3


def test_mistakes_of_publisher_yaml_are_findings_like_any_other(tmp_path: Path) -> None:
    call = repository(tmp_path, "version: 1\naccont: acme\n", good="text: Hello\n")
    called = call("validate", "--format", "json")
    assert called.code == 3
    assert {f["code"] for f in called.document["findings"]} == {"E513"}
    assert call("plan").code == 3


def test_annotations_stand_on_the_line_and_cannot_be_broken_out_of(tmp_path: Path) -> None:
    call = repository(tmp_path, bad='"t%0A::error::\\u000a::warning::x": y\n')
    called = call("validate", "--format", "github")
    (line,) = [line for line in called.out.splitlines() if "E203" in line]
    assert line.startswith("::error file=posts/bad.yaml,line=1,endLine=1,col=1,")
    assert all(line.startswith(("::error file=", "::warning file=")) for line in called.out.splitlines())


def test_sarif_and_junit_are_well_formed(tmp_path: Path) -> None:
    call = repository(tmp_path, **BROKEN)
    log = json.loads(call("validate", "--format", "sarif").out)
    assert log["version"] == "2.1.0"
    results = log["runs"][0]["results"]
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == [result["ruleId"] for result in results]
    suite = ElementTree.fromstring(call("validate", "--format", "junit").out)
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert len(suite.findall("testcase")) == 3


def test_a_publisher_yaml_that_is_a_link_is_refused_and_nothing_of_it_shown(tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere"
    secret.write_text("root:x:0:0\n")
    (tmp_path / "social").mkdir()
    (tmp_path / "social" / "publisher.yaml").symlink_to(secret)
    called = Caller(tmp_path / "social")("validate")
    assert called.code == 3
    assert "E501" in called.err
    assert "root:x" not in called.out + called.err


TWELVE = {
    "colon": "text: Release notes: faster\n",
    "comment-and-key": "text: Ship it #friday\ntxt: x\n",
    "twice": "text: one\ntext: two\n",
    "empty": "text: ''\n",
    "too-long": f"text: {'a' * 501}\n",
    "no-file": "media: [{file: gone.jpg, alt: A picture that is gone}]\n",
    "outside": "media: [{file: ../../etc/passwd, alt: Somebody else's}]\n",
    "one-of-two": "media: [{alt: Nothing to show}]\n",
    "time": "text: a\npublish_at: tomorrow\n",
    "link": "text: a\nlink: example.com\n",
    "control": "text: a\nreply_control: nobody\n",
    "quote": "text: a\nquote: nowhere.yaml\n",
}


def test_twelve_broken_posts_are_told_in_one_run_each_with_place_reason_and_fix(tmp_path: Path) -> None:
    call = repository(tmp_path, **TWELVE)
    called = call("validate", "--format", "json")
    assert called.code == 3
    errors = [finding for finding in called.document["findings"] if finding["severity"] == "error"]
    assert {finding["path"] for finding in errors} == {f"posts/{name}.yaml" for name in TWELVE}
    assert all(f["line"] >= 1 and f["column"] >= 1 and f["message"] and f["why"] and f["fix"] for f in errors)
    text = call("validate").out
    assert all(f"--> posts/{name}.yaml:" in text for name in TWELVE)
    assert text.rstrip().splitlines()[-1].startswith("12 posts: ")


@pytest.mark.parametrize("slip", ["txt: Hello\n", "caption: Hello\n", "images: [{file: a.jpg, alt: A}]\n"])
def test_a_misspelled_text_is_one_mistake_and_not_a_missing_text_too(tmp_path: Path, slip: str) -> None:
    called = repository(tmp_path, slip=slip)("validate", "--format", "json")
    assert [finding["code"] for finding in called.document["findings"]] == ["E203"]


@pytest.mark.parametrize("command", ["validate", "validate --fix", "fmt --check", "fmt --diff", "plan"])
def test_neither_the_name_of_a_file_nor_its_text_is_a_command_for_the_runner(tmp_path: Path, command: str) -> None:
    call = repository(tmp_path, quoted="text: ::error::a: b\n", old="text: '##[error]a'\nnoot: b\n")
    call.write("posts/a\n::error::b.yaml", "txet:   Hello\n")
    call.write("posts/around.yaml", "text: |\n  a\n  ::error::b\ntxet:   c\n")
    called = call(*command.split())
    lines = (called.out + called.err).splitlines()
    assert called.code != 1
    assert not [line for line in lines if line.strip().startswith("::") or "##[" in line]


ACCOUNTS = "version: 1\naccounts:\n  one: {{posts: {}}}\n  two: {{posts: {}}}\n"


@pytest.mark.parametrize("folders", [("posts", "posts-b"), ("posts", "posts/b"), ("posts/b", "posts"), ("a", "a")])
def test_files_come_one_after_the_other_each_once_and_in_order(tmp_path: Path, folders: tuple[str, str]) -> None:
    (tmp_path / "publisher.yaml").write_text(ACCOUNTS.format(*folders) + "state:\n  path: s-{account}.json\n", "utf-8")
    for name in {f"{folder}/{stem}.yaml" for folder in folders for stem in ("x", "-")}:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text: Hello\n", "utf-8")
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.yaml") if path.parent != tmp_path)
    place = open_workplace(tmp_path, {})
    assert [source.path for source in place.each_source()] == files
    assert [source.path for source in place.sources()] == files


def test_a_file_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    repository(tmp_path, a="text: Hello\n", b="text: before\n")
    sources = open_workplace(tmp_path, {}).each_source()
    next(sources)
    (tmp_path / "posts" / "b.yaml").write_text("text: after\n", "utf-8")
    assert next(sources).data == b"text: after\n"


def test_of_a_file_that_is_gone_or_a_link_by_now_there_are_no_lines(tmp_path: Path) -> None:
    repository(tmp_path, a="text: Hello\n", link="text: Hello\n")
    (tmp_path / "posts" / "link.yaml").unlink()
    (tmp_path / "posts" / "link.yaml").symlink_to(tmp_path / "publisher.yaml")
    place = open_workplace(tmp_path, {})
    lines = place.lines_of(["posts/a.yaml", "posts/link.yaml", "posts/gone.yaml", "posts"])
    assert lines == {"posts/a.yaml": ("text: Hello", "")}
