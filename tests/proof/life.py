"""The life of one account, as it may go: files are written, changed, renamed, removed; runs are good, dying, doubled;
the state is lost or set back; the owner posts and deletes by hand; a person settles what is asked.

Every act is a method with plain numbers, so that a life is a list of acts, and one line of JSON lives it again. Acts
that cannot happen where things stand do nothing. After each act `check` says what must hold whatever happened.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from publisher.content.post import Part, Post
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.publishing import reconcile
from publisher.publishing.results import RunReport
from publisher.threads_api.messages import Request
from tests.proof import people, runners
from tests.proof.cases import WORLDS, NamedTrouble
from tests.proof.people import Wrong
from tests.publishing.harness import ENDPOINT, Scene, picture

WORDS = re.compile(r"w(\d+)\.(\d+) ")  # of whose words: post, part
# Between the runs of somebody who settles things. A container whose parent was taken down is only gone after a day.
PATIENCE_H = (1, 1, 1, 26, 1, 1, 1, 1)
SETTLED = timedelta(minutes=20)  # after it no call can act any more


class Life:
    """`world` is one of `cases.WORLDS`; up to `group` posts share a write of intents."""

    def __init__(self, world: str = "plain", group: int = 1) -> None:
        self.world = world
        self.scene = Scene((), **WORLDS[world])
        self.scene.group = group
        self.files: dict[int, Post] = {}  # the tip of the branch; by number of the post
        self.removed: dict[int, Post] = {}
        self.deleted: set[int] = set()  # taken down by us, for good
        self.missed: set[tuple[int, int]] = set()  # taken down in the app: post and part
        self.written = 0
        self.acts: list[tuple[str, tuple[Any, ...]]] = []

    # --- a line that lives it again ---------------------------------------------------------------------------

    def act(self, name: str, *arguments: Any) -> None:
        """One act, and what must hold after it."""
        self.acts.append((name, arguments))
        getattr(self, name)(*arguments)
        self.check()

    def __str__(self) -> str:
        return json.dumps({"world": self.world, "group": self.scene.group, "acts": self.acts}, separators=(",", ":"))

    @classmethod
    def again(cls, line: str) -> "Life":
        """Raises what it raised before."""
        facts = json.loads(line)
        life = cls(facts["world"], facts.get("group", 1))
        for name, arguments in facts["acts"]:
            life.act(name, *arguments)
        return life

    # --- files ------------------------------------------------------------------------------------------------

    def write(self, parts: int, with_picture: bool) -> None:
        self.written += 1
        self.files[self.written] = _post(self.written, parts, with_picture)

    def edit(self, which: int) -> None:
        """Renamed and changed before any run saw either would be a new post, and rightly."""
        number = _pick(self.files, which)
        if number is None or self._unrecorded(number):
            return
        old = self.files[number]
        if self.record(number) is not None and self._id_on_record(number) != old.id:
            return
        parts = tuple(replace(part, text=f"{part.text} again") for part in old.parts)
        self.files[number] = replace(old, parts=parts)

    def rename(self, which: int) -> None:
        """A file whose words were changed since they were sent would be a new post under its new name, and rightly."""
        number = _pick(self.files, which)
        if number is None:
            return
        post = self.files[number]
        record = self.record(number)
        if record is not None and not _as_sent(post, record):
            return
        self.files[number] = replace(post, id=f"{post.id}-x", path=f"posts/{post.id}-x.yaml")

    def remove(self, which: int) -> None:
        number = _pick(self.files, which)
        if number is not None:
            self.removed[number] = self.files.pop(number)

    def revert(self, which: int) -> None:
        """The file comes back as it was."""
        number = _pick(self.removed, which)
        if number is not None:
            self.files[number] = self.removed.pop(number)

    # --- runs -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Undisturbed; if it leaves nothing to do, one more neither calls nor writes."""
        report = self._publish()
        if report is None or report.exit_code != 0:
            return
        before = self.scene.posted, self.scene.memory.writes
        self._publish()
        if (self.scene.posted, self.scene.memory.writes) != before:
            raise Wrong("a run with nothing to do called or wrote something")

    def disturbed(self, faults: Sequence[tuple[str, int, str]]) -> None:
        """A run in which these calls fail: name, number, kind; deaths are among them."""
        trouble = NamedTrouble(self.scene, [(name, nth, kind) for name, nth, kind in faults])
        self._tip()
        self.scene.publish(trouble)

    def store_fails(self, write: int, kind: str) -> None:
        """A run in which a state write fails, is not answered, or is the last thing before death."""
        self.scene.memory.faults = {self.scene.memory.writes + write: kind}  # type: ignore[dict-item]
        self._publish()
        self.scene.memory.faults = {}

    def two_runners(self, switches: Sequence[tuple[int, int]], frozen_h: int) -> None:
        self._tip()
        runners.change_hands(self.scene, [(one, step) for one, step in switches], frozen_h=frozen_h)

    def wait(self, minutes: int) -> None:
        self.scene.clock.sleep(minutes * 60)

    # --- the state --------------------------------------------------------------------------------------------

    def wipe(self) -> None:
        """Lost for good: refused until a person begins anew, who then adopts what is live."""
        if self._past_recognition():
            return
        self._quiet()
        for number in list(self.removed):
            if number in self.deleted:
                del self.removed[number]  # nothing remembers its tombstone any more
        self.scene.memory.wipe()
        self.scene.memory.forget_mark()
        self._must_refuse()
        self.scene.backend().create(State(lineage="anew", account="acme", endpoint=ENDPOINT))
        self.settle()

    def set_back(self, writes: int, seen_here: bool) -> None:
        """To an earlier version. A machine that knows better refuses it until it is restored."""
        memory = self.scene.memory
        if len(memory.versions) <= writes or self._past_recognition():
            return
        self._quiet()
        newest = memory.document
        memory.set_back(writes)
        if self._forgets_tombstones(newest) or _serial(memory.document) >= _serial(newest):
            memory.document = newest
        elif seen_here:
            self._must_refuse()
            memory.document = newest
        else:
            memory.forget_mark()
            self.settle()

    # --- people -----------------------------------------------------------------------------------------------

    def look_again(self) -> None:
        """`publisher reconcile`: settles what evidence settles, and posts nothing."""
        before = len(self.scene.live())
        self.scene.faulty.catch_up()
        session = self.scene.session()
        with session.backend.lock(session.run):
            session.ledger.load()
            reconcile.settle_open(session)
        if len(self.scene.live()) > before:
            raise Wrong("reconcile published something")

    def delete(self, which: int) -> None:
        """`publisher delete`, with both keys; of what is minutes old, "not found" would be no evidence yet."""
        number = _pick(self.removed, which)
        record = self.record(number) if number is not None else None
        if number is None or record is None or record.phase is not Phase.PUBLISHED:
            return
        self._tip()
        post_id = self._id_on_record(number)
        self._quiet()
        people.delete(self.scene, post_id)
        self.deleted.add(number)

    def owner_posts(self) -> None:
        """Something of their own, in the app."""
        send = self.scene.transport().send
        made = send(Request("POST", "/me/threads", {"media_type": "TEXT", "text": "by hand"})).json()["id"]
        self.scene.clock.sleep(30)
        send(Request("POST", "/me/threads_publish", {"creation_id": made}))

    def owner_deletes(self, which: int) -> None:
        """Takes down in the app what is live of a post, its id known yet or not. What was live when the state
        was lost, and is taken down before anybody looked, has left no trace: it goes out again, and nothing could tell.
        """
        number = _pick(self.files, which)
        if number is None or self.record(number) is None:
            return
        self._quiet()
        for item in reversed(self.scene.live()):
            whose = _whose(item)
            if whose is not None and whose[0] == number:
                self.scene.transport().send(Request("DELETE", f"/{item['id']}", {}))
                self.missed.add(whose)

    def settle(self) -> None:
        """A person goes on until nothing is asked, with the commands that the messages name."""
        self._quiet()
        told = ""
        for hours in PATIENCE_H:
            report = self._publish()
            if report is None:
                raise Wrong(f"refused: {self.scene.refused[-1].message}")
            if report.exit_code == 0:
                return
            told = people.told(report)
            for result in report.posts:
                if result.problem is not None and result.problem.exit_code in (1, 4):
                    people.answer(self.scene, result)
            self.scene.clock.sleep(hours * 3600)
        raise Wrong(f"still not settled after {len(PATIENCE_H)} runs: {told}")

    # --- what must hold ---------------------------------------------------------------------------------------

    def check(self) -> None:
        """No part is live twice, chains are in order, and what is recorded is what its container became."""
        live = self.scene.live()
        found: dict[tuple[int, int], str] = {}
        for item in live:
            whose = _whose(item)
            if whose is None:
                continue
            if whose in found:
                raise Wrong(f"part {whose[1]} of post {whose[0]} is live twice")
            if whose[0] in self.deleted or whose in self.missed:
                raise Wrong(f"post {whose[0]} came back")
            found[whose] = item["id"]
        self._check_chains({item["id"]: item for item in live}, found)
        self._check_records()

    def finish(self) -> None:
        """At the end of a life all of it is settled, and everything that was wanted is live."""
        self.settle()
        self.check()
        found = {whose for item in self.scene.live() if (whose := _whose(item)) is not None}
        for number, post in self.files.items():
            for part in post.parts:
                whose = number, part.index
                cut = any(missed[0] == number for missed in self.missed)  # what would answer it is not sent
                if number not in self.deleted and not cut and whose not in found:
                    raise Wrong(f"part {part.index} of post {number} is lost")
        self.run()

    def _check_chains(self, live: dict[str, Any], found: dict[tuple[int, int], str]) -> None:
        for (number, index), media_id in found.items():
            before = number, index - 1
            if index == 1 or before in self.missed:
                continue
            if live[media_id].get("reply_to_id") != found.get(before):
                raise Wrong(f"part {index} of post {number} does not answer the part before it")

    def _check_records(self) -> None:
        if self.scene.memory.document is None:
            return
        """Each id is that of the part's own words, and of what its container became, if it became anything: a state may
        have been set back to one that remembers a container of which nothing came, because another was made since.
        """
        posts = self.scene.world.data.posts
        became = {post.id: post.container_id for post in posts.values()}
        used = set(became.values())
        bound: set[str] = set()
        for post_id, record in self.scene.memory.state().posts.items():
            for index, part in enumerate(record.parts, start=1):
                if part.media_id is None:
                    continue
                if part.media_id in bound:
                    raise Wrong(f"{part.media_id} is recorded twice")
                bound.add(part.media_id)
                if part.container in used and became.get(part.media_id) != part.container:
                    raise Wrong(f"{post_id} is recorded under what another container became")
                words = WORDS.match(posts[part.media_id].text or "") if part.media_id in posts else None
                if words is not None and (f"p{int(words[1]):03}", int(words[2])) != (post_id.split("-")[0], index):
                    raise Wrong(f"part {index} of {post_id} is recorded under other words")

    # --- inside -----------------------------------------------------------------------------------------------

    def record(self, number: int) -> PostRecord | None:
        if self.scene.memory.document is None:
            return None
        return self.scene.memory.state().posts.get(self._id_on_record(number))

    def _id_on_record(self, number: int) -> str:
        """Renames that no run has seen yet are not in the records."""
        ids = self.scene.memory.state().posts
        post_id = (self.files.get(number) or self.removed[number]).id
        while post_id not in ids and post_id.endswith("-x"):
            post_id = post_id.removesuffix("-x")
        return post_id

    def _tip(self) -> None:
        self.scene.posts = tuple(sorted(self.files.values(), key=lambda post: post.path))

    def _publish(self) -> RunReport | None:
        self._tip()
        return self.scene.publish()

    def _quiet(self) -> None:
        """Whatever a late call may still do has happened."""
        self.scene.clock.sleep(SETTLED.total_seconds())
        self.scene.faulty.catch_up()

    def _must_refuse(self) -> None:
        before = self.scene.posted
        if self._publish() is not None or self.scene.refused[-1].exit_code != 8:
            raise Wrong("a state that is lost or set back was taken for good")
        if self.scene.posted != before:
            raise Wrong("something was sent although the state was refused")

    def _unrecorded(self, number: int) -> bool:
        """Live, and no record says so: only its words tell whose it is, so they must stay."""
        record = self.record(number)
        bound = {part.media_id for part in record.parts} if record is not None else set()
        return any(
            post.id not in bound
            for post in self.scene.world.data.posts.values()
            if (whose := WORDS.match(post.text or "")) and int(whose[1]) == number
        )

    def _past_recognition(self) -> bool:
        """Words changed since they went out, or taken down in the app, are known by nothing but a record."""
        files = {**self.files, **self.removed}
        return bool(self.missed or self.deleted & self.files.keys()) or any(
            (record := self.record(number)) is not None and not _as_sent(post, record) for number, post in files.items()
        )

    def _forgets_tombstones(self, newest: str | None) -> bool:
        now = json.loads(newest or "{}")["posts"]
        then = json.loads(self.scene.memory.document or "{}")["posts"]
        return any(record["phase"] == "deleted" and then.get(key) != record for key, record in now.items())


def _as_sent(post: Post, record: PostRecord) -> bool:
    """A part is finished as it was begun, whatever its file says by then: then only a record knows whose it is."""
    sent = [part.fingerprint for part in record.parts]
    return record.fingerprint == post.fingerprint and sent == [part.fingerprint for part in post.parts]


def _serial(document: str | None) -> int:
    serial: int = json.loads(document or "{}")["serial"]
    return serial


def _post(number: int, parts: int, with_picture: bool) -> Post:
    made = tuple(
        Part(
            index=index,
            text=f"w{number}.{index} some words",
            media=(picture(f"p{number}-{index}"),) if with_picture and index == 1 else (),
        )
        for index in range(1, parts + 1)
    )
    return Post(id=f"p{number:03}", path=f"posts/p{number:03}.yaml", account="acme", parts=made)


def _pick(found: dict[int, Post], which: int) -> int | None:
    return sorted(found)[which % len(found)] if found else None


def _whose(item: dict[str, Any]) -> tuple[int, int] | None:
    found = WORDS.match(item.get("text") or "")
    return (int(found[1]), int(found[2])) if found is not None else None
