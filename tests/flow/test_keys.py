"""Every key of a post file arrives: what stands in the file is what the sandbox reads back, and no more."""

from typing import Any

import pytest

from tests.flow.desk import Desk, png

# The file, and what of the live post follows from it.
KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "poll": (
        "text: Next?\npoll: [Plugins, NO, 12:30]\n",
        {"option_a": "Plugins", "option_b": "NO", "option_c": "12:30"},
    ),
}


def _said(live: dict[str, Any], name: str) -> Any:
    """What the post says of the key: a poll without its votes, everything else as it is."""
    if name == "poll":
        poll = live["poll_attachment"]
        return {key: poll[key] for key in poll if key.startswith("option_") and not key.endswith("percentage")}
    return {key: live.get(key) for key in KEYS[name][1]}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_reads_back_as_it_was_written(name: str, desk: Desk) -> None:
    source, expected = KEYS[name]
    desk.begin()
    desk.write("posts/one.png", png(10))
    desk.write("posts/two.png", png(20))
    desk.post("a", source)
    called = desk.publish()
    assert called.code == 0, called.out + called.err
    (live,) = desk.live()
    assert _said(live, name) == expected


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_published_once(name: str, desk: Desk) -> None:
    desk.begin()
    desk.write("posts/one.png", png(10))
    desk.write("posts/two.png", png(20))
    desk.post("a", KEYS[name][0])
    assert desk.publish().code == 0
    before = desk.writes()
    called = desk.publish()
    assert [post["outcome"] for post in called.document["posts"]] == ["unchanged"]
    assert desk.writes() == before
