"""What a message names is typed as it stands, and reaches the end of what was asked for: no other account, no more."""

import re
import shlex
from collections.abc import Iterator

import pytest

from tests.cli.calling import Called, Caller
from tests.flow.desk import CONFIG, Desk
from tests.flow.test_accounts import Two
from tests.flow.ways import named

ONE_AT_A_TIME = CONFIG + "rules: {max_new_per_run: 1, max_deletes_per_run: 1}\n"


def follow(caller: Desk | Caller, called: Called, word: str, **environ: str) -> Called:
    """Type the command that was named."""
    fix = next(line for line in (called.out + called.err).splitlines() if "fix:" in line)
    return caller(*named(fix, word), **environ)


def follow_all(caller: Desk | Caller, called: Called, word: str, **environ: str) -> Called:
    """Type what is named, until nothing is; a circle has no end."""
    for _ in range(4):
        if called.code not in (4, 8):
            return called
        called = follow(caller, called, word, **environ)
    raise AssertionError(f"no end:\n{called.err}")


def three(desk: Desk, config: str = ONE_AT_A_TIME) -> Desk:
    desk.begin(config)
    for number in (1, 2, 3):
        desk.post(f"p{number}", f"text: Number {number}\n")
    return desk


def recorded(desk: Desk, *where: str) -> set[str]:
    return {post["id"] for post in desk("state", "list", "--format", "json", *where).document["posts"]}


# --- the sandbox ------------------------------------------------------------------------------------------------------


@pytest.fixture
def rehearsed(desk: Desk) -> Iterator[Desk]:
    """One post is live on the real account as well as in the sandbox; whatever is rehearsed, the real one stays."""
    desk.begin(CONFIG + "rules: {max_deletes_per_run: 1}\n")
    desk.post("p1", "text: Number 1\n")
    assert desk.publish().code == 0
    assert desk("publish", "--sandbox").code == 0
    before, record = desk.live(), (desk.folder / "publisher-state.json").read_bytes()
    yield desk
    assert desk.live() == before
    assert (desk.folder / "publisher-state.json").read_bytes() == record


def test_a_rehearsal_of_many_posts_stays_one(desk: Desk) -> None:
    three(desk)
    refused = desk("publish", "--sandbox", "--yes")
    assert refused.code == 8
    assert follow(desk, refused, "--allow-new").code == 0
    assert (recorded(desk, "--sandbox"), desk.texts()) == ({"p1", "p2", "p3"}, [])


@pytest.mark.parametrize("shown", ["json", "github"])
def test_every_format_tells_the_same_command(desk: Desk, shown: str) -> None:
    three(desk)
    refused = desk("publish", "--sandbox", "--format", shown)
    assert refused.code == 8
    told = refused.document["error"]["fix"] if shown == "json" else refused.out
    assert "publisher publish --allow-new 3 --sandbox" in told


def test_a_plan_that_is_rehearsed_is_refused_with_the_rehearsal(desk: Desk) -> None:
    three(desk)
    said = desk("plan", "--sandbox").err
    assert "publisher publish --allow-new 3 --sandbox" in said
    assert "publisher publish --allow-new 3\n" in desk("plan").err + "\n"


def test_a_deletion_that_is_rehearsed_stays_one(rehearsed: Desk) -> None:
    (rehearsed.folder / "posts" / "p1.yaml").unlink()
    refused = rehearsed("delete", "p1", "--sandbox")
    assert refused.code == 8
    assert follow_all(rehearsed, refused, "--confirm").code == 0
    assert rehearsed("delete", "p1", "--sandbox", "--confirm", "p1").code != 0, "it is gone there"


def test_a_rehearsal_whose_record_is_lost_begins_its_own_anew_and_adopts_there(rehearsed: Desk) -> None:
    """E400 and E707: the file to be removed, the state to be begun and the post to be adopted are the sandbox's."""
    (rehearsed.folder / ".publisher" / "sandbox" / "state-acme.json").unlink()
    lost = rehearsed("state", "verify", "--sandbox")
    assert lost.code == 8
    (mark,) = re.findall(r"rm (\S+), then: publisher state init --sandbox", lost.err)
    (rehearsed.folder / mark).unlink()
    assert follow(rehearsed, lost, "state init").code == 0
    asked = rehearsed("publish", "--sandbox")
    assert asked.code == 4
    ended = follow(rehearsed, asked, "--adopt")
    assert ended.code == 8, "nobody is there to answer"
    assert follow(rehearsed, ended, "--yes").code == 0
    assert recorded(rehearsed, "--sandbox") == {"p1"}


# --- the files, the options -------------------------------------------------------------------------------------------


def test_only_the_files_that_were_named_go_out(desk: Desk) -> None:
    three(desk)
    refused = desk("publish", "--yes", "posts/p1.yaml", "posts/p2.yaml")
    assert refused.code == 8
    assert follow(desk, refused, "--allow-new").code == 0
    assert desk.texts() == ["Number 1", "Number 2"]


def test_the_digest_of_a_changed_plan_is_that_of_the_named_files(desk: Desk) -> None:
    """With the number that was allowed, so that the one refusal does not bring the other back."""
    three(desk)
    refused = desk("publish", "--plan-digest", "0" * 64, "--allow-new", "2", "posts/p1.yaml", "posts/p2.yaml")
    assert refused.code == 8
    assert follow(desk, refused, "publisher plan").code == 0
    assert follow(desk, refused, "--plan-digest").code == 0
    assert desk.texts() == ["Number 1", "Number 2"]


def test_what_was_reviewed_is_what_the_allowed_number_carries_out(desk: Desk) -> None:
    three(desk)
    digest = desk("plan", "--format", "json").document["digest"]
    refused = desk("publish", "--plan-digest", digest)
    assert refused.code == 8
    desk.post("p3", "text: Not what was reviewed\n")
    assert follow(desk, refused, "--allow-new").code == 8, "it is another plan by now"
    assert desk.texts() == []


@pytest.mark.parametrize("keys", [(), ("--confirm", "p1"), ("--allow-deletes", "2")])
@pytest.mark.parametrize("verb", ["delete", "replace"])
def test_two_keys_and_a_cap_do_not_send_in_circles_where_nobody_can_type(
    desk: Desk, keys: tuple[str, ...], verb: str
) -> None:
    desk.begin(ONE_AT_A_TIME)
    desk.post("p1", "text: First\nthread:\n  - text: Second\n")
    assert desk.publish().code == 0
    if verb == "delete":
        (desk.folder / "posts" / "p1.yaml").unlink()
    else:
        desk.post("p1", "text: Other\n")
    refused = desk(verb, "p1", *keys)
    assert refused.code == 8
    assert follow_all(desk, refused, f"publisher {verb}").code == 0
    assert desk.texts() == ([] if verb == "delete" else ["Other"])


def test_a_runner_whose_disk_stays_is_told_the_whole_command(desk: Desk) -> None:
    desk.begin()
    desk.post("p1", "text: Number 1\n")
    refused = desk("publish", "--yes", CI="true")
    assert refused.code == 8
    assert follow(desk, refused, "--allow-file-state", CI="true").code == 0
    assert desk.texts() == ["Number 1"]


# --- the account, the folder ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [("--account", "beta"), ()])
def test_of_several_accounts_it_stays_the_one(desk: Desk, given: tuple[str, ...]) -> None:
    """Named, or chosen by the environment: whoever copies the command may do so elsewhere."""
    two = Two(desk)
    desk.write("publisher.yaml", (desk.folder / "publisher.yaml").read_text() + "rules: {max_new_per_run: 0}\n")
    chosen = {} if given else {"PUBLISHER_ACCOUNT": "beta"}
    (desk.folder / "publisher-state-beta.json").unlink()
    (desk.folder / ".publisher" / "publisher-state-beta.json.mark.json").unlink()
    missing = desk("publish", *given, **two.tokens, **chosen)
    assert missing.code == 8
    assert follow(desk, missing, "state init", **two.tokens).code == 0
    refused = desk("publish", *given, **two.tokens, **chosen)
    assert refused.code == 8
    assert follow(desk, refused, "--allow-new", **two.tokens).code == 0
    assert recorded(desk, "--account", "beta") == {"hello"}


def test_an_account_that_nothing_bears_is_answered_with_one_that_works(desk: Desk) -> None:
    two = Two(desk)
    refused = desk("status", "--account", "acne", **two.tokens)
    assert refused.code == 3
    assert follow(desk, refused, "acme", **two.tokens).code == 0


@pytest.mark.parametrize("name", ["repo", "my repo"])
def test_from_another_folder_it_stays_that_repository(
    desk: Desk, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = desk.at(tmp_path_factory.mktemp("outside"))
    for number in (1, 2):
        outside.write(f"{name}/posts/p{number}.yaml", f"text: Number {number}\n")
    outside.write(f"{name}/publisher.yaml", ONE_AT_A_TIME)
    missing = outside("-C", name, "publish")
    assert missing.code == 8
    assert follow(outside, missing, "state init").code == 0
    refused = outside("publish", "posts/p1.yaml", "posts/p2.yaml", "-C", name)
    assert refused.code == 8
    assert follow(outside, refused, "--allow-new").code == 0
    assert desk.texts() == ["Number 1", "Number 2"]


@pytest.mark.parametrize("name", ["repo", "my repo"])
def test_a_mark_to_be_removed_is_named_from_where_the_command_was_called(
    desk: Desk, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = desk.at(tmp_path_factory.mktemp("outside"))
    outside.write(f"{name}/publisher.yaml", CONFIG)
    assert outside("-C", name, "state", "init").code == 0
    (outside.folder / name / "publisher-state.json").unlink()
    lost = outside("-C", name, "state", "verify")
    (mark,) = re.findall(r"(rm .+), then:", lost.err)
    (outside.folder / shlex.split(mark)[1]).unlink()
    assert follow(outside, lost, "state init").code == 0


def test_a_finding_names_the_command_for_its_own_repository(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = desk.at(tmp_path_factory.mktemp("outside"))
    outside.write("repo/publisher.yaml", CONFIG)
    outside.write("repo/posts/long.yaml", f"text: {'A sentence of some words. ' * 30}\n")
    found = outside("validate", "-C", "repo")
    assert found.code == 3
    assert outside(*named(found.out, "publisher -C repo split")).code == 0
