"""Where `publish` stops with exit code 4, and the way out that its message names."""

from pathlib import Path

import requests

from tests.cli.calling import Called
from tests.flow.desk import CONFIG
from tests.flow.ways import Situation, Walk

STATE = "publisher-state.json"
PARK = CONFIG.replace("publishing: {", "publishing: {on_ambiguous: park, ")
HELLO = "text: Hello\n"


def state_file(walk: Walk) -> Path:
    return walk.desk.folder / STATE


def live_id(walk: Walk, place: int = -1) -> str:
    """What the person reads in the app."""
    media_id: str = walk.desk.live()[place]["id"]
    return media_id


def answer_lost(walk: Walk, fault: str = "reset_after", **world: object) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.control("world", {"list_lag": "1h", **world})
    walk.desk.control("faults", [{"call": "publish", "fault": fault}])
    return walk.publish()


def vanished_live(walk: Walk) -> Called:
    return answer_lost(walk, forget_after="0s")


def _vanished_not_live(walk: Walk) -> Called:
    return answer_lost(walk, "reset", forget_after="0s")


def _vanished_and_removed(walk: Walk) -> Called:
    _vanished_not_live(walk)
    walk.does("rm posts/hello.yaml")
    (walk.desk.folder / "posts" / "hello.yaml").unlink()
    return walk.publish()


def adopts(walk: Walk) -> None:
    walk.does("the account shows the post, and the lists show it by now")
    command = walk.named("--adopt")
    walk.desk.control("world", {"list_lag": "0s"})
    walk.call("status", "--remote")
    media_id = walk.quoted(r"\b(\d{17,18})\b")
    walk.types(*[word.replace("MEDIA_ID", media_id) for word in command])


def _forgets(walk: Walk) -> None:
    walk.does("the account does not show it")
    walk.follow("--forget")
    walk.desk.control("world", {"list_lag": "0s", "forget_after": None})


def _leaves_it(walk: Walk) -> None:
    walk.does("the account does not show it")
    assert walk.call("reconcile").code == 4
    assert "it is not live:  publisher reconcile --abandon hello" in walk.said
    assert walk.publish().code == 4
    walk.follow("--abandon")


def by_hand(walk: Walk, text: str, **more: str) -> str:
    """What the account's owner posts in the app; gives back its id."""
    place = f"{walk.desk.sandbox.threads_api}/me"
    token = {"Authorization": f"Bearer {walk.desk.sandbox.access_token}"}
    words = {"media_type": "TEXT", "text": text, **more}
    made = requests.post(f"{place}/threads", words, headers=token, timeout=10).json()
    published = requests.post(f"{place}/threads_publish", {"creation_id": made["id"]}, headers=token, timeout=10)
    published.raise_for_status()
    media_id: str = published.json()["id"]
    return media_id


def _two_alike(walk: Walk) -> Called:
    """The owner posts the same words by hand while the answer is lost."""
    walk.desk.post("hello", HELLO)
    walk.desk.control("faults", [{"call": "publish", "fault": "reset_after"}])
    walk.desk.control("world", {"list_lag": "1h"})
    walk.desk.publish()
    by_hand(walk, "Hello")
    walk.desk.control("world", {"list_lag": "0s"})
    return walk.publish()


def _state_lost(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    walk.does(f"{STATE} and .publisher are lost, and somebody begins anew")
    state_file(walk).unlink()
    (walk.desk.folder / ".publisher" / f"{STATE}.mark.json").unlink()
    walk.call("state", "init")
    return walk.publish()


def adopts_the_named(walk: Walk) -> None:
    walk.follow("--adopt")


def _half_a_chain(walk: Walk) -> None:
    walk.desk.post("hello", "text: First\nthread:\n  - text: Second\n")
    walk.desk.control("faults", [{"call": "create", "nth": 2, "fault": "500", "times": 9}])
    walk.publish()
    walk.desk.control("faults", [])


def _stale_chain(walk: Walk) -> Called:
    _half_a_chain(walk)
    walk.does("more than chain_gap later")
    walk.desk.control("clock", {"advance": "7h"})
    return walk.publish()


def _shifted_chain(walk: Walk) -> Called:
    _half_a_chain(walk)
    walk.does("its file gains a part before the one that went out")
    walk.desk.post("hello", "text: Before\nthread:\n  - text: First\n  - text: Second\n")
    return walk.publish()


def _puts_the_part_elsewhere(walk: Walk) -> None:
    walk.does("what was put in goes behind it")
    walk.desk.post("hello", "text: First\nthread:\n  - text: Before\n  - text: Second\n")


def _part_in_doubt(walk: Walk) -> Called:
    walk.desk.post("hello", "text: First\nthread:\n  - text: Second\n")
    walk.desk.control("world", {"list_lag": "1h", "forget_after": "0s"})
    walk.desk.control("faults", [{"call": "publish", "nth": 2, "fault": "reset_after"}])
    walk.publish()
    return walk.publish()


def _taken_down(walk: Walk) -> Called:
    answer_lost(walk)
    walk.does("the account's owner takes it down in the app")
    _take_down(walk, live_id(walk))
    return walk.publish()


def _parent_taken_down(walk: Walk) -> Called:
    _half_a_chain(walk)
    walk.does("the account's owner takes the first part down in the app")
    _take_down(walk, live_id(walk))
    return walk.publish()


def _take_down(walk: Walk, media_id: str) -> None:
    token = {"Authorization": f"Bearer {walk.desk.sandbox.access_token}"}
    requests.delete(f"{walk.desk.sandbox.threads_api}/{media_id}", headers=token, timeout=10).raise_for_status()


def _abandons(walk: Walk) -> None:
    walk.follow("--abandon")


def _late(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO + "publish_at: 2026-01-01 09:00\n")
    return walk.publish()


def _sends_it_late(walk: Walk) -> None:
    key, value = walk.quoted(r"or (if_late: publish) or skip").split(": ")
    walk.does(f"{key}: {value} is written into posts/hello.yaml")
    walk.desk.post("hello", f"{HELLO}publish_at: 2026-01-01 09:00\n{key}: {value}\n")


def _same_words(walk: Walk) -> Called:
    walk.desk.post("first", HELLO)
    walk.desk.publish()
    walk.desk.post("second", HELLO)
    return walk.publish()


def _repeats(walk: Walk) -> None:
    line = walk.quoted(r"; (allow_repeat: true) sends")
    walk.does(f"{line} is written into posts/second.yaml")
    walk.desk.post("second", f"{HELLO}{line}\n")


def _moves(walk: Walk, old: str, new: str) -> None:
    walk.does(f"mv posts/{old}.yaml posts/{new}.yaml")
    (walk.desk.folder / "posts" / f"{old}.yaml").replace(walk.desk.folder / "posts" / f"{new}.yaml")


def _renamed_and_longer(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    _moves(walk, "hello", "launch")
    walk.does("posts/launch.yaml gets another part")
    walk.desk.post("launch", f"{HELLO}thread:\n  - text: And more\n")
    return walk.publish()


def _passed_on(walk: Walk) -> Called:
    walk.desk.post("first", "text: One\n")
    walk.desk.post("second", "text: Two\n")
    walk.desk.publish()
    walk.does("rm posts/first.yaml")
    _moves(walk, "second", "first")
    return walk.publish()


def _used_again(walk: Walk) -> Called:
    walk.desk.post("hello", HELLO)
    walk.desk.publish()
    walk.does("rm posts/hello.yaml")
    (walk.desk.folder / "posts" / "hello.yaml").unlink()
    walk.call("delete", "hello", "--confirm", "hello")
    walk.does("posts/hello.yaml is written anew")
    walk.desk.post("hello", "text: Good evening\n")
    return walk.publish()


def _gets_its_name(walk: Walk) -> None:
    walk.follow("state mv")


ASKED: tuple[Situation, ...] = (
    Situation(
        "The outcome is unknown, and the post is live",
        4,
        "The answer of the publish call was lost, the container is known no more, and no list shows the post.",
        vanished_live,
        adopts,
        ("Hello",),
        PARK,
    ),
    Situation(
        "The outcome is unknown, and the post is not live",
        4,
        "The same, and the account does not show it: the next run sends it.",
        _vanished_not_live,
        _forgets,
        ("Hello",),
        PARK,
    ),
    Situation(
        "The outcome is unknown, the post is not live, and its file was removed",
        4,
        "The same, and nobody wants it sent any more: it never is.",
        _vanished_and_removed,
        _leaves_it,
        (),
        PARK,
    ),
    Situation(
        "It is live, and its id is not known",
        4,
        "Threads says PUBLISHED, and its lists do not show the post yet. Later runs look again too, for a week.",
        answer_lost,
        adopts,
        ("Hello",),
    ),
    Situation(
        "A later part of a chain is in doubt",
        4,
        "Parts count from 1; every later run says the same until it is settled.",
        _part_in_doubt,
        adopts,
        ("First", "Second"),
    ),
    Situation(
        "It was live, and was taken down before its id was known",
        4,
        "Threads says PUBLISHED, and nothing can be found any more: it is never sent again.",
        _taken_down,
        _abandons,
        (),
    ),
    Situation(
        "The part before it was taken down",
        4,
        "A chain stopped between two parts, and what the next one answers is gone.",
        _parent_taken_down,
        _abandons,
        (),
    ),
    Situation(
        "Two posts could be it",
        4,
        "The answer was lost, and somebody posted the same words by hand: the ids are named, a person chooses.",
        _two_alike,
        adopts_the_named,
        ("Hello", "Hello"),
    ),
    Situation(
        "The same is live, and no record knows it",
        4,
        "What a state that was lost and begun anew looks like. It is adopted, not posted again.",
        _state_lost,
        adopts_the_named,
        ("Hello",),
    ),
    Situation(
        "A chain stopped half way, long ago: it goes on",
        4,
        "A stale tail is not posted unasked.",
        _stale_chain,
        lambda walk: walk.follow("--resume"),
        ("First", "Second"),
    ),
    Situation(
        "A chain stopped half way, long ago: it stays as it is",
        4,
        "The other answer to the same question.",
        _stale_chain,
        lambda walk: walk.follow("--abandon"),
        ("First",),
    ),
    Situation(
        "A chain stopped half way, and its file gained a part before what went out",
        4,
        "Parts are known by their places, and what became of which cannot be told: the first would go out again.",
        _shifted_chain,
        _puts_the_part_elsewhere,
        ("First", "Before", "Second"),
    ),
    Situation(
        "A chain stopped half way, and its file gained a part: the rest stays unsent",
        4,
        "The other answer to the same question.",
        _shifted_chain,
        lambda walk: walk.follow("--abandon"),
        ("First",),
    ),
    Situation(
        "A post is late",
        4,
        "Later than `late_limit`: a good morning in the evening?",
        _late,
        _sends_it_late,
        ("Hello",),
    ),
    Situation(
        "The same words again",
        4,
        "Within 30 days, under another id, and the first file is still there: a copy by mistake?",
        _same_words,
        _repeats,
        ("Hello", "Hello"),
    ),
    Situation(
        "A file was renamed, and changed at once",
        4,
        "A single post got more parts, or a chain other words: as a new post it would say again what is live.",
        _renamed_and_longer,
        _gets_its_name,
        ("Hello",),
    ),
    Situation(
        "A file was removed, and another one got its name",
        4,
        "Or its words became those of a post that is gone. What went out is put aside under a free name.",
        _passed_on,
        _gets_its_name,
        ("One", "Two"),
    ),
    Situation(
        "New words under the name of a post that was taken down",
        4,
        "What was taken down is never sent again; is this something else?",
        _used_again,
        _gets_its_name,
        ("Good evening",),
    ),
)
