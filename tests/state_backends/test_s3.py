"""State in S3: what is in the bucket, what a doubtful bucket is met with, and what a write costs."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import InvalidContent, NotAllowed, Refused, TryAgain
from publisher.planning.state import Phase, PostRecord, State
from publisher.state_backends.head import Head, head_bytes, to_seal
from publisher.state_backends.objects import bucket_and_prefix, s3_client
from publisher.state_backends.s3 import S3State
from tests.state_backends.faulty import FaultyS3, answer, refused
from tests.state_backends.places import BEGUN, NOON, S3Place, record


@pytest.fixture
def place(s3: Any, bucket: str) -> S3Place:
    return S3Place(s3, bucket)


@pytest.fixture
def saved(place: S3Place) -> State:
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


def put(backend: S3State, state: State, post_id: str, text: str = "fingerprint") -> State:
    return backend.save(state.with_post(post_id, record(text)), (post_id,))


def removed(state: State, post_id: str) -> State:
    return replace(state, posts={key: value for key, value in state.posts.items() if key != post_id})


def published(day: int, text: str = "fingerprint") -> PostRecord:
    one = record(text)
    return replace(one, parts=(replace(one.parts[0], published_at=NOON + timedelta(days=day)),))


def many(n: int) -> dict[str, PostRecord]:
    return {f"post-{day:05}": published(day, f"{day:064}") for day in range(n)}


# --- what is in the bucket --------------------------------------------------------------------------------------


def test_the_head_is_followed_by_a_copy_in_the_journal(place: S3Place, saved: State) -> None:
    assert sorted(place.listed()) == ["head.json", "journal/1.json", "journal/2.json", "journal/3.json"]
    assert place.read("journal/3.json") == place.read("head.json")


@pytest.mark.parametrize("prefix", ["", "/", "a", "a/b/"])
def test_any_prefix_will_do(s3: Any, bucket: str, prefix: str) -> None:
    place = S3Place(s3, bucket, prefix)
    state = put(place.open(), place.open().create(BEGUN), "launch")
    assert place.open().load() == state
    assert place.open().where == f"s3://{bucket}/{prefix.strip('/')}/head.json".replace("//head", "/head")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("s3://acme-state/threads/acme/", ("acme-state", "threads/acme")),
        ("s3://acme-state", ("acme-state", "")),
        ("s3://acme-state/", ("acme-state", "")),
    ],
)
def test_a_path_names_a_bucket_and_a_prefix(path: str, place: tuple[str, str]) -> None:
    assert bucket_and_prefix(path) == place


@pytest.mark.parametrize("path", ["publisher-state.json", "https://acme-state/threads", "s3://", "s3:///threads", ""])
def test_a_path_that_names_no_bucket_is_a_matter_of_configuration(path: str) -> None:
    with pytest.raises(InvalidContent) as caught:
        bucket_and_prefix(path)
    assert "s3://bucket/prefix" in caught.value.fix


def test_two_accounts_in_one_bucket_do_not_meet(s3: Any, bucket: str) -> None:
    one, other = S3Place(s3, bucket, "threads/acme"), S3Place(s3, bucket, "threads/blog")
    state = one.open().create(BEGUN)
    other.open(account="blog").create(replace(BEGUN, account="blog"))
    assert one.open().load() == state


def test_b68_every_call_names_the_owner_the_bucket_must_have(
    place: S3Place, s3_endpoint: str, monkeypatch: Any
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = s3_client(region="us-east-1", endpoint_url=s3_endpoint)
    owners: list[object] = []
    client.meta.events.register(
        "before-send.s3", lambda request, **_: owners.append(request.headers.get("x-amz-expected-bucket-owner"))
    )
    ours = S3Place(client, place.bucket, place.prefix).open(owner="123456789012")
    with ours.lock("1/1"):
        put(ours, ours.create(BEGUN), "launch")
        ours.load()
    assert len(owners) > 10
    assert set(owners) == {b"123456789012"}


def test_the_client_repeats_nothing_by_itself_and_signs_with_the_fourth_version(s3: Any) -> None:
    assert s3.meta.config.retries["total_max_attempts"] == 1
    assert s3.meta.config.signature_version == "s3v4"


# --- a bucket that is doubtful ----------------------------------------------------------------------------------


def test_f58_a_head_cut_off_is_refused_and_left_alone(place: S3Place, saved: State) -> None:
    place.write("head.json", place.read("head.json")[:-30])
    before = place.read("head.json")
    for attempt in (place.open().load, lambda: place.open().create(BEGUN), lambda: put(place.open(), saved, "launch")):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "E401"
    assert place.read("head.json") == before


def test_a_head_without_posts_is_refused(place: S3Place, saved: State) -> None:
    place.edit(posts=None)
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E401"


def test_f56_a_head_that_is_gone_is_restored_from_the_journal_not_begun_anew(place: S3Place, saved: State) -> None:
    place.client.delete_object(Bucket=place.bucket, Key=f"{place.prefix}/head.json")
    for attempt in (place.open().load, lambda: place.open().create(BEGUN), lambda: put(place.open(), saved, "launch")):
        with pytest.raises(Refused, match="journal is there") as caught:
            attempt()
        assert "journal/<highest>.json" in caught.value.fix
    place.write("head.json", place.read("journal/3.json"))
    assert place.open().load() == saved


def test_f55_what_the_refusal_of_an_older_head_names_works(place: S3Place, saved: State) -> None:
    place.set_back()
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert "aws s3 cp" in caught.value.fix
    place.write("head.json", place.read("journal/3.json"))
    assert place.open().load() == saved


def test_f55_an_older_head_that_is_written_upon_betrays_itself(place: S3Place, saved: State) -> None:
    """A run that has loaded before the head was set back does not see the journal; its write meets it."""
    ours = place.open()
    ours.load()
    place.set_back()
    older = place.open()
    older._kept = older._read()
    assert older._kept is not None
    with pytest.raises(Refused) as caught:
        put(older, older._kept.head.state, "launch", "changed")
    assert caught.value.code == "E404"


def test_a_head_of_our_serial_and_another_write_is_refused(place: S3Place, saved: State) -> None:
    place.edit(write_id="9.9.x:1")
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E404"


def test_a_write_of_somebody_elses_between_our_questions_is_no_older_head(place: S3Place, saved: State) -> None:
    """The head is read, another run writes, and only then is the journal asked."""
    theirs = place.open("2/1")
    state = theirs.load()
    client = FaultyS3(place.client)
    written: list[State] = []

    def between(operation: str, n: int) -> None:
        with lock:
            if operation == "head_object" and not written:
                written.append(put(theirs, state, "launch", "theirs"))

    lock = threading.Lock()
    client.between = between
    ours = S3Place(client, place.bucket, place.prefix).open("1/1")
    assert ours.load() == written[0]


def test_a_bucket_that_keeps_no_versions_is_refused(s3: Any, bucket: str) -> None:
    s3.create_bucket(Bucket=f"{bucket}-plain")
    place = S3Place(s3, f"{bucket}-plain")
    for attempt in (lambda: place.open().create(BEGUN), lambda: put(place.open(), place.open().load(), "launch")):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "E443"
        assert "put-bucket-versioning" in caught.value.fix
    s3.put_bucket_versioning(Bucket=place.bucket, VersioningConfiguration={"Status": "Enabled"})
    state = put(place.open(), place.open().load(), "more")
    assert place.open().load() == state


def test_a_dialect_without_versions_can_be_allowed(s3: Any, bucket: str) -> None:
    s3.create_bucket(Bucket=f"{bucket}-plain")
    place = S3Place(s3, f"{bucket}-plain")
    begun = place.open(versioned=False).create(BEGUN)
    assert place.open(versioned=False).load() == begun


def test_a_bucket_that_does_not_exist_is_told(s3: Any, bucket: str) -> None:
    place = S3Place(s3, f"{bucket}-typo")
    for attempt in (lambda: place.open().create(BEGUN), place.open().load, lambda: put(place.open(), BEGUN, "launch")):
        with pytest.raises(Refused, match="no such bucket") as caught:
            attempt()
        assert caught.value.code == "E440"


def test_a_name_that_is_none_is_told(s3: Any) -> None:
    with pytest.raises(Refused, match="no place in S3"):
        S3Place(s3, "not a bucket!").open().load()


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (403, "AccessDenied", "s3:ListBucket"),
        (403, "403", "s3:GetObject"),
        (403, "RequestTimeTooSkewed", "clock"),
        (403, "InvalidAccessKeyId", "AWS_PROFILE"),
        (403, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
        (400, "ExpiredToken", "log in again"),
        (301, "PermanentRedirect", "AWS_REGION"),
    ],
)
@pytest.mark.parametrize("operation", ["get_object", "put_object", "head_object"])
def test_no_permission_is_never_no_state(
    place: S3Place, saved: State, operation: str, status: int, code: str, hint: str
) -> None:
    faults = {(operation, n): ("before", answer(status, code)) for n in range(1, 9)}
    ours = S3Place(FaultyS3(place.client, faults), place.bucket, place.prefix).open()

    def attempt() -> None:
        put(ours, ours.load(), "launch", "changed")

    with pytest.raises(NotAllowed) as caught:
        attempt()
    assert caught.value.code == "E442"
    assert hint in caught.value.fix
    assert place.open().load() == saved


def test_b58_no_failure_shows_a_signed_address(place: S3Place, saved: State) -> None:
    for failure in (answer(403, "AccessDenied"), answer(500, "InternalError"), refused):
        faults = {("get_object", n): ("before", failure) for n in range(1, 9)}
        with pytest.raises((NotAllowed, TryAgain)) as caught:
            S3Place(FaultyS3(place.client, faults), place.bucket, place.prefix).open().load()
        assert "cAnArY" not in f"{caught.value!r} {caught.value.fix} {caught.value.why}"
        assert caught.value.__suppress_context__


def test_without_keys_a_person_is_told_what_to_set(s3_endpoint: str, monkeypatch: Any, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    client = s3_client(region="us-east-1", endpoint_url=s3_endpoint)
    with pytest.raises(NotAllowed, match="credentials") as caught:
        S3Place(client, "state").open().load()
    assert "AWS_ACCESS_KEY_ID" in caught.value.fix
    monkeypatch.setenv("AWS_PROFILE", "unknown")
    with pytest.raises(NotAllowed, match="ProfileNotFound"):
        s3_client(region="us-east-1", endpoint_url=s3_endpoint)


def test_100_megabytes_are_no_state(place: S3Place, saved: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.state_backends.objects.LARGEST", 100)
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E401"


# --- what a write costs -----------------------------------------------------------------------------------------


def test_a_head_that_grows_too_large_is_sealed_and_nothing_is_lost(place: S3Place) -> None:
    ours = place.open()
    state = ours.create(replace(BEGUN, posts=many(1500)))
    assert len(place.read("head.json")) < 300_000
    shards = [key for key in place.listed() if key.startswith("archive/")]
    assert len(shards) == 1
    for day in range(1500, 1505):
        state = ours.save(state.with_post(f"post-{day:05}", published(day)), (f"post-{day:05}",))
    assert [key for key in place.listed() if key.startswith("archive/")] == shards
    loaded = place.open().load()
    assert loaded == state
    assert len(json.loads(place.read("head.json"))["posts"]) < 400


def test_a_write_costs_the_same_with_a_long_history(s3: Any, bucket: str) -> None:
    sizes = []
    for n in (1000, 5000):
        place = S3Place(s3, bucket, f"account-{n}")
        ours = place.open()
        state = ours.create(replace(BEGUN, posts=many(n)))
        client = FaultyS3(s3)
        ours._objects = replace(ours._objects, client=client)  # type: ignore[arg-type]
        ours.save(state.with_post("new", record()), ("new",))
        assert client.counts == {"put_object": 2}
        sizes.append(len(place.read("head.json")))
    assert max(sizes) < 300_000


def test_what_is_open_is_never_sealed(place: S3Place) -> None:
    posts = {f"open-{n:04}": record(phase=Phase.INTENT) for n in range(1000)}
    ours = place.open()
    state = ours.create(replace(BEGUN, posts=posts))
    assert not [key for key in place.listed() if key.startswith("archive/")]
    assert place.open().load() == state


def test_the_longest_finished_are_sealed_first() -> None:
    posts = many(1000)
    head = Head(BEGUN, posts)
    chosen = to_seal(head, len(head_bytes(head)), keep=("post-00000",))
    assert list(chosen) == [f"post-{day:05}" for day in range(1, len(chosen) + 1)]
    rest = replace(head, posts={key: value for key, value in posts.items() if key not in chosen})
    assert 100_000 < len(head_bytes(rest)) < 200_000


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
    faults = {("put_object", n): ("before", refused) for n in (5, 7, 9, 11, 13)}
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
            place.write(key, place.read(key).replace(b"17889615", b"17889616"))
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
