"""State in S3 after years: what is finished is sealed, and a write costs what it did on the first day."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import Refused, TryAgain
from publisher.planning.record_json import post_json
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import head_json, sealed, sealed_bytes
from publisher.state_backends.head import LARGEST_HEAD, Head, HeadBytes, head_bytes, head_from_bytes, to_seal
from publisher.state_backends.s3 import S3State
from publisher.state_backends.shards import Sealed, Shard
from tests.state_backends.faulty import FaultyS3, answer, refused
from tests.state_backends.places import BEGUN, NOON, S3Place, record


@pytest.fixture
def place(s3: Any, bucket: str) -> S3Place:
    return S3Place(s3, bucket)


def put(backend: S3State, state: State, post_id: str, text: str = "fingerprint") -> State:
    return backend.save(state.with_post(post_id, record(text)), (post_id,))


def removed(state: State, post_id: str) -> State:
    return replace(state, posts={key: value for key, value in state.posts.items() if key != post_id})


def published(day: int, text: str = "fingerprint") -> PostRecord:
    one = record(text)
    return replace(one, parts=(replace(one.parts[0], published_at=NOON + timedelta(days=day)),))


def many(n: int) -> dict[str, PostRecord]:
    return {f"post-{day:05}": published(day, f"{day:064}") for day in range(n)}


def test_a_head_that_grows_too_large_is_sealed_and_nothing_is_lost(place: S3Place) -> None:
    ours = place.open()
    state = ours.create(replace(BEGUN, posts=many(1500)))
    assert len(place.read("head.json")) <= LARGEST_HEAD
    shards = [key for key in place.listed() if key.startswith("archive/")]
    assert len(shards) == 1
    for day in range(1500, 1505):
        state = ours.save(state.with_post(f"post-{day:05}", published(day)), (f"post-{day:05}",))
    assert [key for key in place.listed() if key.startswith("archive/")] == shards
    loaded = place.open().load()
    assert loaded == state
    assert len(json.loads(place.read("head.json"))["posts"]) < 200


def test_a_write_costs_the_same_with_a_long_history(s3: Any, bucket: str) -> None:
    sizes = []
    for n in (1000, 5000):
        client = FaultyS3(s3)
        place = S3Place(client, bucket, f"account-{n}")
        ours = place.open()
        state = ours.create(replace(BEGUN, posts=many(n)))
        client.counts.clear()
        ours.save(state.with_post("new", record()), ("new",))
        assert client.counts == {"put_object": 2}
        sizes.append(len(place.read("head.json")))
    assert max(sizes) <= LARGEST_HEAD


def test_what_is_open_is_never_sealed(place: S3Place) -> None:
    posts = {f"open-{n:04}": record(phase=Phase.INTENT) for n in range(1000)}
    ours = place.open()
    state = ours.create(replace(BEGUN, posts=posts))
    assert not [key for key in place.listed() if key.startswith("archive/")]
    assert place.open().load() == state


def test_the_longest_finished_are_sealed_first() -> None:
    posts = many(1000)
    head = Head(BEGUN, posts)
    (chosen,) = to_seal(head, len(head_bytes(head)), keep=("post-00000",))
    assert list(chosen) == [f"post-{day:05}" for day in range(1, len(chosen) + 1)]
    rest = replace(head, posts={key: value for key, value in posts.items() if key not in chosen})
    assert LARGEST_HEAD // 3 - 2000 < len(head_bytes(rest)) <= LARGEST_HEAD // 3


def made_anew(head: Head) -> bytes:
    """The bytes of a head, all of it made into text at once."""
    document = {
        **head_json(head.state),
        "archives": [[shard.name, shard.sha256, shard.posts] for shard in head.sealed.shards],
        "dropped": sorted(head.sealed.dropped),
        "posts": {key: post_json(record) for key, record in head.posts.items()},
    }
    return sealed_bytes(document)


ODD = {
    "z": 1,
    "a": [1.5, None, True, "\u2028\ud83d"],
    "posts": {"not": "ours"},
    "sha256": "no",
    'a "quote"': {"b": 2, "a": 1},
}


def test_a_head_is_written_as_if_it_were_made_anew() -> None:
    texts = HeadBytes()
    state = replace(BEGUN, serial=7, write_id="1/1-7", extra=ODD)
    one, other = record("one"), replace(record("other"), extra=ODD)
    first, second = Shard("2026-11", "a" * 64, 3), Shard("2026-11-2", "b" * 64, 4)
    held = {"z": one, "A": other, "sch\u00f6n \ud83d": one, 'a "b"\n': other, "": one}
    heads = [
        Head(state, {}),
        Head(state, held),
        Head(state, dict(reversed(held.items()))),
        Head(replace(state, serial=8), {**held, "z": other}, Sealed((first,))),
        Head(state, {**held, "z": replace(one, commit="c" * 40)}, Sealed((first, second), frozenset(("old", "alt")))),
        Head(state, {"z": one, "new": other}, Sealed((first,))),
        Head(replace(BEGUN, user_id="1"), held, Sealed((second,), frozenset(("z",)))),
    ]
    for head in (*heads, *reversed(heads), *heads[::2], heads[-1]):
        data = texts.of(head)
        assert data == made_anew(head) == head_bytes(head) == texts.of(head)
        assert texts.of(head) is data
    assert head_from_bytes(data, where="head.json").posts == held


def test_every_write_is_what_would_be_made_anew(place: S3Place) -> None:
    ours = place.open()
    state = ours.create(replace(BEGUN, posts=many(1500)))
    writes = [("post-01499", published(1499, "anew")), ("new", record()), ("post-01498", None), ("post-00001", None)]
    writes += [(f"more-{n}", published(2000 + n)) for n in range(400)][::8]
    for serial, (post_id, changed) in enumerate(writes, 2):
        state = ours.save(state.amended({post_id: changed}), (post_id,))
        data = place.read("head.json")
        assert data == place.read(f"journal/{serial}.json") == made_anew(head_from_bytes(data, where="head.json"))
    assert place.open().load() == state


@pytest.fixture
def archived(place: S3Place) -> State:
    """A state most of which is sealed."""
    return place.open("0/1").create(replace(BEGUN, posts=many(1500)))


def test_a_sealed_post_can_be_changed_moved_and_removed(place: S3Place, archived: State) -> None:
    ours = place.open()
    state = ours.load()
    tombstone = record(phase=Phase.DELETED)
    state = ours.save(state.with_post("post-00000", tombstone), ("post-00000",))
    state = ours.save(state.moved("post-00001", "renamed", "posts/renamed.yaml"), ("post-00001", "renamed"))
    state = ours.save(
        replace(state, posts={k: v for k, v in state.posts.items() if k != "post-00002"}), ("post-00002",)
    )
    loaded = place.open().load()
    assert loaded == state
    assert loaded.posts["post-00000"] == tombstone
    assert {"post-00001", "post-00002"}.isdisjoint(loaded.posts)
    assert state.posts["renamed"] == replace(archived.posts["post-00001"], path="posts/renamed.yaml")
    again = place.open()
    state = again.save(again.load().with_post("post-00002", published(3000)), ("post-00002",))
    assert place.open().load() == state


def test_a_removed_post_that_comes_back_and_is_sealed_again_stays(place: S3Place, archived: State) -> None:
    ours = place.open()
    state = ours.load()
    state = ours.save(
        replace(state, posts={k: v for k, v in state.posts.items() if k != "post-00002"}), ("post-00002",)
    )
    state = ours.save(state.with_post("post-00002", published(-5, "again")), ("post-00002",))
    more = {f"more-{day:05}": published(5000 + day, f"{day:064}") for day in range(700)}
    state = ours.save(replace(state, posts={**state.posts, **more}), tuple(more))
    state = ours.save(state.with_post("last", record()), ("last",))
    assert "post-00002" not in json.loads(place.read("head.json"))["posts"]
    assert place.open().load() == state


def test_an_archive_left_by_a_dead_run_is_used_or_passed_over(place: S3Place, archived: State) -> None:
    ours = place.open()
    state = ours.load()
    month = f"{datetime.now(UTC):%Y-%m}"
    assert f"archive/{month}.json" in place.listed()
    place.write(f"archive/{month}-2.json", b"of a run that died")
    more = {f"more-{day:05}": published(5000 + day, f"{day:064}") for day in range(700)}
    state = ours.save(replace(state, posts={**state.posts, **more}), tuple(more))
    state = ours.save(state.with_post("last", record()), ("last",))
    assert f"archive/{month}-3.json" in place.listed()
    assert place.read(f"archive/{month}-2.json") == b"of a run that died"
    assert place.open().load() == state


def test_an_archive_whose_head_was_not_written_is_used_by_the_next_try(place: S3Place, archived: State) -> None:
    """The archive is written before the head that lists it; then S3 goes away."""
    heads = (4, 6, 8, 10, 12)  # of the second write: an archive goes before each of them
    faults = {("put_object", n): ("before", refused) for n in heads}
    client = FaultyS3(place.client, faults)
    ours = S3Place(client, place.bucket, place.prefix).open()
    more = {f"more-{day:05}": published(5000 + day, f"{day:064}") for day in range(700)}
    state = ours.load()
    state = ours.save(replace(state, posts={**state.posts, **more}), tuple(more))
    with pytest.raises(TryAgain):
        ours.save(state.with_post("last", record()), ("last",))
    state = ours.save(state.with_post("last", record()), ("last",))
    assert place.open().load() == state
    kept = [key for key in place.listed() if key.startswith("archive/")]
    assert len(kept) == len(json.loads(place.read("head.json"))["archives"])


@pytest.mark.parametrize("spoil", ["changed", "gone", "of another lineage"])
def test_an_archive_that_is_not_what_the_head_lists_is_refused(place: S3Place, archived: State, spoil: str) -> None:
    (key,) = (key for key in place.listed() if key.startswith("archive/"))
    match spoil:
        case "changed":
            place.write(key, place.read(key).replace(b'"phase"', b'"phasf"'))
        case "gone":
            place.client.delete_object(Bucket=place.bucket, Key=f"{place.prefix}/{key}")
        case _:
            place.write(key, place.read(key).replace(b"6f0c2b1a", b"somebody"))
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code in ("E401", "E402")


def test_archives_are_read_from_the_cache_when_it_has_them_whole(
    place: S3Place, archived: State, tmp_path: Path
) -> None:
    def loaded() -> dict[str, int]:
        client = FaultyS3(place.client)
        assert S3Place(client, place.bucket, place.prefix).open(cache=tmp_path / "cache").load() == archived
        return client.counts

    assert loaded()["get_object"] == 2
    assert loaded()["get_object"] == 1
    (cached,) = (tmp_path / "cache").iterdir()
    cached.write_bytes(cached.read_bytes()[:-10])
    assert loaded()["get_object"] == 2
    assert loaded()["get_object"] == 1


def test_the_last_archive_grows_and_the_cache_keeps_what_it_has_become(
    place: S3Place, archived: State, tmp_path: Path
) -> None:
    ours = place.open(cache=tmp_path / "cache")
    state = ours.load()
    place.open(cache=tmp_path / "reader").load()
    for batch in range(4):
        posts = {f"more-{batch}-{day:03}": published(5000 + 100 * batch + day, f"{day:064}") for day in range(100)}
        state = ours.save(replace(state, posts={**state.posts, **posts}), tuple(posts))
        state = ours.save(state.with_post("last", record(f"{batch}")), ("last",))
    ((_, sha256, sealed_posts),) = json.loads(place.read("head.json"))["archives"]
    assert 1500 < sealed_posts <= 2000
    assert [cached.name.partition("-")[2] for cached in (tmp_path / "cache").iterdir()] == [f"{sha256}.json"]
    place.open(cache=tmp_path / "reader").load()
    assert [cached.name.partition("-")[2] for cached in (tmp_path / "reader").iterdir()] == [f"{sha256}.json"]
    assert place.open().load() == state


def test_a_head_of_what_is_open_leaves_the_archives_alone(s3: Any, bucket: str) -> None:
    """What fails stays for years: one more post that is finished must not rewrite an archive each time."""
    client = FaultyS3(s3)
    ours = S3Place(client, bucket).open()
    posts = {**many(500), **{f"failed-{n:03}": record(phase=Phase.FAILED) for n in range(300)}}
    state = ours.create(replace(BEGUN, posts=posts))
    client.counts.clear()
    for n in range(10):
        state = ours.save(state.with_post(f"new-{n}", published(900 + n)), (f"new-{n}",))
    assert client.counts == {"put_object": 20}


def test_an_archive_is_no_larger_than_can_be_read(place: S3Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.state_backends.shards.LARGEST_BYTES", 100_000)
    state = place.open().create(replace(BEGUN, posts=many(1000)))
    shards = [key for key in place.listed() if key.startswith("archive/")]
    assert len(shards) > 4
    assert max(len(place.read(key)) for key in shards) < 110_000
    assert place.open().load() == state


def test_a_name_is_left_for_another_only_where_something_else_is_there(
    place: S3Place, archived: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = FaultyS3(place.client)
    put = client.put_object

    def conflict(**arguments: Any) -> Any:
        if "archive/" in arguments["Key"]:
            raise answer(409, "ConditionalRequestConflict")()
        return put(**arguments)

    monkeypatch.setattr(client, "put_object", conflict, raising=False)
    ours = S3Place(client, place.bucket, place.prefix).open()
    state = ours.load()
    more = {f"more-{day:05}": published(5000 + day) for day in range(300)}
    state = ours.save(state.amended(more), tuple(more))
    with pytest.raises(TryAgain):
        ours.save(state.with_post("last", record()), ("last",))


def test_what_cannot_be_cached_leaves_nothing_behind(
    place: S3Place, archived: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert place.open(cache=tmp_path / "cache").load() == archived
    assert not list((tmp_path / "cache").iterdir())


def test_what_a_newer_version_has_recorded_stays_as_it_is(place: S3Place) -> None:
    odd = {"newer": False, "n": 0, "none": None, "list": [], "word": "x"}
    one = published(0)
    one = replace(one, parts=(replace(one.parts[0], extra=odd),), extra=odd)
    state = place.open().create(replace(BEGUN, posts={"odd": one, **many(500)}))
    assert "odd" not in json.loads(place.read("head.json"))["posts"]
    assert place.open().load() == state


@pytest.mark.parametrize(
    "facts",
    [
        {"archives": [["2026-11", "0" * 64, float("inf")]]},
        {"archives": [["2026-11", "0" * 64, -5]]},
        {"archives": [[1, "0" * 64, 5]]},
        {"archives": ["abc"]},
        {"archives": {}},
        {"archives": [["2026-11"]]},
        {"dropped": "post-1"},
        {"dropped": [{}]},
    ],
)
def test_a_head_that_lists_what_is_none_is_refused(place: S3Place, archived: State, facts: dict[str, Any]) -> None:
    place.edit(**facts)
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E401"


def _foreign(body: bytes) -> bytes:
    """Another history's archive, whole by its own checksum: a post of it was never published."""
    document = json.loads(body)
    document["posts"].pop(next(iter(document["posts"])))
    return json.dumps(sealed(document)).encode()


@pytest.mark.parametrize(
    "poison",
    [_foreign, lambda _: b"", lambda _: b"[" * 100_000, lambda _: b"\xff\xfe", lambda _: b"[]", lambda _: b"{}"],
    ids=["whole by itself", "empty", "too deep", "no text", "a list", "nothing in it"],
)
def test_an_archive_that_somebody_put_into_the_cache_is_fetched_again(
    place: S3Place, archived: State, tmp_path: Path, poison: Callable[[bytes], bytes]
) -> None:
    cache = tmp_path / "cache"
    place.open(cache=cache).load()
    (cached,) = cache.iterdir()
    good = cached.read_bytes()
    cached.write_bytes(poison(good))
    assert place.open(cache=cache).load() == archived
    assert cached.read_bytes() == good


def test_what_an_older_run_has_left_in_the_cache_does_no_harm(place: S3Place, archived: State, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    place.open(cache=cache).load()
    (cached,) = cache.iterdir()
    (cache / f"{'0' * 64}.json").write_bytes(_foreign(cached.read_bytes()))  # the head lists no such archive
    cached.unlink()
    cached.mkdir()
    assert place.open(cache=cache).load() == archived


@pytest.mark.parametrize("fresh", [False, True], ids=["the run that sealed", "another run"])
def test_a_name_that_was_never_sealed_is_not_remembered_when_it_goes(place: S3Place, fresh: bool) -> None:
    """`dropped` is rewritten with each write, for ever: only what a shard still holds has to be in it."""
    ours = place.open()
    state = ours.create(replace(BEGUN, posts=many(1500)))
    if fresh:
        ours = place.open("2/1")
        state = ours.load()
    for n in range(20):
        state = put(ours, state, f"draft-{n}")
        state = ours.save(removed(state, f"draft-{n}"), (f"draft-{n}",))
    state = ours.save(removed(state, "post-00000"), ("post-00000",))
    assert json.loads(place.read("head.json"))["dropped"] == ["post-00000"]
    assert place.open("3/1").load() == state
    more = {f"more-{day:03}": published(5000 + day) for day in range(300)}
    state = put(ours, ours.save(state.amended(more), tuple(more)), "last")
    assert json.loads(place.read("head.json"))["dropped"] == [], "the archive has grown without it"
    assert place.open("4/1").load() == state


def test_a_run_that_has_not_read_the_shards_remembers_each_name_that_goes(place: S3Place) -> None:
    state = place.open().create(replace(BEGUN, posts=many(1500)))
    state = place.open("2/1").save(removed(state, "post-00000"), ("post-00000",))
    state = place.open("3/1").save(removed(state, "post-01499"), ("post-01499",))
    assert json.loads(place.read("head.json"))["dropped"] == ["post-00000", "post-01499"]
    assert place.open("4/1").load() == state
