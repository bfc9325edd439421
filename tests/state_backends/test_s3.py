"""State in S3: what is in the bucket, what a doubtful bucket is met with, and what a write costs."""

import shlex
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import InvalidContent, NotAllowed, Refused, TryAgain
from publisher.planning.state import State
from publisher.state_backends.objects import bucket_and_prefix, s3_client
from publisher.state_backends.s3 import S3State
from tests.state_backends.faulty import FaultyS3, answer, refused
from tests.state_backends.places import BEGUN, S3Place, record


@pytest.fixture
def place(s3: Any, bucket: str) -> S3Place:
    return S3Place(s3, bucket)


@pytest.fixture
def saved(place: S3Place) -> State:
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


def put(backend: S3State, state: State, post_id: str, text: str = "fingerprint") -> State:
    return backend.save(state.with_post(post_id, record(text)), (post_id,))


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
        assert f"aws s3 cp s3://{place.bucket}/threads/acme/journal/3.json s3://" in caught.value.fix
    place.write("head.json", place.read("journal/3.json"))
    assert place.open().load() == saved


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]"])
def test_the_refusal_of_a_spoilt_head_names_the_copy_and_the_command(
    place: S3Place, saved: State, spoilt: bytes
) -> None:
    place.write("head.json", spoilt)
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E401"
    assert f"aws s3 cp s3://{place.bucket}/threads/acme/journal/3.json s3://" in caught.value.fix
    place.write("head.json", place.read("journal/3.json"))
    assert place.open().load() == saved


def test_the_refusal_of_a_head_of_the_future_keeps_its_own_way_out(place: S3Place, saved: State) -> None:
    place.edit(format_version="9.0")
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert "install" in caught.value.fix


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


def drop(place: S3Place, *serials: int) -> None:
    for serial in serials:
        place.client.delete_object(Bucket=place.bucket, Key=f"{place.prefix}/journal/{serial}.json")


@pytest.mark.parametrize("serial", [1, 2, 3, 4, 5, 500])
def test_a_head_of_another_lineage_is_refused_whatever_its_serial(place: S3Place, saved: State, serial: int) -> None:
    if serial == 1:
        drop(place, 1)  # too old to be kept
    place.edit(lineage="another", serial=serial, posts={})
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == ("E404" if serial == 1 else "E408")
    assert "journal/3.json" in caught.value.fix
    place.write("head.json", place.read("journal/3.json"))
    assert place.open().load() == saved


def test_a_head_that_its_journal_does_not_lead_to_is_refused_until_a_person_says_that_it_is_meant(
    place: S3Place, saved: State
) -> None:
    place.edit(serial=5)
    with pytest.raises(Refused, match="serial 5; its journal ends at serial 3") as caught:
        place.open().load()
    assert caught.value.code == "E408"
    command = shlex.split(caught.value.fix.split("; or, if this head is meant: ")[1].split(", then")[0])
    assert command[:3] == ["aws", "s3", "cp"]
    metadata = dict(fact.split("=") for fact in command[-1].split(","))
    key = command[4].removeprefix(f"s3://{place.bucket}/")
    place.client.put_object(Bucket=place.bucket, Key=key, Body=place.read("head.json"), Metadata=metadata)
    assert place.open().load().serial == 5


def test_a_head_whose_journal_goes_on_further_up_was_set_back(place: S3Place, saved: State) -> None:
    kept = put(place.open("2/1"), saved, "third")
    drop(place, 1, 2)
    place.edit(serial=2)
    drop(place, 3)
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E404"
    place.write("head.json", place.read(f"journal/{kept.serial}.json"))
    assert place.open().load() == kept


def test_one_copy_may_be_missing_and_the_next_write_leaves_it_first(place: S3Place, saved: State) -> None:
    drop(place, 3)
    ours = place.open()
    kept = put(ours, ours.load(), "third")
    assert {"journal/3.json", "journal/4.json"} <= set(place.listed())
    assert place.open().load() == kept


def test_where_a_missing_copy_cannot_be_left_nothing_more_is_written(place: S3Place, saved: State) -> None:
    drop(place, 3)
    faults = {("put_object", n): ("before", answer(503, "SlowDown")) for n in range(1, 6)}
    ours = S3Place(FaultyS3(place.client, faults), place.bucket, place.prefix).open()
    with pytest.raises(TryAgain):
        put(ours, ours.load(), "third")
    assert place.open().load() == saved


def test_a_journal_of_which_nothing_is_kept_any_more_refuses_nobody(place: S3Place, saved: State) -> None:
    drop(place, 1, 2, 3)
    place.write("journal/notes.txt", b"")
    assert place.open().load() == saved


def test_a_head_with_its_copy_costs_two_questions_to_the_journal(place: S3Place, saved: State) -> None:
    client = FaultyS3(place.client)
    S3Place(client, place.bucket, place.prefix).open().load()
    assert client.counts == {"get_object": 1, "head_object": 2}


def test_a_long_journal_is_listed_to_its_end(place: S3Place, saved: State, monkeypatch: pytest.MonkeyPatch) -> None:
    class Short(FaultyS3):
        """Two keys with each answer."""

        def __getattr__(self, operation: str) -> Callable[..., Any]:
            call = super().__getattr__(operation)
            few = {"MaxKeys": 2} if operation == "list_objects_v2" else {}
            return lambda **arguments: call(**{**arguments, **few})

    place.set_back()
    with pytest.raises(Refused) as caught:
        S3Place(Short(place.client), place.bucket, place.prefix).open().load()
    assert "journal/3.json" in caught.value.fix


def test_a_head_to_be_restored_without_any_copy_is_an_older_version(place: S3Place, saved: State) -> None:
    drop(place, 1, 2, 3)
    place.write("head.json", b"{")
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.fix.startswith(f"restore an older version of s3://{place.bucket}/threads/acme/head.json")


def test_a_journal_that_cannot_be_listed_is_named_all_the_same(place: S3Place, saved: State) -> None:
    place.set_back()
    faults = {("list_objects_v2", n): ("before", answer(403, "AccessDenied")) for n in (1, 2)}
    with pytest.raises(Refused) as caught:
        S3Place(FaultyS3(place.client, faults), place.bucket, place.prefix).open().load()
    assert f"put the newest copy under s3://{place.bucket}/threads/acme/journal/ back" in caught.value.fix


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
