"""publisher.yaml and the environment: what they come to, and every mistake at once."""

import re
from datetime import timedelta

import pytest

from publisher.configuration import duration, read_settings
from publisher.content.catalogue import all_entries
from publisher.content.findings import Finding
from publisher.settings import PublishingSettings, Rules, Settings, StateSettings
from tests.content.cases import CONFIG, Case, cases

PLAIN = "version: 1\naccount: acme\n"


def read(text: str, **environ: str) -> Settings:
    settings = read_settings(text.encode(), environ)
    assert isinstance(settings, Settings), settings
    return settings


def mistakes(text: str, **environ: str) -> list[Finding]:
    findings = read_settings(text.encode(), environ)
    assert not isinstance(findings, Settings)
    return list(findings)


def codes(text: str, **environ: str) -> set[str]:
    return {finding.code for finding in mistakes(text, **environ)}


def test_what_is_left_out_has_its_default() -> None:
    settings = read(PLAIN)
    assert settings.rules == Rules()
    assert settings.publishing == PublishingSettings()
    assert settings.state == StateSettings()
    (account,) = settings.accounts
    assert (account.name, account.posts, account.timezone) == ("acme", "posts", "UTC")


def test_every_key_of_publishing_is_read() -> None:
    settings = read(
        PLAIN
        + "publishing: {on_ambiguous: park, ready_wait: 1s, poll: 250ms, give_up: {image: 2m, video: 1h}, settle: 2s,\n"
        "  look_for: 3s, publish_timeout: 4s, call_timeout: 5s, chain_gap: 1d, concurrency: 3}\n"
    ).publishing
    assert settings == PublishingSettings(
        on_ambiguous="park",
        ready_wait=timedelta(seconds=1),
        poll=timedelta(milliseconds=250),
        give_up_image=timedelta(minutes=2),
        give_up_video=timedelta(hours=1),
        settle=timedelta(seconds=2),
        look_for=timedelta(seconds=3),
        publish_timeout=timedelta(seconds=4),
        call_timeout=timedelta(seconds=5),
        chain_gap=timedelta(days=1),
        concurrency=3,
    )


def test_auto_is_no_duration_but_the_pace_that_meta_asks() -> None:
    assert read(PLAIN + "publishing: {poll: auto}\n").publishing.poll is None


def test_a_variable_comes_before_the_file() -> None:
    text = PLAIN + "publishing: {settle: 1h}\n"
    settings = read(text, PUBLISHER_PUBLISHING_SETTLE="5s", PUBLISHER_RULES_MAX_NEW_PER_RUN="3")
    assert settings.publishing.settle == timedelta(seconds=5)
    assert settings.rules.max_new_per_run == 3


def test_an_empty_variable_is_none_at_all() -> None:
    assert read(PLAIN, PUBLISHER_MEDIA_BUCKET="").media.bucket is None


def test_accounts_share_what_they_do_not_say_themselves() -> None:
    acme, german = read(
        "version: 1\ntimezone: UTC\ndefaults: {reply_control: everyone}\n"
        "accounts:\n  acme: {}\n  acme-de: {timezone: Europe/Berlin, posts: ./de/}\n"
    ).accounts
    assert acme.defaults == german.defaults == (("reply_control", "everyone"),)
    assert (german.timezone, german.posts) == ("Europe/Berlin", "de")


def test_the_owner_of_a_bucket_keeps_its_zeros() -> None:
    text = f"{PLAIN}state: {{backend: s3, path: 's3://b/p', owner: 012345678901}}\n"
    assert read(text).state.owner == "012345678901"
    assert read(text, PUBLISHER_STATE_OWNER="123456789012").state.owner == "123456789012"


def test_several_accounts_have_a_state_each_unless_told_otherwise() -> None:
    assert read("version: 1\naccounts: {a: {}, b: {}}\n").state.path == "publisher-state-{account}.json"
    assert codes("version: 1\naccounts: {a: {}, b: {}}\nstate: {path: one.json}\n") == {"E520"}


def test_all_mistakes_are_told_at_once_each_in_its_place() -> None:
    text = (
        "version: 2\naccont: x\nmedia: {bucket: b}\nstate: {lease: 3}\ntimezone: Mars/Olympus\nrules: {alt_text: no}\n"
    )
    findings = mistakes(text, PUBLISHER_RULES_LATE_LIMIT="soon")
    assert {(f.code, f.path, f.place.line) for f in findings} == {
        ("E514", "publisher.yaml", 1),
        ("E513", "publisher.yaml", 2),
        ("E522", "publisher.yaml", 3),
        ("E518", "publisher.yaml", 4),
        ("E525", "publisher.yaml", 5),
        ("E514", "publisher.yaml", 6),
        ("E518", "PUBLISHER_RULES_LATE_LIMIT", 1),
    }
    assert all(finding.why and finding.fix for finding in findings)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("verson: 1\naccount: acme\n", 1),
        ("version: 1\nacount: acme\n", 2),
        ("version: 1\nacounts: {acme: {}}\n", 2),
        (PLAIN + "media: {buket: b, presign: 24h}\n", 3),
        (PLAIN + "state: {backend: s3, pth: 's3://acme/state'}\n", 3),
    ],
)
def test_a_slip_of_a_key_that_must_be_there_is_one_finding(text: str, line: int) -> None:
    (finding,) = mistakes(text)
    assert (finding.code, finding.place.line) == ("E513", line)
    assert "did you mean" in finding.fix


def test_a_key_that_must_be_there_is_missed_beside_a_slip_of_another() -> None:
    assert codes("version: 1\ntimzone: UTC\n") == {"E512", "E513"}
    assert codes("version: 1\naccount_token: x\n") == {"E512", "E527"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("posts: ../elsewhere", "E526"),
        ("posts: /etc", "E526"),
        ("posts: .", "E526"),
        ("user_id: acme", "E516"),
        ("media: {bucket: b, presign: 24h, public_base_url: 'https://m.acme.dev'}", "E521"),
        ("media: {bucket: b, presign: 30d}", "E523"),
        ("media: {prefix: x/}", "E512"),
        ("state: {backend: s3}", "E512"),
        ("state: {path: 's3://b/p'}", "E516"),
        ("state: {owner: 123456789012}", "E516"),
        ("state: {backend: s3, path: 's3://b/p', owner: 12345}", "E516"),
        ("state: {path: .}", "E516"),
        ("state: {path: a/..}", "E516"),
        ("state: {path: state/}", "E516"),
        ("state: {path: ../..}", "E516"),
        ("state: {path: /}", "E516"),
        ("accounts: {acme: {}}", "E528"),
        ("access_token: THQWxyz", "E527"),
        ("publishing: {concurrency: 0}", "E516"),
        ("account: acme", "E105"),
        ("text: [", "E100"),
    ],
)
def test_what_does_not_fit_is_a_finding(line: str, code: str) -> None:
    assert code in codes(f"{PLAIN}{line}\n")


@pytest.mark.parametrize("name", ["MEDIA_BUCKET", "STATE_PATH", "TIMEZONE", "STATE_LEASE", "RULES_MAX_NEW_PER_RUN"])
def test_a_line_end_behind_a_variable_is_not_passed_over(name: str) -> None:
    value = {"TIMEZONE": "UTC", "STATE_LEASE": "30m", "RULES_MAX_NEW_PER_RUN": "20"}.get(name, "acme")
    (finding,) = mistakes(PLAIN + "media: {presign: 24h, bucket: b}\n", **{f"PUBLISHER_{name}": f"{value}\n"})
    assert finding.fix == "write it without the line end"


@pytest.mark.parametrize("text", ["", "# version: 1\n", "{}\n", "- acme\n", "acme\n"])
def test_a_file_without_settings_is_told_how_one_begins(text: str) -> None:
    found = mistakes(text)
    assert not any(re.search("text:|a post", f"{each.message} {each.why} {each.fix}") for each in found)
    written = [line for finding in found for line in finding.fix.split("\n") if re.match(r"\w+: \w+$", line)]
    assert read("\n".join(written)).accounts[0].name == "acme"


@pytest.mark.parametrize(
    "case", [case for case in cases("invalid") if CONFIG in case.files], ids=lambda case: case.name
)
def test_no_remedy_of_a_setting_speaks_of_posts(case: Case) -> None:
    settings = read_settings(case.files[CONFIG], {})
    for finding in settings if isinstance(settings, tuple) else ():
        assert not re.search(r"\btext:|\bin the form the key wants|thread:", finding.fix)


def test_the_name_of_a_bucket_may_be_that_of_an_access_point() -> None:
    name = "arn:aws:s3:eu-central-1:123456789012:accesspoint/acme"
    assert read(PLAIN + f"media: {{bucket: '{name}', presign: 24h}}\n").media.bucket == name


def test_a_misspelt_variable_is_not_passed_over() -> None:
    (finding,) = mistakes(PLAIN, PUBLISHER_MEDIA_BUKET="x")
    assert (finding.code, finding.path) == ("E513", "PUBLISHER_MEDIA_BUKET")
    assert "PUBLISHER_MEDIA_BUCKET" in finding.fix


def test_variables_of_ours_that_are_no_settings_are_left_alone() -> None:
    read(PLAIN, PUBLISHER_PAUSE="1", PUBLISHER_FORMAT="json", PUBLISHER_ACCOUNT="acme")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("250ms", timedelta(milliseconds=250)),
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("1.5h", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_duration_is_a_number_and_its_unit(text: str, length: timedelta) -> None:
    assert duration(text) == length


@pytest.mark.parametrize("text", ["999999999999d", "9" * 400 + "ms"])
def test_a_duration_beyond_the_calendar_is_a_finding_and_no_crash(text: str) -> None:
    (finding,) = mistakes(PLAIN, PUBLISHER_RULES_LATE_LIMIT=text)
    assert (finding.code, finding.path) == ("E518", "PUBLISHER_RULES_LATE_LIMIT")


@pytest.mark.parametrize("text", ["5", "5 s", "-5s", "5w", "s", ""])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        duration(text)


@pytest.mark.parametrize("entry", [entry for entry in all_entries() if entry.code[1] == "5" and entry.bad], ids=str)
def test_the_bad_example_of_a_code_gives_it_and_the_good_one_does_not(entry: object) -> None:
    code, bad, good = (getattr(entry, name) for name in ("code", "bad", "good"))
    if code != "E504":  # seen when something has to be uploaded
        assert code in codes(bad)
    read(good)
