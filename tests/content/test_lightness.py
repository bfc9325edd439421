"""Checking good posts loads what it needs and no more; start-up is what a hook and an editor feel."""

import subprocess
import sys

import pytest

_HEAVY = ("jsonschema", "requests", "boto3", "PIL", "rich", "jinja2", "flask", "difflib", "zoneinfo", "regex", "click")
_CHECK = """
import sys
from publisher.content.validate import Context, Source, check_posts
from publisher.settings import AccountSettings, Rules

def look(path):
    raise AssertionError("no media here")

data = {text!r}.encode()
checked = check_posts([Source("posts/a.yaml", data)], Context((AccountSettings("acme"),), Rules()), look)
print(len(checked.posts), *(name for name in {heavy!r} if name in sys.modules))
"""


def _loaded(text: str) -> list[str]:
    program = _CHECK.format(text=text, heavy=_HEAVY)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "text",
    [
        "text: |-\n  Acme 2.0 is out: https://acme.dev\ntopic: News\n",
        "text: |-\n  “Schöne Grüße” – 春节快乐, Привет… 3 × 4 €\n",
        "text: one\nthread:\n  - text: two\n    quote: 18050000000000002\n",
    ],
)
def test_good_posts_load_nothing_heavy(text: str) -> None:
    assert _loaded(text) == ["1"]


def test_only_an_emoji_in_a_text_that_may_be_too_long_loads_the_grapheme_tables() -> None:
    assert _loaded("text: out 🎉\n") == ["1"]
    assert _loaded(f"text: out 🎉 {'äh, so ' * 68}\n") == ["1", "regex"]


def test_only_a_time_loads_the_time_zones() -> None:
    assert _loaded("text: out\npublish_at: 2026-12-01T09:00\n") == ["1", "zoneinfo"]


def test_only_what_is_refused_loads_the_explainer() -> None:
    assert "jsonschema" in _loaded("txt: out\n")
