"""The page about post files names every key of the schema and no other; the reference pages are up to date."""

import re
import subprocess
import sys
from pathlib import Path

from publisher.content.catalogue import all_entries
from publisher.content.schema import load_schema

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "post-files.md").read_text("utf-8")


def test_every_key_has_its_row_and_every_row_its_key() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(load_schema("post")["properties"])


def test_keys_of_media_and_attached_text_are_named() -> None:
    definitions = load_schema("post")["definitions"]
    for holder in ("media_item", "attached_text"):
        for key in definitions[holder]["properties"]:
            assert f"`{key}" in PAGE, key


def test_the_examples_that_the_page_names_are_there_and_have_the_key() -> None:
    for key, target in re.findall(r"^\| `(\w+)` \|.*\]\(\.\./(example-posts/[^)]+)\)", PAGE, re.MULTILINE):
        assert re.search(rf"^{key}:", (ROOT / target).read_text("utf-8"), re.MULTILINE), target


def test_the_reference_pages_say_what_schemas_and_catalogue_say() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_reference.py"), "--check"]
    called = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (called.returncode, called.stdout, called.stderr) == (0, "", "")


def test_every_link_of_the_reference_leads_to_a_code_or_a_key_that_is_there() -> None:
    codes = {entry.code.lower() for entry in all_entries()}
    keys = set(load_schema("post")["properties"])
    for name in ("post", "config"):
        page = (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")
        assert set(re.findall(r"codes\.md#(\w+)", page)) <= codes
        assert set(re.findall(r"\]\(#(\w+)\)", page)) <= keys
