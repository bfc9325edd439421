"""A slip is underlined with the words that `publisher validate` says of it; ours add what was found in its place.

Not said in one voice are limits that the language server words by itself, whatever a schema tells it: how many items a
list has, how large a number is, and that a mapping is empty; and of a text where keys belong it has the one sentence
that it has of a key, where we say what to write.
"""

import pytest

from publisher.content.document import Document
from publisher.content.findings import Finding
from publisher.content.parsing import parse
from publisher.content.schema import schema_findings
from tests.editors.server import LanguageServer

CONFIG = "version: 1\naccount: acme\n"
# The slip -> the file, and what an editor says.
SLIPS = {
    "an unknown key": ("text: a\ntopik: News\n", "not a known key"),
    "an unknown key of media": ("media:\n  - file: a.png\n    atl: A\n", "not a known key"),
    "a key in the wrong place": ("text: a\nalt: A\n", "not a known key"),
    "a word for true": ("text: a\nghost: yess\n", "ghost must be true or false"),
    "true in quotes": ('text: a\ndraft: "true"\n', "draft must be true or false"),
    "a text for a list": ("text: a\nspoilers: a\n", "spoilers must be a list"),
    "a list for a text": ("text: [a]\n", "text must be text, not blank"),
    "nothing for a text": ("text:\n", "text must be text, not blank"),
    "a blank text": ('text: "  "\n', "text must be text, not blank"),
    "a word that is none of them": ("text: a\nif_late: later\n", "if_late must be hold, publish or skip"),
    "a word or true": ("text: a\nshare_to_instagram: light\n", "share_to_instagram must be true, false or dark"),
    "nothing for a word": ("text: a\nif_late:\n", "if_late must be hold, publish or skip"),
    "a time in words": (
        "text: a\npublish_at: tomorrow\n",
        "publish_at must be a time like 2026-12-01T09:00, with seconds or an offset (+01:00, Z) if you like",
    ),
    "an address without a beginning": (
        "text: a\nlink: acme.dev\n",
        "link must be an address that begins with https:// and has no spaces",
    ),
    "a country of three": ("text: a\ncountries: [deu]\n", "a country must be two capital letters"),
    "an alt text too long": (
        f"media:\n  - file: a.png\n    alt: {'a' * 1001}\n",
        "alt must be text of 1 to 1,000 characters",
    ),
    "an answer too long": (f"poll: [a, {'b' * 26}]\n", "an answer must be text of 1 to 25 characters"),
    "a topic too long": (
        f"text: a\ntopic: {'a' * 52}\n",
        "topic must be 1 to 50 characters without full stop, ampersand, tab or line break",
    ),
    "an unknown setting": (f"{CONFIG}acount: b\n", "not a known key"),
    "a setting that is no number": (
        f"{CONFIG}rules: {{max_new_per_run: many}}\n",
        "max_new_per_run must be a whole number",
    ),
    "a setting that is no duration": (
        f"{CONFIG}rules: {{late_limit: 5 min}}\n",
        "late_limit must be a duration like 250ms, 30s, 5m, 24h or 7d",
    ),
    "a version to come": ("account: acme\nversion: 2\n", "version must be 1"),
    "a name of an account": (
        'version: 1\naccounts: {"a b": {}}\n',
        "a name must be letters, digits, hyphens, underscores and full stops",
    ),
}


def _ours(path: str, text: str) -> Finding:
    document = parse(path, text.encode())
    assert isinstance(document, Document)
    (finding,) = schema_findings(document, "config" if "version" in text else "post")
    return finding


@pytest.mark.parametrize("slip", SLIPS)
def test_an_editor_says_of_a_slip_what_validate_says(server: LanguageServer, slip: str) -> None:
    text, told = SLIPS[slip]
    name = slip.replace(" ", "-")
    path = f"{name}/publisher.yaml" if "version" in text else f"posts/{name}.yaml"
    (theirs,) = server.underlined({path: text})[path]
    ours = _ours(path, text)
    assert theirs["message"] == told
    assert ours.message.startswith(told)
    assert theirs["range"]["start"]["line"] + 1 == ours.place.line  # of nothing and of a list, ours is the key's place


@pytest.mark.parametrize(("emoji", "slips"), [(1000, 0), (1001, 1)])
def test_an_emoji_counts_as_one_character_in_editors_too(server: LanguageServer, emoji: int, slips: int) -> None:
    path = f"posts/emoji-{emoji}.yaml"
    text = f"media:\n  - file: a.png\n    alt: {'👍' * emoji}\n"
    assert len(server.underlined({path: text})[path]) == slips
