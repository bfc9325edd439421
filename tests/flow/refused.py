"""What is refused with exit code 8, and the way out that its message names."""

import json

from tests.cli.calling import Called
from tests.flow.asked import HELLO, PARK, STATE, adopts, answer_lost, by_hand, live_id, state_file, vanished_live
from tests.flow.desk import CONFIG, png
from tests.flow.ways import Situation, Walk

# --- the state ------------------------------------------------------------------------------------------


def _missing(walk: Walk) -> Called:
    _without_a_trace(walk)
    walk.desk.post("hello", HELLO)
    return walk.publish()


def _without_a_trace(walk: Walk) -> None:
    """As on a machine that no state was ever kept on."""
    state_file(walk).unlink()
    (walk.desk.folder / ".publisher" / f"{STATE}.mark.json").unlink()


def _lost(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    state_file(walk).unlink()
    return walk.call("state", "init")


def _begins_anew(walk: Walk) -> None:
    mark = walk.quoted(r": rm (\S+), then")
    walk.does(f"no copy is left, so: rm {mark}")
    (walk.desk.folder / mark).unlink()
    assert walk.call("state", "init").code == 0
    walk.publish()
    walk.follow("--adopt")


def _spoiled(walk: Walk, spoil: object) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    file = state_file(walk)
    file.with_suffix(".good").write_bytes(file.read_bytes())
    file.write_text(spoil(file.read_text()))  # type: ignore[operator]
    return walk.publish()


def _restores(walk: Walk) -> None:
    walk.does(f"{STATE} is restored from a copy")
    state_file(walk).with_suffix(".good").replace(state_file(walk))
    walk.follow("state verify")


def _other(text: str, **facts: object) -> str:
    from publisher.planning.state_json import sealed

    return json.dumps(sealed({**json.loads(text), **facts}))


def _set_back(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    older = state_file(walk).read_bytes()
    walk.desk.publish()
    file = state_file(walk)
    file.with_suffix(".good").write_bytes(file.read_bytes())
    file.write_bytes(older)
    return walk.publish()


def _restores_the_newest(walk: Walk) -> None:
    assert walk.quoted(r"fix: (restore the newest \S+);")
    walk.does(f"the newest {STATE} is put back")
    state_file(walk).with_suffix(".good").replace(state_file(walk))


def _means_the_older(walk: Walk) -> None:
    mark = walk.quoted(r": rm (\S+), then")
    walk.does(f"rm {mark}")
    (walk.desk.folder / mark).unlink()
    walk.call(*["reconcile"])
    assert walk.publish().code == 4, "what is live and in no record is asked about"
    walk.follow("--adopt")


def _of_another_threads(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    return walk.publish(THREADS_API_BASE_URL=walk.desk.sandbox.threads_api.replace("127.0.0.1", "localhost"))


def _sets_the_address(walk: Walk) -> None:
    address = walk.quoted(r"set THREADS_API_BASE_URL to (\S+),")
    assert walk.publish(THREADS_API_BASE_URL=address).code == 0


# --- the run --------------------------------------------------------------------------------------------


def _too_many(walk: Walk) -> Called:
    for number in (1, 2):
        walk.desk.post(f"p{number}", f"text: Number {number}\n")
    return walk.publish()


def _paused(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    return walk.publish(PUBLISHER_PAUSE="1")


def _unsets(walk: Walk) -> None:
    assert walk.quoted(r"unset (PUBLISHER_PAUSE), then run again")
    walk.does("unset PUBLISHER_PAUSE")


def _other_plan(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    return walk.call("publish", "--yes", "--plan-digest", "0" * 64)


def _file_in_ci(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    return walk.publish(CI="true")


def _no_bucket(walk: Walk) -> Called:
    walk.desk.write("posts/one.png", png(9))
    walk.desk.post("hello", "text: Hello\nmedia: [{file: one.png, alt: A dark square}]\n")
    unset = {name: "" for name in walk.desk.environ if name.startswith("PUBLISHER_MEDIA")}
    return walk.publish(**unset)


def _too_many_deletions(walk: Walk) -> Called:
    walk.desk.post("hello", "text: First\nthread:\n  - text: Second\n")
    walk.desk.publish()
    (walk.desk.folder / "posts" / "hello.yaml").unlink()
    return walk.call("delete", "hello", "--confirm", "hello")


def _file_still_there(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    return walk.call("delete", "hello", "--confirm", "hello")


def _removes_the_file(walk: Walk) -> None:
    file = walk.quoted(r"fix: remove (\S+), then")
    command = walk.named("delete")
    walk.does(f"rm {file}")
    (walk.desk.folder / file).unlink()
    assert walk.call(*command).code == 0


def _nobody_there(walk: Walk) -> Called:
    vanished_live(walk)
    return walk.call(*(word.replace("MEDIA_ID", live_id(walk)) for word in walk.named("--adopt")))


def _says_yes(walk: Walk) -> None:
    walk.follow("--yes")


def _forgets_what_is_live(walk: Walk) -> Called:
    answer_lost(walk)
    return walk.call("reconcile", "--forget", "hello", "--yes")


def _sets_the_bucket(walk: Walk) -> None:
    walk.does("media.bucket is set, as the message says")


def _of_another_account(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    walk.does("a second account is configured in the same place")
    walk.desk.write("publisher.yaml", CONFIG.replace("account: acme", "account: other") + f"state: {{path: {STATE}}}\n")
    return walk.publish()


def _gives_it_its_own(walk: Walk) -> None:
    name = walk.quoted(r"for instance with (\{account\}) in it")
    walk.does(f"state.path is publisher-state-{name}.json; the file of acme keeps to acme")
    own = CONFIG + f'state: {{path: "publisher-state-{name}.json"}}\n'
    walk.desk.write("publisher.yaml", own)
    state_file(walk).rename(walk.desk.folder / "publisher-state-acme.json")
    walk.call("state", "verify")


def _of_another_lineage(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    file = state_file(walk)
    file.with_suffix(".good").write_bytes(file.read_bytes())
    file.write_text(_other(file.read_text(), lineage="ffffffffffffffff"))
    return walk.publish()


def _not_settled(walk: Walk) -> Called:
    """Half of the evidence is there: the lists show the post again, and nobody has looked since."""
    answer_lost(walk)
    walk.desk.control("world", {"list_lag": "0s"})
    (walk.desk.folder / "posts" / "hello.yaml").unlink()
    return walk.call("delete", "hello", "--confirm", "hello")


def _looks_then_deletes(walk: Walk) -> None:
    walk.follow("reconcile")
    assert walk.call("delete", "hello", "--confirm", "hello").code == 0


def _attempted(walk: Walk) -> Called:
    """The second part of a chain is in doubt, and it is asked to go on."""
    walk.desk.post("hello", "text: First\nthread:\n  - text: Second\n")
    walk.desk.control("world", {"list_lag": "1h", "forget_after": "0s"})
    walk.desk.control("faults", [{"call": "publish", "nth": 2, "fault": "reset_after"}])
    walk.publish()
    return walk.call("reconcile", "--resume", "hello", "--yes")


def _recorded(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.post("other", "text: Other\n")
    walk.desk.publish()
    return walk.call("reconcile", "--adopt", f"other={live_id(walk, 0)}", "--yes")


def _other_words(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.does("the account's owner posts it by hand, with a word more")
    return walk.call("reconcile", "--adopt", f"hello={by_hand(walk, 'Hello there')}", "--yes")


def _second_before_first(walk: Walk) -> Called:
    walk.desk.post("hello", "text: First\nthread:\n  - text: Second\n")
    walk.does("the account's owner posts both parts by hand")
    second = by_hand(walk, "Second", reply_to_id=by_hand(walk, "First"))
    return walk.call("reconcile", "--adopt", f"hello#2={second}", "--yes")


def _adopts_in_order(walk: Walk) -> None:
    walk.follow("--adopt", media_id=live_id(walk, 0))
    assert walk.call("reconcile", "--adopt", f"hello#2={live_id(walk, 1)}", "--yes").code == 0


REFUSED: tuple[Situation, ...] = (
    Situation(
        "There is no state",
        8,
        "A missing state is never an empty one. Where nothing was ever published from here, it is begun.",
        _missing,
        lambda walk: walk.follow("state init"),
        ("Hello",),
    ),
    Situation(
        "The state is lost",
        8,
        "This machine knows that there was one, and begins no other unasked. What is live is found before it goes out "
        "again.",
        _lost,
        _begins_anew,
        ("Hello",),
    ),
    Situation(
        "The state is cut off",
        8,
        "Half written, half downloaded, half merged.",
        lambda walk: _spoiled(walk, lambda text: text[:-40]),
        _restores,
        ("Hello",),
    ),
    Situation(
        "The state was changed by hand",
        8,
        "Its checksum says so.",
        lambda walk: _spoiled(walk, lambda text: text.replace("published", "planned")),
        _restores,
        ("Hello",),
    ),
    Situation(
        "The state was set back: the newest one is there",
        8,
        "An older copy was put in its place.",
        _set_back,
        _restores_the_newest,
        ("Hello",),
    ),
    Situation(
        "The state was set back: the older one is meant",
        8,
        "The newer one is gone for good. What it knew is asked for, post by post.",
        _set_back,
        _means_the_older,
        ("Hello",),
    ),
    Situation(
        "The state belongs to another Threads",
        8,
        "To the sandbox, say, while this run would go to the real one.",
        _of_another_threads,
        _sets_the_address,
        ("Hello",),
    ),
    Situation(
        "More new posts than usual",
        8,
        "A lost state or a wrong folder looks just like it.",
        _too_many,
        lambda walk: walk.follow("--allow-new"),
        ("Number 1", "Number 2"),
        CONFIG + "rules: {max_new_per_run: 1}\n",
    ),
    Situation("Publishing is paused", 8, "`PUBLISHER_PAUSE` is set to anything.", _paused, _unsets, ("Hello",)),
    Situation(
        "Another plan than the reviewed one",
        8,
        "`--plan-digest` carries out one plan and no other.",
        _other_plan,
        lambda walk: walk.follow("--plan-digest"),
        ("Hello",),
    ),
    Situation(
        "A state in a file, in CI",
        8,
        "A runner forgets its files. Where the disk stays, an option says so; else the state belongs on a branch.",
        _file_in_ci,
        lambda walk: walk.follow("--allow-file-state", CI="true"),
        ("Hello",),
    ),
    Situation(
        "More deletions than allowed",
        8,
        "Each part of a chain counts.",
        _too_many_deletions,
        lambda walk: walk.follow("--allow-deletes"),
        (),
        CONFIG + "rules: {max_deletes_per_run: 1}\n",
    ),
    Situation(
        "The file of what is to be deleted is still there",
        8,
        "Two keys: the file is gone, and the id is typed.",
        _file_still_there,
        _removes_the_file,
        (),
    ),
    Situation(
        "Nobody is there to answer",
        8,
        "A word of a person is asked for, without a terminal.",
        _nobody_there,
        _says_yes,
        ("Hello",),
        PARK,
    ),
    Situation(
        "What is to be forgotten is live",
        8,
        "Forgetting it would post it a second time.",
        _forgets_what_is_live,
        adopts,
        ("Hello",),
    ),
    Situation(
        "The state is another account's",
        8,
        "Ids of another account mean nothing here.",
        _of_another_account,
        _gives_it_its_own,
        ("Hello",),
    ),
    Situation(
        "The state has another history",
        8,
        "Somebody began anew elsewhere, and that state took the place of this one.",
        _of_another_lineage,
        _restores_the_newest,
        ("Hello",),
    ),
    Situation(
        "There is nowhere to put pictures",
        8,
        "A post has a picture, and no bucket is configured.",
        _no_bucket,
        _sets_the_bucket,
        ("Hello",),
    ),
    Situation(
        "What is to be deleted is not settled",
        8,
        "What is not known to be live cannot be taken down.",
        _not_settled,
        _looks_then_deletes,
        (),
    ),
    Situation(
        "A chain cannot go on: its next part may be live",
        8,
        "`--resume` is for what was not attempted.",
        _attempted,
        adopts,
        ("First", "Second"),
    ),
    Situation(
        "What is to be adopted is recorded already",
        8,
        "One live post is never recorded for two.",
        _recorded,
        lambda walk: walk.follow("state list"),
        ("Hello", "Other"),
    ),
    Situation(
        "What is to be adopted says something else",
        8,
        "It would be bound to the post for good. Whoever is sure gives the id once more.",
        _other_words,
        lambda walk: walk.follow("--confirm"),
        ("Hello there",),
    ),
    Situation(
        "A later part is to be adopted before the first",
        8,
        "A later part answers the one before it, which must be live and on record.",
        _second_before_first,
        _adopts_in_order,
        ("First", "Second"),
    ),
)
