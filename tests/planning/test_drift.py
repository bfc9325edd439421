"""What the world did to posts since they went out, told from the record and from what was read."""

from dataclasses import replace

import pytest

from publisher.content.post import Post
from publisher.planning.beginning import begin
from publisher.planning.drift import Drift, Seen, drifts
from publisher.planning.records import PartRecord, Phase
from publisher.planning.state import State
from tests.planning.samples import post, record, state

LIVE = "18000000000000100"  # what `record` calls the first part
LINK = "https://www.threads.com/@acme/post/DXbVXtqE2sj"


def known(of: Post, **facts: object) -> State:
    """The post on record as live, its words under the hash "h"; other facts of the part by keyword."""
    whole = record(of)
    part = replace(whole.parts[0], **{"text_sha256": "h", "permalink": LINK, **facts})  # type: ignore[arg-type]
    return state(launch=whole.with_part(1, part))


def read(text_sha256: str | None = "h", reply_audience: str | None = "EVERYONE") -> dict[str, Seen]:
    return {LIVE: Seen(LIVE, text_sha256, reply_audience, LINK)}


def found(
    on_record: State, seen: dict[str, Seen], *, of: Post | None = None, gone: frozenset[str] = frozenset()
) -> object:
    return drifts(on_record, {"launch": of or post()}, seen, gone, seen)


def test_a_post_that_is_read_as_it_was_sent_has_not_drifted() -> None:
    assert found(known(post()), read()) == ()


def test_what_threads_cannot_read_any_more_is_gone() -> None:
    gone = found(known(post()), {}, gone=frozenset({LIVE}))
    assert gone == (Drift("gone", LIVE, "launch", 1, LINK),)


def test_what_was_not_looked_up_is_no_drift() -> None:
    assert found(known(post()), {}) == ()


def test_other_words_are_a_change() -> None:
    assert found(known(post()), read("other")) == (Drift("changed", LIVE, "launch", 1, LINK),)


def test_a_post_without_words_of_its_own_cannot_change_them() -> None:
    assert found(known(post(), text_sha256=None), read("other")) == ()


@pytest.mark.parametrize(
    ("wanted", "audience", "drifted"),
    [
        ("mentioned_only", "EVERYONE", True),
        ("mentioned_only", "MENTIONED_ONLY", False),
        ("mentioned_only", None, False),  # not told
        (None, "EVERYONE", False),
    ],
)
def test_who_may_reply_is_compared_with_what_the_file_asks(
    wanted: str | None, audience: str | None, drifted: bool
) -> None:
    asked = post(reply_control=wanted)
    what = (Drift("audience", LIVE, "launch", 1, LINK),) if drifted else ()
    assert found(known(asked), read(reply_audience=audience), of=asked) == what


def test_a_file_that_changed_since_asks_nothing_of_what_is_live() -> None:
    assert found(known(post()), read(), of=post(reply_control="mentioned_only")) == ()


def test_a_part_that_is_not_live_cannot_drift() -> None:
    planned = record(post(), Phase.PLANNED)
    assert drifts(state(launch=planned), {}, {}, frozenset(), ()) == ()


def test_what_no_record_knows_comes_last_and_once() -> None:
    seen = {**read("other"), "9": Seen("9", "x", None, "link")}
    drifted = drifts(known(post()), {}, seen, frozenset(), ("9", LIVE, "9"))
    assert drifted == (Drift("changed", LIVE, "launch", 1, LINK), Drift("unrecorded", "9", permalink="link"))


def test_a_state_that_is_begun_beside_posts_knows_them_as_never_to_be_sent() -> None:
    chain = post("chain", thread=("two",))
    begun = begin("acme", "https://graph.threads.net", lineage="l", skipped=(post(), chain))
    assert list(begun.posts) == ["launch", "chain"]
    assert begun.posts["chain"].parts == tuple(PartRecord(Phase.SKIPPED, part.fingerprint) for part in chain.parts)
    assert begin("acme", "https://graph.threads.net", lineage="l").posts == {}
